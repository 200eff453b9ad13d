import { isRecord } from '../aws-wire.ts';
import { type Datum, type Dimension, summarise, toMetricId, units } from './datum.ts';

/** Most values of one metric in a line, and most dimensions in a set (EMF specification). */
const VALUES = 100;
const DIMENSIONS = 30;

type Members = Readonly<Record<string, unknown>>;

/**
 * What a line of a function's log says in embedded metric format (CloudWatch user guide, "Specification: Embedded metric format").
 * A line without, or a part of one that breaks the specification, says nothing.
 */
export const parseEmf = (line: string): readonly Datum[] => {
  // Cheaper than parsing: most lines hold no metrics.
  if (!line.includes('"CloudWatchMetrics"')) return [];
  const root = parseLine(line);
  if (!isRecord(root) || !isRecord(root._aws)) return [];
  const { Timestamp: at, CloudWatchMetrics: directives } = root._aws;
  if (typeof at !== 'number' || !Array.isArray(directives)) return [];
  return directives.flatMap((directive: unknown) => (isRecord(directive) ? readDirective(root, directive, at) : []));
};

const parseLine = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const readDirective = (root: Members, { Namespace, Dimensions, Metrics }: Members, at: number): readonly Datum[] => {
  if (typeof Namespace !== 'string' || Namespace === '' || !Array.isArray(Dimensions) || !Array.isArray(Metrics))
    return [];
  const sets = Dimensions.flatMap((set: unknown) => {
    const dimensions = readDimensions(root, set);
    return dimensions === undefined ? [] : [dimensions];
  });
  return Metrics.flatMap((metric: unknown) => {
    if (!isRecord(metric) || typeof metric.Name !== 'string' || metric.Name === '') return [];
    const { Name: name, Unit: unit = 'None' } = metric;
    const values = readValues(Object.hasOwn(root, name) ? root[name] : undefined);
    if (values === undefined || typeof unit !== 'string' || !units.includes(unit)) return [];
    const statistics = summarise(values);
    return sets.map((dimensions) => ({ metric: toMetricId(Namespace, name, dimensions), unit, at, statistics }));
  });
};

/** The set with its values, which stand in the line's root; undefined when one of them is no text. */
const readDimensions = (root: Members, set: unknown): readonly Dimension[] | undefined => {
  if (!Array.isArray(set) || set.length > DIMENSIONS) return undefined;
  const dimensions = set.flatMap((name: unknown) => {
    const value = typeof name === 'string' && Object.hasOwn(root, name) ? root[name] : undefined;
    return typeof name === 'string' && typeof value === 'string' && value !== '' ? [{ name, value }] : [];
  });
  return dimensions.length === set.length ? dimensions : undefined;
};

const readValues = (value: unknown): readonly number[] | undefined => {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isGood = values.length > 0 && values.length <= VALUES;
  return isGood && values.every((each) => typeof each === 'number' && Number.isFinite(each))
    ? values.map(Number)
    : undefined;
};
