import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  ListMetricsCommand,
  type MetricDatum,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#local/clock.ts';
import { parseEmf } from '#local/cloudwatch/emf.ts';
import { createCloudWatchService } from '#local/cloudwatch/wire.ts';
import { createIam } from '#local/iam/iam.ts';
import { systemRandom } from '#local/random.ts';
import { policy } from '../local/iam/support.ts';
import { describeWire } from '../models/suite.ts';
import { ACCOUNT, type StandIns, startStandIns } from './stand-ins.ts';

let standIns: StandIns;
let client: CloudWatchClient;
beforeAll(async () => {
  standIns = await startStandIns();
  client = new CloudWatchClient(standIns.client);
});
afterAll(async () => {
  client.destroy();
  await standIns.stop();
});

/** The last whole hour, so that every period of minutes begins on its boundary. */
const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
const minute = (at: number): Date => new Date(hour + at * 60_000);
const service = [{ Name: 'service', Value: 'producer' }];

const put = (Namespace: string, ...MetricData: MetricDatum[]) =>
  client.send(new PutMetricDataCommand({ Namespace, MetricData }));

const query = (
  Namespace: string,
  stat: { Stat?: string; Period?: number; MetricName?: string; Unit?: 'Count' } = {},
) => {
  const { Stat = 'Sum', Period = 60, MetricName = 'EventsAccepted', Unit } = stat;
  return { MetricStat: { Metric: { Namespace, MetricName, Dimensions: service }, Period, Stat, Unit } };
};

const get = (input: Partial<GetMetricDataCommandInput> & Pick<GetMetricDataCommandInput, 'MetricDataQueries'>) =>
  client.send(new GetMetricDataCommand({ StartTime: minute(0), EndTime: minute(60), ...input }));

describe('CloudWatch refuses', () => {
  const a = { Id: 'a', ...query('Refused') };
  const dynamic = '$'.concat("{PROP('Dim.x')}");
  it.each<[string, Partial<GetMetricDataCommandInput>, string | RegExp]>([
    ['metric math', { MetricDataQueries: [{ Id: 'a', Expression: 'b * 2' }] }, /Expression/],
    ['a percentile', { MetricDataQueries: [{ Id: 'a', ...query('R', { Stat: 'p99' }) }] }, /p99/],
    ['half a minute', { MetricDataQueries: [{ Id: 'a', ...query('R', { Period: 30 }) }] }, /Period/],
    ['an id that begins with a capital', { MetricDataQueries: [{ ...a, Id: 'A' }] }, /Id must be/],
    ['two queries of one id', { MetricDataQueries: [a, a] }, /not unique: a/],
    [
      'more than 500 queries',
      { MetricDataQueries: Array.from({ length: 501 }, (_, n) => ({ ...a, Id: `q${n}` })) },
      /500/,
    ],
    ['a time without end', { MetricDataQueries: [a], StartTime: minute(1), EndTime: minute(1) }, /StartTime/],
    [
      'a start within a period',
      { MetricDataQueries: [{ Id: 'a', ...query('R', { Period: 300 }) }], StartTime: minute(1) },
      /StartTime must be a multiple of Period/,
    ],
    ['a label with dynamic parts', { MetricDataQueries: [{ ...a, Label: dynamic }] }, /Label/],
    ['queries that return nothing', { MetricDataQueries: [{ ...a, ReturnData: false }] }, /ReturnData/],
  ])('%s', async (_, input, message) => {
    await expect(get({ MetricDataQueries: [], ...input })).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('a token that it did not give', async () => {
    await expect(get({ MetricDataQueries: [a], NextToken: 'x' })).rejects.toMatchObject({ name: 'InvalidNextToken' });
    await expect(client.send(new ListMetricsCommand({ NextToken: 'x' }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    });
  });

  it('a body that says gzip and is none', async () => {
    const answer = await fetch(`http://localhost:${standIns.port}/`, {
      method: 'POST',
      headers: {
        'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics',
        'content-type': 'application/x-amz-json-1.0',
        'content-encoding': 'gzip',
      },
      body: '{}',
    });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { __type: 'SerializationException', message: 'The request body is not gzip.' },
    ]);
  });

  it.each<[string, string, MetricDatum, string]>([
    ["AWS's own namespaces", 'AWS/Lambda', { MetricName: 'm', Value: 1 }, 'InvalidParameterValueException'],
    ['no value', 'N', { MetricName: 'm' }, 'MissingRequiredParameterException'],
    ['two kinds of value', 'N', { MetricName: 'm', Value: 1, Values: [1] }, 'InvalidParameterCombinationException'],
    [
      'other counts than values',
      'N',
      { MetricName: 'm', Values: [1], Counts: [1, 2] },
      'InvalidParameterCombinationException',
    ],
    ['seconds', 'N', { MetricName: 'm', Value: 1, StorageResolution: 1 }, 'InvalidParameterValueException'],
    [
      'a value of three weeks ago',
      'N',
      { MetricName: 'm', Value: 1, Timestamp: new Date(Date.now() - 21 * 86_400_000) },
      'InvalidParameterValueException',
    ],
  ])('%s in PutMetricData', async (_, namespace, datum, name) => {
    await expect(put(namespace, datum)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } });
  });
});

