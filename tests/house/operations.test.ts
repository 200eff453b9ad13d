import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Stack } from '#local/template/stack.ts';
import { type Alarm, type Datum, isOf, type MetricUse, stateOf } from './operations/alarm.ts';
import { awsMetrics } from './operations/aws-metrics.ts';
import { parseDashboard, type Widget } from './operations/dashboard.ts';
import { idsOf } from './operations/expression.ts';
import { createPipeline, type Pipeline } from './operations/pipeline.ts';
import { alarmsOf, freshnesses, stackWith } from './operations/stacks.ts';

const kinesis = { KinesisStreamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks' };
const ownWarehouse = {
  WorkgroupName: 'ours',
  SecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:ours-abcdef',
  CopyRoleArn: 'arn:aws:iam::000000000000:role/ours',
};
const { WorkgroupName: ClusterIdentifier, ...secretAndRole } = ownWarehouse;

/** Every way in which the template makes other alarms or another dashboard. */
const stacks: readonly (readonly [string, Stack])[] = [
  ...freshnesses.map((Freshness) => [`with ${Freshness}`, stackWith({ Freshness })] as const),
  ['with Kinesis', stackWith(kinesis)],
  ["with a workgroup of one's own", stackWith(ownWarehouse)],
  ["with a cluster of one's own", stackWith({ ClusterIdentifier, ...secretAndRole })],
];

const dashboardOf = (stack: Stack): readonly Widget[] => {
  const [dashboard] = stack.ofType('AWS::CloudWatch::Dashboard');
  return parseDashboard(String(dashboard?.properties.DashboardBody));
};

const isOurs = ({ namespace }: { readonly namespace: string }): boolean => namespace.startsWith('Millrace');

/** Everything that the functions ever emit: the real handlers in good days and bad. */
let emitted: readonly Datum[] = [];
let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await createPipeline(stackWith());
  await pipeline.send(
    '[{"event_name":"a"},{"name":"refused at the door"},{"event_name":"b","event_time":"yesterday"}]',
  );
  await pipeline.load(await pipeline.land());
  pipeline.setWorld({ streamTakes: false });
  await pipeline.send('{"event_name":"a"}');
  pipeline.setWorld({ responseBytes: 1024 });
  await pipeline.send(JSON.stringify({ event_name: 'a', note: 'x'.repeat(2000) }));
  await pipeline.load(await pipeline.land());
  await pipeline.load('landed/deleted.json.gz');
  // A notification and an envelope that are lost, and a record that Firehose gave up.
  pipeline.setWorld({});
  await pipeline.send('{"event_name":"a"}');
  await pipeline.land();
  for (let number = 0; number < 3; number++) await pipeline.send('{"event_name":"a"}');
  pipeline.onStream.splice(0, 1);
  await pipeline.load(await pipeline.land());
  const line = JSON.stringify({ errorCode: 'Lambda.FunctionError', rawData: 'e30=' });
  pipeline.lake.put('failed/processing-failed/2026/11/22/10/a', `${line}\n`);
  await pipeline.clock.advance(3 * 60 * 60_000);
  await pipeline.reconcile();
  emitted = pipeline.emitted;
});
afterAll(() => pipeline.stop());

const nameOf = ({ namespace, name, dimensions }: Omit<MetricUse, 'id' | 'statistic'>): string =>
  `${namespace} ${name} ${JSON.stringify(dimensions)}`;

describe('our own metrics', () => {
  it('are of one namespace for each stack, with the function as their only dimension', () => {
    expect(new Set(emitted.map(({ namespace }) => namespace))).toEqual(new Set(['Millrace/shop']));
    for (const { dimensions } of emitted) expect(Object.keys(dimensions)).toEqual(['service']);
  });

  it('are all in docs/metrics.md with their unit, and no others', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
    const listed = [...page.matchAll(/^\| `(\w+)` +\| (\w+) +\| (\w+) +\|/gm)].map(([, ...cells]) => cells.join(' '));
    const real = emitted.map(({ name, unit, dimensions }) => `${name} ${unit} ${dimensions.service}`);
    expect([...listed].sort()).toEqual([...new Set(real)].sort());
  });

  it('are as many as docs/metrics.md counts, and so are the alarms and what the dashboard shows', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
    const count = (stack: Stack) => {
      const alarms = [...alarmsOf(stack).values()];
      const watched = alarms.flatMap(({ metrics }) => metrics).length;
      return { alarms: alarms.length, watched, shown: shownOf(stack) };
    };
    const [plain, more] = [count(stackWith()), count(stackWith(kinesis))];
    expect(page).toContain(`${new Set(emitted.map(nameOf)).size} custom metrics`);
    expect(page).toContain(`${plain.alarms} alarms that look at ${plain.watched} metrics`);
    expect(page).toContain(`Kinesis: ${more.alarms - plain.alarms} more, ${more.watched - plain.watched} metrics`);
    expect(page).toContain(`the dashboard, ${plain.shown} metrics (${more.shown} with Kinesis)`);
  });
});

