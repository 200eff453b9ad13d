import { gzipSync } from 'node:zlib';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { createMetrics } from '#aws/cloudwatch.ts';
import { emptyTables } from '#cli/rebuild/tables.ts';
import { createPipeline, type Pipeline } from '#tests/house/operations/pipeline.ts';
import { stackWith } from '#tests/house/operations/stacks.ts';

const minute = 60_000;
const hour = 60 * minute;
const begin = Date.UTC(2026, 10, 22, 10);
const at = (ms: number): string => new Date(ms).toISOString();
const pipelines: Pipeline[] = [];
let pipeline: Pipeline;

const start = async (dial: string): Promise<void> => {
  pipeline = await createPipeline(stackWith({ Freshness: dial }));
  pipelines.push(pipeline);
};
beforeEach(() => start('standard'));
afterAll(async () => {
  for (const each of pipelines) await each.stop();
});
const send = async (events: number): Promise<number | undefined> =>
  pipeline.send(JSON.stringify(Array.from({ length: events }, () => ({ event_name: 'a' }))));
const sendAndLoad = async (events: number): Promise<void> => {
  expect(await send(events)).toBe(202);
  await pipeline.load(await pipeline.land());
};
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

it('a metric that CloudWatch shows five minutes late still tells of a loss', async () => {
  await sendAndLoad(3);
  await pipeline.clock.advance(2 * minute);
  await send(4);
  pipeline.onStream.splice(0);
  const late = pipeline.emitted.splice(
    pipeline.emitted.findLastIndex(({ name }) => name === 'EventsAccepted'),
    1,
  );
  await pipeline.clock.advance(2 * minute);
  pipeline.startProducer();
  await sendAndLoad(1);
  await pass(3 * minute);
  pipeline.emitted.push(...late);
  for (let round = 0; round < 8; round += 1) {
    pipeline.startProducer();
    await sendAndLoad(1);
    await pass(30 * minute);
  }
  await sendAndLoad(1);
  expect(await pass(2 * minute)).toMatchObject({ events_missing: 4, complete_to: at(begin + 2 * minute) });
});

it('an envelope that arrived unacknowledged hides no loss once its producer has said so', async () => {
  await start('realtime');
  await send(2);
  pipeline.onStream.splice(0);
  pipeline.startProducer();
  pipeline.setWorld({
    put: async (records) => {
      pipeline.onStream.push(...records);
      return { stored: records.map(() => false), lastError: 'TimeoutError' };
    },
  });
  expect(await send(2)).toBe(503);
  pipeline.setWorld({});
  await pipeline.load(await pipeline.land());
  await pass(4 * minute);
  await sendAndLoad(1);
  let last = await pipeline.reconcile();
  for (let round = 0; round < 10; round += 1) {
    await sendAndLoad(1);
    last = await pass(20 * minute);
  }
  expect(last.events_missing).toBe(2);
});

it('what landed while the warehouse could not be asked for two days is queued again', async () => {
  await sendAndLoad(3);
  await pass(5 * minute);
  pipeline.setWorld({ load: 'unreachable' });
  for (let h = 0; h < 48; h += 1) {
    pipeline.startProducer();
    await send(1);
    await pipeline.land();
    await pipeline.clock.advance(hour);
    await pipeline.reconcile().catch(() => undefined);
  }
  pipeline.setWorld({});
  pipeline.startProducer();
  await sendAndLoad(1);
  await pass(10 * minute);
  const keys = new Set(pipeline.requeued.map((body) => JSON.parse(body).Records[0].s3.object.key));
  expect(keys.size).toBe(48);
});

it.each([
  ['cut short', 'failed/processing-failed/2026/11/22/10/a', gzipSync('{"rawData":""}').subarray(0, 20)],
  ['under a key that cannot stand in a statement', 'failed/by hand\\a', JSON.stringify({ rawData: 'eA==' })],
  ['with more attempts than an INTEGER holds', 'failed/x', JSON.stringify({ rawData: 'eA==', attemptsMade: 5e9 })],
])('one object under failed/ does not end every check: %s', async (_, key, body) => {
  await sendAndLoad(1);
  pipeline.lake.put(key, Buffer.from(body));
  await pipeline.clock.advance(5 * minute);
  expect(await pipeline.reconcile()).toMatchObject({ idle: false });
});

it('one lost event does not keep the warehouse of an economy stack with traffic awake', async () => {
  const checksOf = async (): Promise<number> => {
    let checks = 0;
    for (let round = 0; round < 24; round += 1) {
      pipeline.startProducer();
      await sendAndLoad(1);
      checks += (await pass(15 * minute)).checks;
    }
    return checks;
  };
  await start('economy');
  const quiet = await checksOf();
  await start('economy');
  await send(1);
  pipeline.onStream.splice(0);
  expect(await checksOf()).toBeLessThan(quiet * 2);
});

it('complete_to does not stand while an interrupted rebuild has left the tables empty', async () => {
  await sendAndLoad(3);
  await pass(40 * minute);
  await emptyTables(pipeline.parts.warehouse);
  await pass(3 * hour);
  const told = await pipeline.report('complete_to', 'complete_to, objects_unloaded');
  expect(told).not.toEqual([['2026-11-22 10:33:00', 0]]);
});

it('an object of another name that is refused does not hold complete_to for ever', async () => {
  await sendAndLoad(1);
  await pipeline.load(pipeline.putBroken());
  await pass(10 * minute);
  await pipeline.clock.advance(30 * 24 * hour);
  await sendAndLoad(1);
  const answer = await pass(3 * minute);
  expect(Date.parse(answer.complete_to ?? '')).toBeGreaterThan(pipeline.clock.now() - hour);
});

it('metrics that CloudWatch says are not whole are not taken for whole', async () => {
  const answer = { MetricDataResults: [{ Id: 'sums', StatusCode: 'InternalError', Timestamps: [], Values: [] }] };
  const metrics = createMetrics({ send: async () => answer } as never);
  await expect(metrics.sumPerMinute({ namespace: 'n', service: 's', metric: 'm' }, 0, minute)).rejects.toThrow();
});

it('economy: a check that comes before a load has committed waits for it', async () => {
  await start('economy');
  await sendAndLoad(1);
  await pass(14 * minute);
  let checks = 0;
  for (let round = 0; round < 8; round += 1) {
    await send(1);
    const landedAt = pipeline.clock.now();
    await pipeline.load(await pipeline.land());
    await pipeline.clock.advance(10_000);
    checks += (await pipeline.reconcile()).idle ? 0 : 1;
    expect(pipeline.clock.now() - landedAt).toBe(45_000);
    await pipeline.clock.advance(25_000);
    checks += (await pass(14 * minute)).checks;
  }
  expect(checks).toBe(8);
});