describe('a role', () => {
  const owner = `arn:aws:iam::${ACCOUNT}:role/reconciler`;
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } };
  const publish = { Effect: 'Allow', Action: 'cloudwatch:PutMetricData', Resource: '*' };
  const iam = createIam({
    statements: [
      ...policy([trust], 'trust').map((statement) => ({ kind: 'trust' as const, owner, statement })),
      ...policy([
        { ...publish, Condition: { StringEquals: { 'cloudwatch:namespace': 'Mine' } } },
        { Effect: 'Allow', Action: 'cloudwatch:GetMetricData', Resource: '*' },
      ]).map((statement) => ({ kind: 'identity' as const, owner, statement })),
    ],
    clock: systemClock,
    random: systemRandom,
  });

  it('publishes in the namespaces and reads with the operations that its policy allows', async () => {
    const guarded = await startStandIns({ gate: iam });
    const session = iam.assume(owner, { services: ['lambda.amazonaws.com'], sessionName: 'reconciler' });
    const own = new CloudWatchClient({ ...guarded.client, credentials: iam.credentialsOf(session) });
    const MetricData = [{ MetricName: 'm', Timestamp: minute(0), Value: 1 }];
    // Large enough to be packed: what is signed is what is sent.
    const filler = Array.from({ length: 300 }, (_, n) => ({
      MetricName: `filler-${n}`,
      Timestamp: minute(0),
      Value: n,
    }));
    await own.send(new PutMetricDataCommand({ Namespace: 'Mine', MetricData: filler }));
    await own.send(new PutMetricDataCommand({ Namespace: 'Mine', MetricData }));
    await expect(own.send(new PutMetricDataCommand({ Namespace: 'Other', MetricData }))).rejects.toMatchObject({
      name: expect.stringMatching(/^AccessDenied/),
      message: expect.stringContaining('not authorized to perform: cloudwatch:PutMetricData'),
    });
    const { MetricDataResults } = await own.send(
      new GetMetricDataCommand({
        StartTime: minute(0),
        EndTime: minute(1),
        MetricDataQueries: [
          { Id: 'm', MetricStat: { Metric: { Namespace: 'Mine', MetricName: 'm' }, Period: 60, Stat: 'Sum' } },
        ],
      }),
    );
    expect(MetricDataResults?.map(({ Values }) => Values)).toEqual([[1]]);
    await expect(own.send(new ListMetricsCommand({}))).rejects.toMatchObject({
      message: expect.stringContaining('not authorized to perform: cloudwatch:ListMetrics'),
    });
    own.destroy();
    await guarded.stop();
  });
});

