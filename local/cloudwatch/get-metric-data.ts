import { AwsError } from '../aws-error.ts';
import { combine, type MetricId, type Statistics, toMetricId } from './datum.ts';
import { invalid, refuseQuery } from './errors.ts';
import { type Metrics, MINUTE_MS, toMinute } from './metrics.ts';
import {
  dimensionShape,
  getMetricDataShape,
  labelOptionsShape,
  type Members,
  metricShape,
  metricStatShape,
  optionalNumber,
  optionalText,
  queryShape,
  readShape,
  readShapes,
} from './shapes.ts';

interface Query {
  readonly id: string;
  readonly label: string;
  readonly metric: MetricId;
  readonly unit: string | undefined;
  /** Whole minutes. */
  readonly period: number;
  readonly toValue: (statistics: Statistics) => number;
}

/** One data point: the epoch minute at which its period begins. */
interface Datapoint {
  readonly minute: number;
  readonly value: number;
}

const MOST_DATAPOINTS = 100_800;

const stats: Readonly<Record<string, (statistics: Statistics) => number>> = {
  Sum: ({ sum }) => sum,
  SampleCount: ({ samples }) => samples,
  Average: ({ sum, samples }) => sum / samples,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
};

/** GetMetricData for queries of a `MetricStat`; metric math, percentiles and periods below a minute are refused by name. */
export const getMetricData = (metrics: Metrics, members: Members): unknown => {
  const request = readShape(members, getMetricDataShape, 'GetMetricData', refuseQuery);
  readShape(request.LabelOptions ?? {}, labelOptionsShape, 'LabelOptions', refuseQuery);
  const [start, end] = [Number(request.StartTime) * 1000, Number(request.EndTime) * 1000];
  if (start >= end) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
  const from = toMinute(start);
  const queries = readQueries(request, from);
  const isAscending = request.ScanBy === 'TimestampAscending';
  const place = parseToken(request.NextToken, queries);

  const results: unknown[] = [];
  let room = optionalNumber(request.MaxDatapoints) ?? MOST_DATAPOINTS;
  for (let at = place.query; at < queries.length; at += 1) {
    const query = queries[at];
    if (query === undefined) break;
    const all = readDatapoints(metrics, query, { from, to: Math.ceil(end / MINUTE_MS) });
    const scanned = isAscending ? all : all.toReversed();
    const { after } = at === place.query ? place : { after: undefined };
    const left = scanned.filter(({ minute }) => after === undefined || (isAscending ? minute > after : minute < after));
    const page = left.slice(0, room);
    room -= page.length;
    const isWhole = page.length === left.length;
    results.push({
      Id: query.id,
      Label: query.label,
      Timestamps: page.map(({ minute }) => (minute * MINUTE_MS) / 1000),
      Values: page.map(({ value }) => value),
      StatusCode: isWhole ? 'Complete' : 'PartialData',
    });
    const next = isWhole ? { query: at + 1, after: undefined } : { query: at, after: page.at(-1)?.minute ?? after };
    if (room === 0 && next.query < queries.length)
      return { MetricDataResults: results, NextToken: toToken(next), Messages: [] };
  }
  return { MetricDataResults: results, Messages: [] };
};

const readQueries = ({ MetricDataQueries: given }: Members, from: number): readonly Query[] => {
  const members = readShapes(given, queryShape, 'MetricDataQueries', refuseQuery);
  const ids = new Set<string>();
  const queries = members.flatMap((query) => {
    const id = String(query.Id);
    if (ids.has(id)) throw invalid(`The values for parameter Id in MetricDataQueries are not unique: ${id}.`);
    ids.add(id);
    const read = readQuery(id, query, from);
    return query.ReturnData === false ? [] : [read];
  });
  if (queries.length === 0) throw invalid('At least one of MetricDataQueries must have ReturnData true.');
  return queries;
};

const readQuery = (id: string, query: Members, from: number): Query => {
  for (const name of ['Expression', 'Period', 'AccountId'])
    if ((query[name] ?? undefined) !== undefined)
      throw invalid(`${id}: the laptop answers queries with a MetricStat of its own account, not ${name}.`);
  if ((query.MetricStat ?? undefined) === undefined) throw invalid(`${id}: MetricStat or Expression is required.`);
  const stat = readShape(query.MetricStat, metricStatShape, 'MetricStat', refuseQuery);
  const metric = readShape(stat.Metric, metricShape, 'Metric', refuseQuery);
  const dimensions = readShapes(metric.Dimensions, dimensionShape, 'Dimensions', refuseQuery);
  const [seconds, name] = [Number(stat.Period), String(stat.Stat)];
  if (seconds % 60 !== 0) throw invalid(`${id}: the laptop keeps whole minutes: Period must be a multiple of 60.`);
  if (from % (seconds / 60) !== 0)
    throw invalid(
      `${id}: the laptop answers whole periods: StartTime must be a multiple of Period, ${seconds} seconds.`,
    );
  const toValue = Object.hasOwn(stats, name) ? stats[name] : undefined;
  if (toValue === undefined)
    throw invalid(`${id}: the laptop knows the Stat ${Object.keys(stats).join(', ')}, not ${name}.`);
  const label = optionalText(query.Label) ?? String(metric.MetricName);
  if (label.includes('${')) throw invalid(`${id}: the laptop takes a Label as it is, without dynamic parts.`);
  return {
    id,
    label,
    metric: toMetricId(
      String(metric.Namespace),
      String(metric.MetricName),
      dimensions.map((each) => ({ name: String(each.Name), value: String(each.Value) })),
    ),
    unit: optionalText(stat.Unit),
    period: seconds / 60,
    toValue,
  };
};

/** Minutes put together into periods, oldest first; a period that begins before the end is whole. */
const readDatapoints = (
  metrics: Metrics,
  { metric, unit, period, toValue }: Query,
  { from, to }: { readonly from: number; readonly to: number },
): readonly Datapoint[] => {
  const periods = new Map<number, Statistics>();
  for (const { minute, statistics } of metrics.points({ metric, unit, from, to: Math.ceil(to / period) * period })) {
    const begin = minute - (minute % period);
    const before = periods.get(begin);
    periods.set(begin, before === undefined ? statistics : combine(before, statistics));
  }
  return [...periods].map(([minute, statistics]) => ({ minute, value: toValue(statistics) }));
};

/** Where the next page begins: a query's place in the request, and its last data point that was given. */
interface Place {
  readonly query: number;
  readonly after: number | undefined;
}

const toToken = ({ query, after }: Place): string =>
  Buffer.from(`${query}:${after ?? ''}`, 'utf8').toString('base64url');

const parseToken = (token: unknown, queries: readonly Query[]): Place => {
  if (typeof token !== 'string') return { query: 0, after: undefined };
  const [, query, after] = /^(\d+):(\d*)$/.exec(Buffer.from(token, 'base64url').toString('utf8')) ?? [];
  if (query === undefined || Number(query) >= queries.length)
    throw new AwsError('InvalidNextToken', 'The value of the parameter NextToken is not valid.');
  return { query: Number(query), after: after === '' ? undefined : Number(after) };
};
