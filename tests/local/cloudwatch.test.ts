import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metrics as Powertools } from '@aws-lambda-powertools/metrics';
import { afterAll, describe, expect, it } from 'vitest';
import { type Datum, summarise, toMetricId } from '#local/cloudwatch/datum.ts';
import { parseEmf } from '#local/cloudwatch/emf.ts';
import { createMetrics, toMinute } from '#local/cloudwatch/metrics.ts';
import { openStore, type Store } from '#local/store.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'cloudwatch-'));
afterAll(() => rmSync(folder, { recursive: true }));

const metric = toMetricId('Millrace/stack', 'EventsAccepted', [{ name: 'service', value: 'producer' }]);
const day = 86_400_000;

const setUp = (store: Store = openStore(':memory:')) => {
  const clock = createVirtualClock();
  const errors: unknown[] = [];
  const metrics = createMetrics({ store, clock, onError: (error) => errors.push(error) });
  const datum = (at: number, ...values: number[]): Datum => ({
    metric,
    unit: 'Count',
    at,
    statistics: summarise(values),
  });
  return {
    clock,
    errors,
    metrics,
    publish: (at: number, ...values: number[]) => metrics.publish([datum(at, ...values)]),
    points: () => metrics.points({ metric, unit: undefined, from: 0, to: toMinute(clock.now() + day) }),
    written: () =>
      store
        .prepare('SELECT minute, sum FROM metric_minute')
        .all()
        .map(({ minute, sum }) => ({ minute, sum })),
  };
};

describe('the metrics of the laptop', () => {
  it('are kept per minute of their own time', () => {
    const { clock, publish, points } = setUp();
    const now = clock.now();
    publish(now, 5);
    publish(now + 59_999, 1, 3);
    publish(now - 1, 7);
    const minute = toMinute(now);
    expect(points()).toEqual([
      { minute: minute - 1, statistics: { sum: 7, samples: 1, minimum: 7, maximum: 7 } },
      { minute, statistics: { sum: 9, samples: 3, minimum: 1, maximum: 5 } },
    ]);
  });

  it('are written down together a moment later, whatever the number of lines, and read before that', async () => {
    const { clock, publish, points, written } = setUp();
    for (let n = 0; n < 1_000; n += 1) publish(clock.now(), 2);
    expect(written()).toEqual([]);
    expect(clock.pending()).toBe(1);
    await clock.advance(250);
    expect(written()).toEqual([{ minute: toMinute(clock.now()), sum: 2_000 }]);
    expect(clock.pending()).toBe(0);
    publish(clock.now(), 5);
    expect(points()[0]?.statistics).toEqual({ sum: 2_005, samples: 1_001, minimum: 2, maximum: 5 });
  });

  it('are there after a restart, and go on', () => {
    const path = join(folder, 'cloud.db');
    const first = openStore(path);
    const before = setUp(first);
    before.publish(before.clock.now(), 4);
    before.metrics.stop();
    before.publish(before.clock.now(), 100);
    first.close();
    expect(before.clock.pending()).toBe(0);

    const second = openStore(path);
    const after = setUp(second);
    after.publish(after.clock.now(), 1);
    expect(after.points().map(({ statistics }) => statistics)).toEqual([
      { sum: 5, samples: 2, minimum: 1, maximum: 4 },
    ]);
    after.metrics.stop();
    second.close();
  });

  it('leave out what is older than two weeks or further ahead than two hours', () => {
    const { clock, publish, points } = setUp();
    publish(clock.now() - 14 * day, 1);
    publish(clock.now() - 14 * day - 1, 2);
    publish(clock.now() + 7_200_000, 3);
    publish(clock.now() + 7_200_001, 4);
    expect(points().map(({ statistics }) => statistics.sum)).toEqual([1, 3]);
  });

  it('go after fifteen days', async () => {
    const { clock, metrics, publish, points } = setUp();
    publish(clock.now(), 1);
    await clock.advance(15 * day);
    publish(clock.now(), 2);
    await clock.advance(1_000);
    expect(points().map(({ statistics }) => statistics.sum)).toEqual([1, 2]);
    await clock.advance(day);
    publish(clock.now(), 3);
    expect(points().map(({ statistics }) => statistics.sum)).toEqual([2, 3]);
    expect(metrics.known()).toEqual([{ metric, lastMinute: toMinute(clock.now()) }]);
  });

  it('stay in memory and are tried again when they could not be written', async () => {
    const store = openStore(':memory:');
    const { clock, errors, publish, points } = setUp(store);
    publish(clock.now(), 1);
    store.exec('ALTER TABLE metric_minute RENAME TO away');
    await clock.advance(250);
    expect(errors).toHaveLength(1);
    store.exec('ALTER TABLE away RENAME TO metric_minute');
    await clock.advance(250);
    expect(points().map(({ statistics }) => statistics.sum)).toEqual([1]);
  });
});

