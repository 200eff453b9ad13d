import { gzipSync } from 'node:zlib';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createStream } from '#aws/firehose.ts';
import type { DatedMeter } from '#aws/telemetry.ts';
import { createHandler } from '#functions/producer/handler.ts';
import { context, createTally, httpRequest, quietLog, quietMeter } from './support.ts';

const firehose = mockClient(FirehoseClient);
const stored: string[] = [];
const key = { 'x-write-key': 'secret-key' };

const handler = (metrics: DatedMeter = quietMeter, clock: () => number = Date.now) =>
  createHandler({
    stream: createStream('stream', new FirehoseClient({ region: 'us-east-1' })),
    readWriteKey: async () => '{"write_key":"secret-key"}',
    sourceName: 'shop',
    clock,
    random: (count) => new Uint8Array(count).fill(7),
    logger: quietLog,
    metrics,
  });

const send = async (
  body: string | Buffer,
  headers: Record<string, string> = { 'x-write-key': 'secret-key' },
  remainingMs = 10_000,
) => {
  const answer = await handler()(httpRequest(body, headers), context(remainingMs));
  return { status: answer.statusCode, headers: answer.headers ?? {}, body: JSON.parse(answer.body ?? '{}') };
};

beforeEach(() => {
  firehose.reset();
  stored.length = 0;
  firehose.on(PutRecordBatchCommand).callsFake((input: { Records: { Data: Uint8Array }[] }) => {
    for (const { Data } of input.Records) stored.push(Buffer.from(Data).toString());
    return { FailedPutCount: 0, RequestResponses: input.Records.map((_, at) => ({ RecordId: String(at) })) };
  });
});

