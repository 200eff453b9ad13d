import { type Datum, type Statistics, summarise, toMetricId } from './datum.ts';
import { invalidCombination, invalidValue, missing, refuseData } from './errors.ts';
import { isTimely } from './metrics.ts';
import {
  datumShape,
  dimensionShape,
  type Members,
  optionalNumber,
  optionalText,
  putMetricDataShape,
  readShape,
  readShapes,
  statisticSetShape,
} from './shapes.ts';

/** What a PutMetricData request publishes; without a time of its own, at `now` (epoch milliseconds). */
export const readMetricData = (members: Members, now: number): readonly Datum[] => {
  const request = readShape(members, putMetricDataShape, 'PutMetricData', refuseData);
  const namespace = String(request.Namespace);
  if (namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.');
  if (Array.isArray(request.EntityMetricData) && request.EntityMetricData.length > 0)
    throw invalidValue('The laptop takes MetricData, not EntityMetricData.');
  const data = readShapes(request.MetricData, datumShape, 'MetricData', refuseData);
  if (data.length === 0) throw missing('MetricData');
  return data.map((datum) => readDatum(namespace, datum, now));
};

const readDatum = (namespace: string, datum: Members, now: number): Datum => {
  const dimensions = readShapes(datum.Dimensions, dimensionShape, 'Dimensions', refuseData);
  const seconds = optionalNumber(datum.Timestamp);
  const at = seconds === undefined ? now : seconds * 1000;
  if (!isTimely(at, now))
    throw invalidValue('Timestamp must be at most two weeks in the past and two hours in the future.');
  if ((datum.StorageResolution ?? 60) !== 60)
    throw invalidValue('The laptop keeps whole minutes: StorageResolution must be 60.');
  return {
    metric: toMetricId(
      namespace,
      String(datum.MetricName),
      dimensions.map((each) => ({ name: String(each.Name), value: String(each.Value) })),
    ),
    unit: optionalText(datum.Unit) ?? 'None',
    at,
    statistics: checkSamples(readStatistics(datum)),
  };
};

const checkSamples = (statistics: Statistics): Statistics => {
  if (statistics.samples <= 0) throw invalidValue('SampleCount, or the sum of Counts, must be greater than 0.');
  return statistics;
};

const readStatistics = ({
  Value: value,
  Values: values,
  Counts: counts,
  StatisticValues: set,
}: Members): Statistics => {
  const given = [value, values, set].filter((each) => (each ?? undefined) !== undefined);
  if (given.length > 1)
    throw invalidCombination('The parameters Value, Values and StatisticValues are mutually exclusive.');
  if (typeof value === 'number') return summarise([value]);
  if (Array.isArray(values)) {
    const seen = Array.isArray(counts) ? counts.map(Number) : undefined;
    if (seen !== undefined && seen.length !== values.length)
      throw invalidCombination('The parameters Values and Counts must be lists of the same length.');
    return summarise(values.map(Number), seen);
  }
  if ((set ?? undefined) === undefined) throw missing('Value');
  const figures = readShape(set, statisticSetShape, 'StatisticValues', refuseData);
  return {
    sum: Number(figures.Sum),
    samples: Number(figures.SampleCount),
    minimum: Number(figures.Minimum),
    maximum: Number(figures.Maximum),
  };
};