const shownOf = (stack: Stack): number =>
  new Set(
    dashboardOf(stack)
      .flatMap(({ metrics }) => metrics)
      .map(nameOf),
  ).size;

describe('parameters of operations', () => {
  it('AlarmEmail subscribes an address to the topic; without one there is no subscription', () => {
    const subscriptions = (AlarmEmail: string) => stackWith({ AlarmEmail }).ofType('AWS::SNS::Subscription');
    expect(subscriptions('')).toEqual([]);
    expect(subscriptions('ops@example.com')[0]?.properties).toMatchObject({ Endpoint: 'ops@example.com' });
    expect(() => subscriptions('ops at example.com')).toThrow('must be empty or an e-mail address');
  });

  it.each([
    ['On', 'Active', true],
    ['Off', 'PassThrough', false],
  ])('Tracing %s makes every function %s, and its role may write traces: %s', (Tracing, mode, mayWrite) => {
    const stack = stackWith({ Tracing });
    for (const { logicalId, properties } of stack.ofType('AWS::Serverless::Function')) {
      expect([logicalId, properties.Tracing]).toEqual([logicalId, mode]);
      const role = stack.resources.find(({ attributes }) => attributes.Arn === properties.Role);
      const actions = ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'];
      expect(actions.map((action) => JSON.stringify(role?.properties.Policies).includes(action))).toEqual(
        actions.map(() => mayWrite),
      );
    }
  });
});

describe.each(stacks)('the stack %s', (_, stack) => {
  const alarms = alarmsOf(stack);
  const widgets = dashboardOf(stack);
  const each = [...alarms];

  it('names only metrics that exist, under their dimensions', () => {
    const used = [...each.flatMap(([, alarm]) => alarm.metrics), ...widgets.flatMap((widget) => widget.metrics)];
    const missing = used.filter((use) => {
      if (isOurs(use)) return !emitted.some((datum) => isOf(use, datum));
      const metric = awsMetrics[use.namespace]?.[use.name];
      return metric === undefined || Object.keys(use.dimensions).join() !== metric.dimension;
    });
    expect(missing.map(nameOf)).toEqual([]);
  });

  it('means resources of its own by every dimension', () => {
    const names = new Set(stack.resources.flatMap(({ ref, attributes }) => [ref, ...Object.values(attributes)]));
    const used = [...each.flatMap(([, alarm]) => alarm.metrics), ...widgets.flatMap((widget) => widget.metrics)];
    const values = used.filter((use) => !isOurs(use)).flatMap(({ dimensions }) => Object.values(dimensions));
    const own = values.filter((value) => !names.has(value));
    expect(new Set(own)).toEqual(new Set(stack.parameters.WorkgroupName === '' ? [] : ['ours']));
  });

  it('tells the topic of every alarm, and of nothing else', () => {
    const [topic] = stack.ofType('AWS::SNS::Topic');
    for (const [, alarm] of each) {
      expect(alarm.alarmActions).toEqual([topic?.ref]);
      expect([[], [topic?.ref]]).toContainEqual(alarm.okActions);
    }
  });

  it('says in every alarm what it means and what to do first, under a name of the stack', () => {
    for (const [, { name, description }] of each) {
      expect(name).toMatch(/^shop-[a-z0-9-]+$/);
      expect(description).toMatch(/ First (look|ask) /);
      expect(description.length).toBeLessThanOrEqual(1024);
    }
    expect(new Set(each.map(([, { name }]) => name)).size).toBe(each.length);
  });

  it('has thresholds in the unit of what is measured', () => {
    expect(Object.fromEntries(each.map(([id, alarm]) => [id, unitOf(alarm)]))).toEqual(
      Object.fromEntries(each.map(([id]) => [id, thresholdUnits[id]])),
    );
  });

  it('is well while nothing happens', () => {
    for (const [, alarm] of each) expect([alarm.name, stateOf(alarm, [], Date.now())]).toEqual([alarm.name, 'OK']);
  });

  it('shows every alarm on the dashboard, and no other', () => {
    const arns = stack.ofType('AWS::CloudWatch::Alarm').map(({ attributes }) => String(attributes.Arn));
    expect(widgets.flatMap((widget) => widget.alarms).sort()).toEqual(arns.sort());
    expect(widgets[1]).toMatchObject({ type: 'alarm', width: 24 });
  });

  it('shows the stages from top to bottom in rows that fill the width and do not overlap', () => {
    const shown = widgets.filter(({ type }) => type === 'metric');
    const byPlace = shown.toSorted((left, right) => left.y - right.y || left.x - right.x);
    const stages = byPlace.map(({ title }) => title.split(' ')[0]);
    expect(stages).toEqual(stages.toSorted());
    const hasSpend = stack.parameters.ClusterIdentifier === '';
    expect(new Set(stages).size).toBe(hasSpend ? 8 : 7);
    const covered = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_unused, at) => `${x + (at % width)} ${y + Math.floor(at / width)}`),
    );
    const bottom = Math.max(...widgets.map(({ y, height }) => y + height));
    expect(new Set(covered).size).toBe(covered.length);
    expect(covered.length).toBe(24 * bottom);
    for (const { region } of shown) expect(region).toBe('us-east-1');
  });

  it("draws the alarm's line where the alarm has its threshold", () => {
    for (const widget of widgets.filter(({ lines }) => lines.length > 0)) {
      const watching = each.filter(([, alarm]) => alarm.metrics.every((use) => hasMetric(widget, use)));
      const thresholds = watching.map(([, { threshold }]) => threshold);
      expect([widget.title, widget.lines]).toEqual([widget.title, [thresholds[0]]]);
      for (const [, alarm] of watching)
        if (alarm.expression !== 'value') expect(widget.expressions).toContain(alarm.expression);
    }
  });

  // CloudWatch pricing, free tier: three dashboards of up to 50 metrics each.
  it('has no more metrics on the dashboard than are free', () => {
    expect(shownOf(stack)).toBeLessThanOrEqual(50);
  });
});

