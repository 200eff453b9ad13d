import { checkLimits, flag, type Limit, type Limits, list, oneOf, structure, text, whole } from '../aws-limits.ts';
import { isRecord, type Refuse } from '../aws-wire.ts';
import { units } from './datum.ts';

export type Members = Readonly<Record<string, unknown>>;

/** A structure of the API: what its members may hold and which must be there (CloudWatch API reference). */
export interface Shape {
  readonly limits: Limits;
  readonly required: readonly string[];
}

/** The members of a structure, each of the type that the shape gives it. */
export const readShape = (value: unknown, { limits, required }: Shape, name: string, refuse: Refuse): Members => {
  if (!isRecord(value)) throw refuse('invalid', name, `${name} must be a structure.`);
  for (const member of required)
    if ((value[member] ?? undefined) === undefined) throw refuse('missing', member, `${member} is required.`);
  checkLimits(value, limits, refuse);
  return value;
};

export const readShapes = (value: unknown, shape: Shape, name: string, refuse: Refuse): readonly Members[] => {
  const items: unknown = value ?? [];
  if (!Array.isArray(items)) throw refuse('invalid', name, `${name} must be a list.`);
  return items.map((item: unknown) => readShape(item, shape, name, refuse));
};

/** A member that its shape lets be a string only. */
export const optionalText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** A member that its shape lets be a number only. */
export const optionalNumber = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
const number: Limit = { wanted: 'a number', isType: isNumber, isWithin: () => true };
const numbers = (most: number): Limit => ({
  wanted: `a list of 1 to ${most} numbers`,
  isType: (value) => Array.isArray(value) && value.every(isNumber),
  isWithin: (value) => Array.isArray(value) && value.length > 0 && value.length <= most,
});
/** Epoch seconds, until the year 2100: milliseconds taken for seconds are not. */
const time: Limit = {
  wanted: 'a time in epoch seconds',
  isType: isNumber,
  isWithin: (value) => isNumber(value) && value >= 0 && value < 4_102_444_800,
};

const name = text({ min: 1, max: 255 });
const namespace = text({ min: 1, max: 255, pattern: /^[^:].*$/ });
const unit = oneOf(...units);
const shapeOf = (limits: Limits, ...required: readonly string[]): Shape => ({ limits, required });

export const dimensionShape = shapeOf({ Name: name, Value: text({ min: 1, max: 1024 }) }, 'Name', 'Value');
export const dimensionFilterShape = shapeOf(dimensionShape.limits, 'Name');
export const metricShape = shapeOf(
  { Namespace: namespace, MetricName: name, Dimensions: list(0, 30) },
  'Namespace',
  'MetricName',
);
export const metricStatShape = shapeOf(
  { Metric: structure, Period: whole(1), Stat: text({ min: 1 }), Unit: unit },
  'Metric',
  'Period',
  'Stat',
);
export const queryShape = shapeOf(
  {
    Id: text({ min: 1, max: 255, pattern: /^[a-z][a-zA-Z0-9_]*$/ }),
    MetricStat: structure,
    Expression: text({ min: 1, max: 2048 }),
    Label: text(),
    ReturnData: flag,
    Period: whole(1),
    AccountId: name,
  },
  'Id',
);
/** A call takes 500 queries and answers with 100,800 data points ("GetMetricData"). */
export const getMetricDataShape = shapeOf(
  {
    MetricDataQueries: list(1, 500),
    StartTime: time,
    EndTime: time,
    NextToken: text(),
    ScanBy: oneOf('TimestampDescending', 'TimestampAscending'),
    MaxDatapoints: whole(1, 100_800),
    LabelOptions: structure,
  },
  'MetricDataQueries',
  'StartTime',
  'EndTime',
);
export const labelOptionsShape = shapeOf({ Timezone: text({ pattern: /^[+-]\d{4}$/ }) });
export const listMetricsShape = shapeOf({
  Namespace: namespace,
  MetricName: name,
  Dimensions: list(0, 10),
  NextToken: text(),
  RecentlyActive: oneOf('PT3H'),
  IncludeLinkedAccounts: flag,
  OwningAccount: name,
});
/** A call takes 1,000 metrics, each with 150 different values ("PutMetricData"). */
export const putMetricDataShape = shapeOf(
  { Namespace: namespace, MetricData: list(0, 1000), EntityMetricData: list(), StrictEntityValidation: flag },
  'Namespace',
);
export const datumShape = shapeOf(
  {
    MetricName: name,
    Dimensions: list(0, 30),
    Timestamp: time,
    Value: number,
    StatisticValues: structure,
    Values: numbers(150),
    Counts: numbers(150),
    Unit: unit,
    StorageResolution: whole(1),
  },
  'MetricName',
);
export const statisticSetShape = shapeOf(
  { SampleCount: number, Sum: number, Minimum: number, Maximum: number },
  'SampleCount',
  'Sum',
  'Minimum',
  'Maximum',
);
