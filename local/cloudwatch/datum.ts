export interface Dimension {
  readonly name: string;
  readonly value: string;
}

/** What names a metric; dimension sets are whole: a metric with one more dimension is another metric. */
export interface MetricId {
  readonly namespace: string;
  readonly name: string;
  /** Sorted by name. */
  readonly dimensions: readonly Dimension[];
}

/** What CloudWatch keeps of a set of values ("StatisticSet" in the CloudWatch API reference). */
export interface Statistics {
  readonly sum: number;
  readonly samples: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** What was published of one metric at one moment. */
export interface Datum {
  readonly metric: MetricId;
  readonly unit: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly statistics: Statistics;
}

// biome-ignore format: a list of words
export const units = [
  'Seconds', 'Microseconds', 'Milliseconds', 'Bytes', 'Kilobytes', 'Megabytes', 'Gigabytes', 'Terabytes', 'Bits', 'Kilobits',
  'Megabits', 'Gigabits', 'Terabits', 'Percent', 'Count', 'Bytes/Second', 'Kilobytes/Second', 'Megabytes/Second',
  'Gigabytes/Second', 'Terabytes/Second', 'Bits/Second', 'Kilobits/Second', 'Megabits/Second', 'Gigabits/Second',
  'Terabits/Second', 'Count/Second', 'None',
];

const byName = (a: Dimension, b: Dimension): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

export const toMetricId = (namespace: string, name: string, dimensions: readonly Dimension[]): MetricId => ({
  namespace,
  name,
  dimensions: dimensions.length < 2 ? dimensions : dimensions.toSorted(byName),
});

/** Statistics of values, each seen as often as its count says, or once; at least one value. */
export const summarise = (values: readonly number[], counts?: readonly number[]): Statistics => {
  let [sum, samples, minimum, maximum] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  values.forEach((value, at) => {
    const count = counts === undefined ? 1 : (counts[at] ?? 0);
    sum += value * count;
    samples += count;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
  });
  return { sum, samples, minimum, maximum };
};

export const combine = (a: Statistics, b: Statistics): Statistics => ({
  sum: a.sum + b.sum,
  samples: a.samples + b.samples,
  minimum: Math.min(a.minimum, b.minimum),
  maximum: Math.max(a.maximum, b.maximum),
});