const emf = (members: object, directive: object = {}, root: object = {}): string =>
  JSON.stringify({
    _aws: {
      Timestamp: 1_790_000_000_000,
      CloudWatchMetrics: [
        { Namespace: 'N', Dimensions: [['service']], Metrics: [{ Name: 'm', Unit: 'Count' }], ...directive },
      ],
      ...root,
    },
    service: 's',
    ...members,
  });

describe('a line in embedded metric format', () => {
  it('of Powertools is read with its dimensions, units and time', () => {
    const lines: string[] = [];
    const metrics = new Powertools({ namespace: 'Millrace/stack', serviceName: 'producer' });
    Object.assign(metrics, { console: { log: (line: string) => lines.push(line) } });
    const at = Date.now() - 3_000;
    metrics.setTimestamp(at);
    metrics.addMetric('EventsAccepted', 'Count', 40);
    metrics.addMetric('EventsAccepted', 'Count', 2);
    metrics.addMetric('Freshness', 'Seconds', 1.5);
    metrics.publishStoredMetrics();
    const id = (name: string) => ({ ...metric, name });
    expect(lines.flatMap(parseEmf)).toEqual([
      { metric: id('EventsAccepted'), unit: 'Count', at, statistics: { sum: 42, samples: 2, minimum: 2, maximum: 40 } },
      {
        metric: id('Freshness'),
        unit: 'Seconds',
        at,
        statistics: { sum: 1.5, samples: 1, minimum: 1.5, maximum: 1.5 },
      },
    ]);
  });

  it('publishes each metric once for each dimension set', () => {
    const line = emf({ m: 1, region: 'r' }, { Dimensions: [['service', 'region'], [], ['service']] });
    expect(parseEmf(line).map(({ metric: { dimensions } }) => dimensions.map(({ name }) => name))).toEqual([
      ['region', 'service'],
      [],
      ['service'],
    ]);
  });

  it.each([
    ['nothing', 'plain text'],
    ['what only speaks of it', 'about "CloudWatchMetrics"'],
    ['no JSON', `${emf({ m: 1 })}}`],
    ['no time', emf({ m: 1 }, {}, { Timestamp: 'now' })],
    ['no namespace', emf({ m: 1 }, { Namespace: undefined })],
    ['no dimensions', emf({ m: 1 }, { Dimensions: undefined })],
    ['a dimension without value', emf({ m: 1 }, { Dimensions: [['nope']] })],
    ['a dimension that is no text', emf({ m: 1, service: 7 })],
    ['no value', emf({})],
    ['a value that is no number', emf({ m: '1' })],
    ['more values than a line may hold', emf({ m: Array.from({ length: 101 }, () => 1) })],
    ['an unknown unit', emf({ m: 1 }, { Metrics: [{ Name: 'm', Unit: 'Furlongs' }] })],
    ['an inherited name', emf({}, { Metrics: [{ Name: 'constructor' }] })],
  ])('with %s publishes nothing', (_, line) => {
    expect(parseEmf(line)).toEqual([]);
  });

  it('loses only the metric that is at fault', () => {
    const line = emf({ m: 'x', n: [1, 2] }, { Metrics: [{ Name: 'm' }, { Name: 'n' }] });
    expect(parseEmf(line)).toMatchObject([{ metric: { name: 'n' }, unit: 'None', statistics: { sum: 3, samples: 2 } }]);
  });
});
