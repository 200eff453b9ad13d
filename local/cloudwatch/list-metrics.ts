import { invalidValue, refuseList } from './errors.ts';
import { type KnownMetric, type Metrics, toMinute } from './metrics.ts';
import { dimensionFilterShape, listMetricsShape, type Members, optionalText, readShape, readShapes } from './shapes.ts';

const PAGE = 500;
const HOUR_MS = 3_600_000;

/** ListMetrics: metrics with values of the last two weeks, or with `RecentlyActive` of the last three hours. */
export const listMetrics = (metrics: Metrics, members: Members, now: number): unknown => {
  const request = readShape(members, listMetricsShape, 'ListMetrics', refuseList);
  const filters = readShapes(request.Dimensions, dimensionFilterShape, 'Dimensions', refuseList);
  const account = optionalText(request.OwningAccount);
  if (account !== undefined || request.IncludeLinkedAccounts === true)
    throw invalidValue(
      'The laptop lists metrics of its own account: leave out OwningAccount and IncludeLinkedAccounts.',
    );
  const since = toMinute(now - (request.RecentlyActive === undefined ? 14 * 24 * HOUR_MS : 3 * HOUR_MS));
  const isWanted = ({ metric, lastMinute }: KnownMetric): boolean =>
    lastMinute >= since &&
    (request.Namespace ?? metric.namespace) === metric.namespace &&
    (request.MetricName ?? metric.name) === metric.name &&
    filters.every(({ Name, Value }) =>
      metric.dimensions.some(({ name, value }) => name === Name && (Value ?? value) === value),
    );
  const found = metrics.known().filter(isWanted);
  const from = parseToken(request.NextToken);
  const page = found.slice(from, from + PAGE).map(({ metric }) => ({
    Namespace: metric.namespace,
    MetricName: metric.name,
    Dimensions: metric.dimensions.map(({ name, value }) => ({ Name: name, Value: value })),
  }));
  const next = from + PAGE;
  return { Metrics: page, ...(next < found.length && { NextToken: Buffer.from(String(next)).toString('base64url') }) };
};

const parseToken = (token: unknown): number => {
  if (typeof token !== 'string') return 0;
  const place = Buffer.from(token, 'base64url').toString('utf8');
  if (!/^\d+$/.test(place)) throw invalidValue('The value of the parameter NextToken is not valid.');
  return Number(place);
};