// After the refusals: what is spoilt below is each operation's last call.
describe('CloudWatch metrics through their SDK', () => {
  it("answers with each minute's statistics of what functions printed", async () => {
    const line = (at: number, EventsAccepted: number) =>
      JSON.stringify({
        _aws: {
          Timestamp: minute(at).getTime() + 12_345,
          CloudWatchMetrics: [
            {
              Namespace: 'Printed',
              Dimensions: [['service']],
              Metrics: [{ Name: 'EventsAccepted', Unit: 'Count' }],
            },
          ],
        },
        service: 'producer',
        EventsAccepted,
      });
    for (const printed of [line(1, 5), line(1, 9), line(3, 2)]) standIns.metrics.publish(parseEmf(printed));
    const stats = ['Sum', 'SampleCount', 'Average', 'Minimum', 'Maximum'];
    const { MetricDataResults } = await get({
      MetricDataQueries: stats.map((Stat) => ({ Id: Stat.toLowerCase(), ...query('Printed', { Stat }) })),
      ScanBy: 'TimestampAscending',
    });
    expect(MetricDataResults).toMatchObject(
      [
        [14, 2],
        [2, 1],
        [7, 2],
        [5, 2],
        [9, 2],
      ].map((Values, at) => ({
        Id: stats[at]?.toLowerCase(),
        Label: 'EventsAccepted',
        Timestamps: [minute(1), minute(3)],
        Values,
        StatusCode: 'Complete',
      })),
    );
  });

  it('starts at StartTime, ends before EndTime, newest first', async () => {
    const values = [0, 1, 2, 3].map((at) => ({
      MetricName: 'EventsAccepted',
      Dimensions: service,
      Timestamp: minute(at),
      Value: at,
    }));
    await put('Range', ...values);
    const { MetricDataResults } = await get({
      StartTime: minute(1),
      EndTime: minute(3),
      MetricDataQueries: [{ Id: 'a', Label: 'accepted', ...query('Range') }],
    });
    expect(MetricDataResults).toMatchObject([
      { Label: 'accepted', Values: [2, 1], Timestamps: [minute(2), minute(1)] },
    ]);
  });

  it('puts minutes together into longer periods', async () => {
    const at = (n: number, Value: number) => ({
      MetricName: 'EventsAccepted',
      Dimensions: service,
      Timestamp: minute(n),
      Value,
    });
    await put('Periods', at(0, 1), at(4, 2), at(5, 4), at(14, 8));
    const { MetricDataResults } = await get({
      MetricDataQueries: [{ Id: 'a', ...query('Periods', { Period: 300 }) }],
      ScanBy: 'TimestampAscending',
    });
    expect(MetricDataResults).toMatchObject([{ Values: [3, 4, 8], Timestamps: [minute(0), minute(5), minute(10)] }]);
  });

  it('takes a metric with one more dimension for another metric, and dimensions in any order', async () => {
    const [b, a] = [
      { Name: 'b', Value: '1' },
      { Name: 'a', Value: '2' },
    ];
    const datum = { MetricName: 'm', Timestamp: minute(0) };
    await put('Sets', { ...datum, Dimensions: [b], Value: 1 }, { ...datum, Dimensions: [b, a], Value: 2 });
    const of = (Dimensions: (typeof a)[]) => ({
      MetricStat: { Metric: { Namespace: 'Sets', MetricName: 'm', Dimensions }, Period: 60, Stat: 'Sum' },
    });
    const { MetricDataResults } = await get({
      MetricDataQueries: [
        { Id: 'one', ...of([b]) },
        { Id: 'two', ...of([a, b]) },
        { Id: 'none', ...of([]) },
      ],
    });
    expect(MetricDataResults?.map(({ Values }) => Values)).toEqual([[1], [2], []]);
  });

  it('takes values, counts and whole statistics, large requests packed, and tells units apart when asked', async () => {
    const datum = { MetricName: 'EventsAccepted', Dimensions: service, Timestamp: minute(0) };
    const filler = Array.from({ length: 200 }, (_, at) => ({ ...datum, MetricName: `filler-${at}`, Value: 1 }));
    await put(
      'Forms',
      { ...datum, Values: [1, 10], Counts: [3, 2], Unit: 'Count' },
      { ...datum, StatisticValues: { SampleCount: 4, Sum: 100, Minimum: -1, Maximum: 70 } },
      ...filler,
    );
    const { MetricDataResults } = await get({
      MetricDataQueries: [
        { Id: 'sum', ...query('Forms') },
        { Id: 'samples', ...query('Forms', { Stat: 'SampleCount' }) },
        { Id: 'least', ...query('Forms', { Stat: 'Minimum' }) },
        { Id: 'counted', ...query('Forms', { Unit: 'Count' }) },
      ],
    });
    expect(MetricDataResults?.map(({ Values }) => Values)).toEqual([[123], [9], [-1], [23]]);
  });

  it.each(['TimestampAscending', 'TimestampDescending'] as const)(
    'gives every data point once over pages (%s)',
    async (ScanBy) => {
      const data = Array.from({ length: 7 }, (_, at) => ({
        MetricName: 'EventsAccepted',
        Dimensions: service,
        Timestamp: minute(at),
        Value: at,
      }));
      await put(`Pages-${ScanBy}`, ...data);
      const MetricDataQueries = [
        { Id: 'a', ...query(`Pages-${ScanBy}`) },
        { Id: 'none', ...query('Nothing') },
        { Id: 'b', ...query(`Pages-${ScanBy}`, { Stat: 'Maximum' }) },
      ];
      const seen: Record<string, number[]> = {};
      let NextToken: string | undefined;
      let pages = 0;
      do {
        const page = await get({ MetricDataQueries, ScanBy, MaxDatapoints: 3, NextToken });
        const values = page.MetricDataResults?.flatMap(({ Values = [] }) => Values) ?? [];
        expect(values.length).toBeLessThanOrEqual(3);
        for (const { Id = '', Values = [] } of page.MetricDataResults ?? [])
          seen[Id] = [...(seen[Id] ?? []), ...Values];
        NextToken = page.NextToken;
        pages += 1;
      } while (NextToken !== undefined);
      const order = [0, 1, 2, 3, 4, 5, 6];
      const wanted = ScanBy === 'TimestampAscending' ? order : order.toReversed();
      expect({ pages, seen }).toEqual({ pages: 5, seen: { a: wanted, none: [], b: wanted } });
    },
  );

  it('lists metrics by namespace, name and dimensions', async () => {
    const data = ['x', 'y'].map((MetricName) => ({ MetricName, Dimensions: service, Timestamp: minute(0), Value: 1 }));
    await put('Listed', ...data, { MetricName: 'x', Timestamp: minute(0), Value: 1 });
    const list = async (filter: object) =>
      (await client.send(new ListMetricsCommand({ Namespace: 'Listed', ...filter }))).Metrics;
    expect(await list({})).toEqual([
      { Namespace: 'Listed', MetricName: 'x', Dimensions: service },
      { Namespace: 'Listed', MetricName: 'x', Dimensions: [] },
      { Namespace: 'Listed', MetricName: 'y', Dimensions: service },
    ]);
    expect(await list({ MetricName: 'y', RecentlyActive: 'PT3H' })).toHaveLength(1);
    expect(await list({ Dimensions: [{ Name: 'service' }] })).toHaveLength(2);
    expect(await list({ Dimensions: [{ Name: 'service', Value: 'loader' }] })).toEqual([]);
  });
});

describeWire('cloudwatch', () => Object.keys(createCloudWatchService(standIns.metrics, systemClock).operations));
