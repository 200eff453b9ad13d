import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createPipeline, type Pipeline } from '#tests/house/operations/pipeline.ts';
import { stackWith } from '#tests/house/operations/stacks.ts';

const minute = 60_000;
const hour = 60 * minute;
const pipelines: Pipeline[] = [];
let pipeline: Pipeline;

beforeEach(async () => {
  pipeline = await createPipeline(stackWith({ Freshness: 'standard' }));
  pipelines.push(pipeline);
});
afterAll(async () => {
  for (const each of pipelines) await each.stop();
});

const send = async (events: number): Promise<void> => {
  const body = JSON.stringify(Array.from({ length: events }, (_, at) => ({ event_name: 'a', at })));
  expect(await pipeline.send(body)).toBe(202);
};
const sendAndLoad = async (events: number): Promise<void> => {
  await send(events);
  await pipeline.load(await pipeline.land());
};
/** Lets time pass with a check each minute, as the template's schedule has it. */
const pass = async (ms: number) => {
  let last = await pipeline.reconcile();
  let checks = last.idle ? 0 : 1;
  for (let passed = 0; passed < ms; passed += minute) {
    await pipeline.clock.advance(minute);
    const answer = await pipeline.reconcile();
    if (answer.idle) continue;
    last = answer;
    checks += 1;
  }
  return { ...last, checks };
};
const begin = Date.UTC(2026, 10, 22, 10);
const at = (ms: number): string => new Date(ms).toISOString();

describe('complete_to', () => {
  it('is the last minute whose metrics are whole when everything accepted is in the tables', async () => {
    await sendAndLoad(3);
    await pipeline.clock.advance(5 * minute);
    const answer = await pipeline.reconcile();
    expect(answer).toMatchObject({ idle: false, complete_to: at(begin + 3 * minute), events_missing: 0 });
    expect(await pipeline.rows('SELECT complete_to, events_missing FROM millrace.reconciliations')).toEqual([
      ['2026-11-22 10:03:00', 0],
    ]);
  });

  it('is the minute of the oldest event that is under way', async () => {
    await sendAndLoad(3);
    await pipeline.clock.advance(90_000);
    await send(2);
    expect(await pass(10 * minute)).toMatchObject({ complete_to: at(begin + minute), events_missing: 0 });
    await pipeline.load(await pipeline.land());
    expect(await pass(minute)).toMatchObject({ complete_to: at(begin + 10 * minute) });
  });

  it('stands still before the last envelope of a producer that ended, which no number shows', async () => {
    await sendAndLoad(3);
    await pipeline.clock.advance(2 * minute);
    await send(4);
    pipeline.onStream.splice(0);
    const answer = await pass(3 * hour);
    expect(answer).toMatchObject({ complete_to: at(begin + 2 * minute), events_missing: 4, envelopes_missing: 0 });
  });

  it('moves past a loss of more than a day ago, which report_gaps goes on to show', async () => {
    await sendAndLoad(1);
    await send(2);
    pipeline.onStream.splice(0);
    for (let later = 0; later < 2; later += 1) await sendAndLoad(1);
    expect(await pass(3 * hour)).toMatchObject({ complete_to: at(begin), envelopes_missing: 1, events_missing: 2 });
    await pass(48 * hour);
    await sendAndLoad(1);
    const checkedAt = pipeline.clock.now() + 35_000;
    const settled = Math.floor(checkedAt / minute - 2) * minute;
    expect(await pass(minute)).toMatchObject({ complete_to: at(settled), envelopes_missing: 0 });
    expect(await pipeline.report('report_gaps', 'first_missing, last_missing, envelopes, is_settled')).toEqual([
      [1, 1, 1, true],
    ]);
  });

  it('stands still before an object that Redshift refuses', async () => {
    await sendAndLoad(1);
    await pipeline.clock.advance(minute);
    await send(1);
    const key = await pipeline.land();
    pipeline.lake.put(key, Buffer.from('not gzip'));
    await pipeline.load(key);
    const answer = await pass(20 * minute);
    expect(answer).toMatchObject({ objects_unloaded: 1, objects_requeued: 0 });
    expect(Date.parse(answer.complete_to ?? '')).toBeLessThanOrEqual(begin + minute);
  });
});

describe('a loss that was hidden when its minute was judged', () => {
  it('is found once its metrics have come after all', async () => {
    await send(3);
    pipeline.onStream.splice(0);
    const late = pipeline.emitted.splice(0);
    await pipeline.clock.advance(2 * minute);
    await sendAndLoad(1);
    const before = await pass(40 * minute);
    expect(before.events_missing).toBe(0);
    expect(Date.parse(before.complete_to ?? '')).toBeGreaterThan(begin);
    pipeline.emitted.push(...late);
    await pass(hour);
    await sendAndLoad(1);
    expect(await pass(hour)).toMatchObject({ complete_to: at(begin), events_missing: 3 });
  });

  it('is found once the envelope that stood in its place is called void', async () => {
    await send(3);
    pipeline.startProducer();
    pipeline.setWorld({
      put: async (records) => {
        pipeline.onStream.splice(0, 1, ...records);
        return { stored: [false] };
      },
    });
    expect(await pipeline.send(JSON.stringify([1, 2, 3].map((value) => ({ event_name: 'a', value }))))).toBe(503);
    pipeline.setWorld({});
    await pipeline.load(await pipeline.land());
    const before = await pass(40 * minute);
    expect(before.events_missing).toBe(0);
    expect(Date.parse(before.complete_to ?? '')).toBeGreaterThan(begin);
    await pass(hour);
    await sendAndLoad(1);
    expect(await pass(hour)).toMatchObject({ complete_to: at(begin), events_missing: 3 });
  });
});