const hasMetric = (widget: Widget, use: MetricUse): boolean =>
  widget.metrics.some((each) => nameOf(each) === nameOf(use) && each.statistic === use.statistic);

/** Unit of what an alarm compares: that of its metric, or what comes out of its arithmetic. */
const unitOf = ({ metrics, expression }: Alarm): string => {
  const units = Object.fromEntries(metrics.map((use) => [use.id, unitOfMetric(use)]));
  expect([...new Set(idsOf(expression))].sort()).toEqual(metrics.map(({ id }) => id).sort());
  const written = expression.replace(/[a-z]\w*/g, (id) => String(units[id]));
  return arithmetic[written] ?? written;
};

const unitOfMetric = (use: MetricUse): string | undefined =>
  isOurs(use) ? emitted.find((datum) => isOf(use, datum))?.unit : awsMetrics[use.namespace]?.[use.name]?.unit;

const arithmetic: Readonly<Record<string, string>> = {
  '100 * Count / Count': 'Percent',
  '100 * Count / (Count + Count)': 'Percent',
  'Count + Count + Count + Count': 'Count',
  'Milliseconds / 1000 + Seconds': 'Seconds',
  'RpuSeconds / 3600': 'RpuHours',
};

/** What the number in `Threshold` is meant in. */
const thresholdUnits: Readonly<Record<string, string>> = {
  CollectorErrorsAlarm: 'Percent',
  CollectorLatencyAlarm: 'Milliseconds',
  StreamThrottledAlarm: 'Count',
  TransformationAlarm: 'Ratio',
  RecordsPutAsideAlarm: 'Count',
  RejectedShareAlarm: 'Percent',
  StreamLateAlarm: 'Seconds',
  StreamDeliveryAlarm: 'Ratio',
  KinesisStreamLateAlarm: 'Seconds',
  KinesisTransformationAlarm: 'Ratio',
  KinesisStreamDeliveryAlarm: 'Ratio',
  QueueAgeAlarm: 'Seconds',
  DeadLettersAlarm: 'Count',
  LoadsFailedAlarm: 'Count',
  FreshnessAlarm: 'Seconds',
  EnvelopesMissingAlarm: 'Count',
  EventsMissingAlarm: 'Count',
  CompletenessAlarm: 'Seconds',
  FunctionErrorsAlarm: 'Count',
  FunctionThrottlesAlarm: 'Count',
  SpendAlarm: 'RpuHours',
};
