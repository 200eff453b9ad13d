import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FirehoseTransformationEvent } from 'aws-lambda';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Meter } from '#aws/telemetry.ts';
import { createHandler } from '#functions/transformer/handler.ts';
import { context, createTally, quietLog, quietMeter } from './support.ts';

const handler = (responseBytes = 6_291_556, metrics: Meter = quietMeter) =>
  createHandler({
    hash: (text) => createHash('sha256').update(text).digest('hex'),
    clock: Date.now,
    responseBytes,
    logger: quietLog,
    metrics,
  });

const invocation = (bodies: readonly (string | Uint8Array)[]): FirehoseTransformationEvent => ({
  invocationId: 'i',
  deliveryStreamArn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/s',
  region: 'us-east-1',
  records: bodies.map((body, at) => ({
    recordId: `r${at}`,
    approximateArrivalTimestamp: 1_795_000_000_000,
    data: Buffer.from(body).toString('base64'),
  })),
});

const linesOf = (data: string): Record<string, unknown>[] =>
  Buffer.from(data, 'base64')
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe('transformer', () => {
  it('gives every record back once, rows as its data, whatever its neighbours are', async () => {
    const { records } = await handler()(
      invocation(['{"event_name":"a"}', 'junk', '', '{"event_name":"b"}']),
      context(),
    );
    expect(records.map(({ recordId, result }) => [recordId, result])).toEqual(
      [0, 1, 2, 3].map((at) => [`r${at}`, 'Ok']),
    );
    expect(records.map(({ data }) => linesOf(data ?? '')[0]?.kind)).toEqual(['event', 'rejected', 'rejected', 'event']);
  });

  it('answers every recordId exactly once for any bytes', async () => {
    const transform = handler();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), async (bodies) => {
        const { records } = await transform(invocation(bodies), context());
        expect(records.map(({ recordId }) => recordId)).toEqual(bodies.map((_, at) => `r${at}`));
      }),
    );
  });

  it('never answers past the limit: what does not fit goes back for the error prefix, and only that', async () => {
    const limit = 20_000;
    const bodies = Array.from({ length: 60 }, (_, at) =>
      JSON.stringify({ event_name: 'a', n: at, note: 'x'.repeat(at * 20) }),
    );
    const answer = await handler(limit)(invocation(bodies), context());
    expect(JSON.stringify(answer).length).toBeLessThanOrEqual(limit);
    const results = new Set(answer.records.map(({ result }) => result));
    expect(results).toEqual(new Set(['Ok', 'ProcessingFailed']));
    expect(answer.records).toHaveLength(bodies.length);
  });

  it('gives long texts beyond ASCII back whole', async () => {
    const note = '抹茶é😀'.repeat(9_000);
    const { records } = await handler()(
      invocation([
        JSON.stringify({ event_name: 'a', properties: { a: note.slice(0, 20_000), b: note.slice(0, 20_000) } }),
      ]),
      context(),
    );
    expect(linesOf(records[0]?.data ?? '')[0]).toMatchObject({
      properties: { a: note.slice(0, 20_000), b: note.slice(0, 20_000) },
    });
  });

  it('takes an arrival time in any form, or none', async () => {
    const event = invocation(['{"event_name":"a"}', '{"event_name":"b"}']);
    const times: unknown[] = ['2026-11-22T10:00:00.000Z', undefined];
    const odd = {
      ...event,
      records: event.records.map((record, at) => ({ ...record, approximateArrivalTimestamp: times[at] })),
    };
    const { records } = await handler()(JSON.parse(JSON.stringify(odd)), context());
    expect(linesOf(records[0]?.data ?? '')[0]).toMatchObject({ received_at: '2026-11-22 10:00:00.000' });
    expect(linesOf(records[1]?.data ?? '')[0]).toMatchObject({ kind: 'event', event_name: 'b' });
  });

  it.each(['aws-lambda-go-kinesis-source', 'aws-direct-put', 'aws-kinesis-source'])(
    "takes AWS's own sample %s",
    async (name) => {
      const event = JSON.parse(readFileSync(new URL(`../../events/transformer/${name}.json`, import.meta.url), 'utf8'));
      const { records } = await handler()(event, context());
      expect(records.map(({ recordId }) => recordId)).toEqual(
        event.records.map((record: { recordId: string }) => record.recordId),
      );
    },
  );

  it('counts events kept and rejected, zeros too, and records only when some are put aside', async () => {
    const clean = createTally();
    await handler(undefined, clean.meter)(invocation(['[{"event_name":"a"},{"event_name":"b"}]']), context());
    expect(clean.tally).toEqual({ EventsKept: [2], EventsRejected: [0] });
    const bad = createTally();
    const long = JSON.stringify({ event_name: 'a', note: 'x'.repeat(3000) });
    await handler(2000, bad.meter)(invocation(['junk', '{"event_name":"a"}', long]), context());
    expect(bad.tally).toEqual({ EventsKept: [1], EventsRejected: [1], RecordsPutAside: [1] });
  });
});