describe('numbers of requests that were not acknowledged', () => {
  it('are no loss, whether the stream took their envelopes or not', async () => {
    await sendAndLoad(2);
    pipeline.setWorld({ streamTakes: false });
    expect(await pipeline.send('{"event_name":"a"}')).toBe(503);
    pipeline.setWorld({});
    await sendAndLoad(2);
    await sendAndLoad(2);
    expect(await pass(3 * hour)).toMatchObject({ envelopes_missing: 0, events_missing: 0 });
    expect(await pipeline.rows('SELECT seq, event_count, void_to FROM millrace.batches ORDER BY seq, 3')).toEqual([
      [0, 2, null],
      [1, 0, 1],
      [2, 2, null],
      [3, 2, null],
    ]);
  });
});

describe('objects that no notification brought', () => {
  it('are queued again once, and not while a message may be under way', async () => {
    await send(3);
    const key = await pipeline.land();
    expect(await pass(minute)).toMatchObject({ objects_unloaded: 1, objects_requeued: 0 });
    expect(pipeline.requeued).toHaveLength(0);
    expect(await pass(5 * minute)).toMatchObject({ objects_unloaded: 1 });
    await pass(hour);
    expect(pipeline.requeued).toHaveLength(1);
    const { Records: [record] = [] } = JSON.parse(pipeline.requeued[0] ?? '');
    expect(record.s3).toMatchObject({ bucket: { name: 'lake' }, object: { key } });
    await pass(hour);
    expect(pipeline.requeued).toHaveLength(2);
    await pipeline.load(key);
    expect(await pass(hour)).toMatchObject({ objects_unloaded: 0, objects_requeued: 0 });
  });
});

describe('records under failed/', () => {
  const failedLine = (data: Uint8Array | string): string =>
    `${JSON.stringify({
      attemptsMade: 4,
      arrivalTimestamp: begin,
      errorCode: 'Lambda.FunctionError',
      errorMessage: "The Lambda function's answer was an error",
      attemptEndingTimestamp: begin + minute,
      rawData: Buffer.from(data).toString('base64'),
      lambdaARN: 'arn:aws:lambda:us-east-1:000000000000:function:transformer',
    })}\n`;
  const key = 'failed/processing-failed/2026/11/22/10/a';

  it.each([
    ['as they are', (text: string) => text],
    ['compressed', (text: string) => gzipSync(text)],
  ])('become rows once, with the envelope that they were: %s', async (_, pack) => {
    await send(2);
    const [envelope = new Uint8Array()] = pipeline.onStream.splice(0);
    pipeline.lake.put(key, pack(failedLine(envelope) + failedLine('{"event_name":"b"}')));
    expect(await pass(40 * minute)).toMatchObject({ failed_records: 2, complete_to: at(begin) });
    const columns = 'line_number, error_code, attempts, arrived_at, bytes > 0, seq, event_count, replayed_at';
    expect(await pipeline.rows(`SELECT ${columns} FROM millrace.failed_records ORDER BY 1`)).toEqual([
      [1, 'Lambda.FunctionError', 4, '2026-11-22 10:00:00', true, 0, 2, null],
      [2, 'Lambda.FunctionError', 4, '2026-11-22 10:00:00', true, null, null, null],
    ]);
  });

  it('are accounted for when they were put back before they were seen', async () => {
    pipeline.lake.put(key, failedLine('{"event_name":"b"}') + failedLine('{"event_name":"c"}'));
    const marker = { object_key: key, lines: [[2, 2]], replayed_at: '2026-11-22T09:00:00.000Z' };
    pipeline.lake.put(`state/replayed/${key}.json`, JSON.stringify(marker));
    expect(await pass(40 * minute)).toMatchObject({ failed_records: 1 });
    expect(await pipeline.rows('SELECT line_number, replayed_at FROM millrace.failed_records ORDER BY 1')).toEqual([
      [1, null],
      [2, '2026-11-22 09:00:00'],
    ]);
  });

  it('are accounted for when their envelope has come after all', async () => {
    await send(2);
    pipeline.lake.put(key, failedLine(pipeline.onStream[0] ?? ''));
    await pipeline.load(await pipeline.land());
    await pipeline.clock.advance(5 * minute);
    expect(await pipeline.reconcile()).toMatchObject({ failed_records: 0, complete_to: at(begin + 3 * minute) });
  });
});

describe('the warehouse', () => {
  it('is asked once for each object that lands, while its load has it awake', async () => {
    await pass(minute);
    let checks = 0;
    for (let round = 0; round < 10; round += 1) {
      await sendAndLoad(1);
      checks += (await pass(4 * minute)).checks;
    }
    expect(checks).toBe(10);
  });

  it('is left asleep when nothing is new', async () => {
    await sendAndLoad(1);
    expect(await pass(40 * minute)).toMatchObject({ checks: 2 });
    pipeline.setWorld({ load: 'unreachable' });
    expect(await pass(20 * hour)).toMatchObject({ checks: 0, idle: true });
  });

  it('is asked ever more rarely about what stays open', async () => {
    await send(1);
    pipeline.onStream.splice(0);
    const { checks } = await pass(20 * hour);
    expect(checks).toBeGreaterThan(8);
    expect(checks).toBeLessThan(40);
  });

  it('that cannot be asked fails the check, and the next one finds the same', async () => {
    await sendAndLoad(1);
    await pipeline.clock.advance(5 * minute);
    pipeline.setWorld({ load: 'unreachable' });
    await expect(pipeline.reconcile()).rejects.toThrow('cannot be reached');
    pipeline.setWorld({});
    expect(await pipeline.reconcile()).toMatchObject({ idle: false, complete_to: at(begin + 3 * minute) });
  });
});
