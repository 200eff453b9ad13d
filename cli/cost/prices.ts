/** A price in dollars, up to an amount; what is above it has the next. */
export interface Tier {
  readonly upTo: number;
  readonly dollars: number;
}

/**
 * On-demand prices of us-east-1 in dollars. Planning numbers: they come from public cost models that quote AWS's pricing
 * pages, not from the pages themselves; those marked "unchecked" rest on one memory of them. Free tiers are not subtracted.
 */
export const prices = {
  date: '2026-09-25',
  source: "public cost models that quote AWS's pricing pages",
  region: 'us-east-1',
  /** Per million requests of up to 512 KB; the second tier and the 512 KB are unchecked. */
  httpApiMillion: [
    { upTo: 300, dollars: 1 },
    { upTo: Number.POSITIVE_INFINITY, dollars: 0.9 },
  ],
  httpApiRequestBytes: 512_000,
  lambdaMillion: 0.2,
  /** arm64. */
  lambdaGbSecond: 0.0000133334,
  /** Per GB taken in, each record rounded up; tiers past the first unchecked. */
  firehoseGb: [
    { upTo: 500_000, dollars: 0.029 },
    { upTo: 2_000_000, dollars: 0.025 },
    { upTo: Number.POSITIVE_INFINITY, dollars: 0.02 },
  ],
  firehoseRecordBytes: 5_000,
  s3GbMonth: 0.023,
  s3ThousandPuts: 0.005,
  s3ThousandGets: 0.0004,
  sqsMillion: 0.4,
  redshiftRpuHour: 0.375,
  /** Redshift Serverless bills at least this long each time it wakes. */
  redshiftLeastSeconds: 60,
  redshiftGbMonth: 0.024,
  logsGb: 0.5,
  logsGbMonth: 0.03,
  customMetricMonth: 0.3,
  alarmMonth: 0.1,
  /** Per thousand metrics asked of GetMetricData; unchecked. */
  metricDataThousand: 0.01,
  /** Unchecked; the first three of an account are free. */
  dashboardMonth: 3,
  /** Unchecked. */
  secretMonth: 0.4,
} as const;

/** An amount priced tier by tier. */
export const tiered = (amount: number, tiers: readonly Tier[]): number => {
  let [dollars, below] = [0, 0];
  for (const { upTo, dollars: each } of tiers) {
    dollars += Math.max(0, Math.min(amount, upTo) - below) * each;
    below = upTo;
  }
  return dollars;
};
