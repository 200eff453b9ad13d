import { isRecord } from '#local/template/template.ts';
import { evaluate, type Values } from './expression.ts';

/** One figure as a function or a service emitted it. */
export interface Datum {
  readonly namespace: string;
  readonly name: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly value: number;
}

export interface MetricUse {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
}

/** What of an `AWS::CloudWatch::Alarm` says when it goes off. */
export interface Alarm {
  readonly name: string;
  readonly description: string;
  readonly metrics: readonly MetricUse[];
  readonly expression: string;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly comparison: string;
  readonly threshold: number;
  readonly missing: string;
  readonly alarmActions: readonly unknown[];
  readonly okActions: readonly unknown[];
}

type Properties = Readonly<Record<string, unknown>>;

export const parseAlarm = (properties: Properties): Alarm => {
  const uses = listOf(properties.Metrics);
  const math = uses.find((use) => use.ReturnData === true);
  const metrics =
    math === undefined ? [parseMetric('value', properties)] : uses.filter((use) => use !== math).map(parseUse);
  const periods = new Set(math === undefined ? [properties.Period] : uses.flatMap((use) => periodOf(use)));
  const [period] = periods;
  if (periods.size !== 1) throw new Error(`${properties.AlarmName}: its metrics are not of one period`);
  return {
    name: String(properties.AlarmName),
    description: String(properties.AlarmDescription),
    metrics,
    expression: math === undefined ? 'value' : String(math.Expression),
    periodSeconds: Number(period),
    evaluationPeriods: Number(properties.EvaluationPeriods),
    datapointsToAlarm: Number(properties.DatapointsToAlarm),
    comparison: String(properties.ComparisonOperator),
    threshold: Number(properties.Threshold),
    missing: String(properties.TreatMissingData),
    alarmActions: Array.isArray(properties.AlarmActions) ? properties.AlarmActions : [],
    okActions: Array.isArray(properties.OKActions) ? properties.OKActions : [],
  };
};

const listOf = (value: unknown): readonly Properties[] => (Array.isArray(value) ? value.filter(isRecord) : []);

const periodOf = ({ MetricStat: stat }: Properties): unknown[] => (isRecord(stat) ? [stat.Period] : []);

const parseUse = ({ Id: id, MetricStat: stat }: Properties): MetricUse => {
  if (!isRecord(stat) || !isRecord(stat.Metric)) throw new Error(`${id} is no metric`);
  return parseMetric(String(id), { ...stat.Metric, Statistic: stat.Stat });
};

const parseMetric = (id: string, metric: Properties): MetricUse => ({
  id,
  namespace: String(metric.Namespace),
  name: String(metric.MetricName),
  dimensions: Object.fromEntries(listOf(metric.Dimensions).map(({ Name, Value }) => [String(Name), String(Value)])),
  statistic: String(metric.Statistic ?? metric.ExtendedStatistic),
});

/** CloudWatch looks at a few periods more than it needs (see `stateOf`); its own examples have two more. */
const extraPeriods = 2;

/**
 * State of an alarm at `now` (Amazon CloudWatch user guide, "Evaluating an alarm" and "How alarm state is evaluated when data
 * is missing"): of a few more periods than asked for, the newest that have data are taken; only where these are too few, periods
 * without data are filled in as the alarm says.
 */
export const stateOf = (alarm: Alarm, data: readonly Datum[], now: number): 'OK' | 'ALARM' => {
  if (alarm.missing !== 'notBreaching') throw new Error(`${alarm.name} treats missing data as ${alarm.missing}`);
  const points = [...Array(alarm.evaluationPeriods + extraPeriods).keys()].map((back) => {
    const to = now - back * alarm.periodSeconds * 1000;
    const values: Values = Object.fromEntries(
      alarm.metrics.map((use) => [use.id, statistic(use, data, to - alarm.periodSeconds * 1000, to)]),
    );
    return evaluate(alarm.expression, values);
  });
  const newest = points.filter((point) => point !== undefined).slice(0, alarm.evaluationPeriods);
  return newest.filter((point) => breaches(alarm, point)).length >= alarm.datapointsToAlarm ? 'ALARM' : 'OK';
};

const breaches = ({ comparison, threshold, name }: Alarm, value: number): boolean => {
  if (comparison === 'GreaterThanThreshold') return value > threshold;
  if (comparison === 'LessThanThreshold') return value < threshold;
  throw new Error(`${name} compares by ${comparison}`);
};

/** Whether a figure is of a metric: a metric is its namespace, its name and its dimensions, all of them. */
export const isOf = ({ namespace, name, dimensions }: Omit<MetricUse, 'id' | 'statistic'>, datum: Datum): boolean =>
  datum.namespace === namespace && datum.name === name && sameDimensions(datum.dimensions, dimensions);

const sameDimensions = (left: Datum['dimensions'], right: Datum['dimensions']): boolean =>
  Object.keys(left).length === Object.keys(right).length &&
  Object.entries(left).every(([name, value]) => right[name] === value);

const statistic = (use: MetricUse, data: readonly Datum[], from: number, to: number): number | undefined => {
  const values = data
    .filter((datum) => isOf(use, datum) && datum.at > from && datum.at <= to)
    .map(({ value }) => value);
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  switch (use.statistic) {
    case 'Sum':
      return sum;
    case 'Average':
      return sum / values.length;
    case 'Minimum':
      return Math.min(...values);
    case 'Maximum':
      return Math.max(...values);
    case 'p99':
      return values.sort((left, right) => left - right)[Math.ceil(values.length * 0.99) - 1];
    default:
      throw new Error(`${use.statistic} is a statistic that is not known here`);
  }
};