describe('producer', () => {
  it('stores one numbered envelope for a request and answers how many events it took', async () => {
    expect(await send('[{"event_name":"a"},{"event_name":"b","event_id":"mine"}]')).toMatchObject({
      status: 202,
      body: { accepted: 2, rejected: [] },
    });
    const envelope = JSON.parse(stored[0] ?? '');
    expect(envelope).toMatchObject({
      millrace: 1,
      batch: { seq: 0, count: 2 },
      source: 'shop',
      client: { ip: '203.0.113.9' },
    });
    expect(envelope.events[0].event_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(envelope.events[1].event_id).toBe('mine');
  });

  it('numbers the envelopes of one environment 0, 1, 2', async () => {
    const same = handler();
    for (let at = 0; at < 3; at++)
      await same(httpRequest('{"event_name":"a"}', { 'x-write-key': 'secret-key' }), context());
    expect(stored.map((text) => JSON.parse(text).batch.seq)).toEqual([0, 1, 2]);
    expect(new Set(stored.map((text) => JSON.parse(text).batch.producer)).size).toBe(1);
  });

  it('never uses the number of an envelope that the stream refused again, and the next one calls it void', async () => {
    const refused = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    let calls = 0;
    firehose.on(PutRecordBatchCommand).callsFake((input: { Records: { Data: Uint8Array }[] }) => {
      calls++;
      if (calls === 2) throw refused;
      for (const { Data } of input.Records) stored.push(Buffer.from(Data).toString());
      return { FailedPutCount: 0, RequestResponses: input.Records.map((_, at) => ({ RecordId: String(at) })) };
    });
    const same = handler();
    const statuses = [];
    for (const name of 'abcd')
      statuses.push((await same(httpRequest(JSON.stringify({ event_name: name }), key), context())).statusCode);
    expect(statuses).toEqual([202, 503, 202, 202]);
    const told = stored
      .map((text) => JSON.parse(text))
      .map(({ batch, events }) => [events[0].event_name, batch.seq, batch.acknowledged, batch.void]);
    expect(told.slice(0, 2)).toEqual([
      ['a', 0, 0, undefined],
      ['c', 2, 1, [[1, 1]]],
    ]);
    expect(told[2]?.slice(0, 3)).toEqual(['d', 3, 2]);
  });

  it('calls only the envelopes of a request void that the stream did not take', async () => {
    let calls = 0;
    firehose.on(PutRecordBatchCommand).callsFake((input: { Records: { Data: Uint8Array }[] }) => {
      calls++;
      for (const { Data } of input.Records) stored.push(Buffer.from(Data).toString());
      const answers = input.Records.map((_, at) =>
        calls === 1 && at === 1 ? { ErrorCode: 'AccessDeniedException' } : { RecordId: String(at) },
      );
      return { FailedPutCount: 0, RequestResponses: answers };
    });
    const same = handler();
    const events = Array.from({ length: 3 }, () => ({ event_name: 'a', note: 'x'.repeat(400_000) }));
    const first = await same(httpRequest(JSON.stringify(events), key), context());
    expect(JSON.parse(first.body ?? '')).toMatchObject({ accepted: 2, rejected: [{ index: 1 }] });
    await same(httpRequest('{"event_name":"b"}', key), context());
    const batches = stored.map((text) => JSON.parse(text).batch);
    expect(batches.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    expect(batches.at(-1)).toMatchObject({ acknowledged: 2, void: [[1, 1]] });
  });

  it('acknowledges nothing that fails before the answer, though the stream has it', async () => {
    let fails = true;
    const addMetric = (name: string): void => {
      if (fails && name === 'EventsAccepted') throw new Error('no metric');
    };
    const same = handler({ ...quietMeter, addMetric });
    expect((await same(httpRequest('{"event_name":"a"}', key), context())).statusCode).toBe(503);
    fails = false;
    await same(httpRequest('{"event_name":"b"}', key), context());
    expect(stored.map((text) => JSON.parse(text).batch)).toMatchObject([
      { seq: 0, acknowledged: 0 },
      { seq: 1, acknowledged: 0, void: [[0, 0]] },
    ]);
  });

  it("dates its counts as its envelopes: the moment of the request, not that of the answer, and no other request's", async () => {
    const published: { _aws: { Timestamp: number }; EventsAccepted: number }[] = [];
    const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => {
      published.push(JSON.parse(String(line)));
      return true;
    });
    const metrics = new Metrics({ namespace: 'Millrace/test', serviceName: 'producer' });
    const began = Date.now() - 3_600_000;
    let now = began;
    const same = handler(metrics, () => (now += 1));
    try {
      for (const name of 'ab') await same(httpRequest(JSON.stringify({ event_name: name }), key), context());
      metrics.addMetric('Later', 'Count', 1);
      metrics.publishStoredMetrics();
    } finally {
      write.mockRestore();
    }
    const receipts = stored.map((text) => Date.parse(JSON.parse(text).received_at));
    expect(receipts[0]).toBeLessThan(receipts[1] ?? 0);
    expect(published.slice(0, 2)).toMatchObject(
      receipts.map((Timestamp) => ({ _aws: { Timestamp }, EventsAccepted: 1, service: 'producer' })),
    );
    expect(published[2]?._aws.Timestamp).toBeGreaterThan(began + 3_000_000);
  });

  it.each<[string, string, Record<string, string>, object]>([
    [
      'events',
      '[{"event_name":"a"},{"event_name":"b"},{"name":"x"}]',
      key,
      { EventsAccepted: [2], EventsRefused: [1] },
    ],
    ['a request without its key', '{"event_name":"a"}', {}, { EventsRefused: [1] }],
    ['a body that is not JSON', '{"event_name":', key, { EventsRefused: [1] }],
    ['an empty array', '[]', key, { EventsRefused: [1] }],
  ])('counts %s', async (_, body, headers, expected) => {
    const { tally, meter } = createTally();
    await handler(meter)(httpRequest(body, headers), context());
    expect(tally).toEqual(expected);
  });

  it('counts what the stream does not take apart from what is refused', async () => {
    firehose.on(PutRecordBatchCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    const { tally, meter } = createTally();
    await handler(meter)(httpRequest('[{"event_name":"a"},{"event_name":"b"},5]', key), context());
    expect(tally).toEqual({ EventsUnavailable: [2], EventsRefused: [1] });
  });

  it.each([
    ['no key', {}],
    ['a wrong key', { 'x-write-key': 'other' }],
    ['a wrong Basic user', { authorization: `Basic ${btoa('other:')}` }],
  ])('refuses %s and says which header is wanted', async (_, headers) => {
    const { status, body } = await send('{"event_name":"a"}', headers);
    expect(status).toBe(401);
    expect(body.message).toContain('X-Write-Key');
    expect(stored).toEqual([]);
  });

  it('takes the key as Basic user name', async () => {
    expect(await send('{"event_name":"a"}', { authorization: `Basic ${btoa('secret-key:')}` })).toMatchObject({
      status: 202,
    });
  });

  it('takes gzip, said or not', async () => {
    const body = gzipSync('{"event_name":"a"}');
    expect(await send(body, { 'x-write-key': 'secret-key', 'content-encoding': 'gzip' })).toMatchObject({
      status: 202,
    });
    expect(await send(body)).toMatchObject({ status: 202 });
  });

  it.each([
    ['{"event_name":', 400, 'character 14'],
    ['', 400, 'empty'],
    ['[]', 400, 'at least one'],
    ['[5]', 400, undefined],
    ['{"a":1}', 400, undefined],
    [JSON.stringify({ event_name: 'a', note: 'x'.repeat(490_000) }), 413, undefined],
    [JSON.stringify({ event_name: 'a', note: 'x'.repeat(4_600_000) }), 413, '4500000'],
    [Buffer.from([0x22, 0xff, 0x22]), 400, 'UTF-8'],
  ])('refuses %.20s with %i', async (body, status, message) => {
    const answer = await send(body);
    expect(answer.status).toBe(status);
    if (message !== undefined) expect(answer.body.message).toContain(message);
    expect(stored).toEqual([]);
  });

  it('refuses a body that inflates past the limit without inflating it whole', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
    expect(await send(bomb, { 'x-write-key': 'secret-key', 'content-encoding': 'gzip' })).toMatchObject({
      status: 413,
    });
  });

  it('accepts the good events of an array and names the bad one', async () => {
    expect(await send('[{"event_name":"a"},{"name":"x"},{"event_name":"c"}]')).toMatchObject({
      status: 202,
      body: { accepted: 2, rejected: [{ index: 1, code: 'missing_name', field: 'event_name' }] },
    });
  });

  it('sends again only the records that the stream refused', async () => {
    const sizes: number[] = [];
    let calls = 0;
    firehose.on(PutRecordBatchCommand).callsFake((input: { Records: { Data: Uint8Array }[] }) => {
      sizes.push(input.Records.length);
      const refused = { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' };
      const answers = input.Records.map((_, at) => (calls === 0 && at % 2 === 1 ? refused : { RecordId: String(at) }));
      calls++;
      return { FailedPutCount: 0, RequestResponses: answers };
    });
    const events = Array.from({ length: 4 }, () => ({ event_name: 'a', note: 'x'.repeat(400_000) }));
    expect(await send(JSON.stringify(events))).toMatchObject({ status: 202, body: { accepted: 4 } });
    expect(sizes).toEqual([4, 2]);
  });

  it('answers 503 with Retry-After when the stream takes nothing, and stores nothing', async () => {
    firehose.on(PutRecordBatchCommand).rejects(Object.assign(new Error('no'), { name: 'ServiceUnavailableException' }));
    const { status, headers, body } = await send('{"event_name":"a"}', undefined, 1500);
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('5');
    expect(body).toMatchObject({ accepted: 0, rejected: [{ index: 0, code: 'stream_unavailable' }] });
  });

  it('answers 503, not 401, when the secret cannot be read', async () => {
    const { tally, meter } = createTally();
    const broken = createHandler({
      stream: { put: async () => ({ stored: [] }) },
      readWriteKey: async () => {
        throw new Error('no secret');
      },
      sourceName: 'shop',
      clock: Date.now,
      random: (count) => new Uint8Array(count),
      logger: quietLog,
      metrics: meter,
    });
    const answer = await broken(httpRequest('{"event_name":"a"}', { 'x-write-key': 'secret-key' }), context());
    expect(answer.statusCode).toBe(503);
    expect(tally).toEqual({ EventsUnavailable: [1] });
  });
});
