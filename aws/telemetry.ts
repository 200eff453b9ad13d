import type { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';

/** What handlers need of Powertools' Logger: structured lines, each with the invocation's context. */
export interface Log {
  addContext(context: Context): unknown;
  info(message: string, extra: Readonly<Record<string, unknown>>): void;
  warn(message: string, extra: Readonly<Record<string, unknown>>): void;
  error(message: string, extra: Readonly<Record<string, unknown>>): void;
}

/** What handlers need of Powertools' Metrics: counts that CloudWatch reads from the log (embedded metric format). */
export interface Meter {
  addMetric(name: string, unit: (typeof MetricUnit)[keyof typeof MetricUnit], value: number): unknown;
  publishStoredMetrics(): void;
}

/** A meter that can date its counts otherwise than by the moment at which they are published. */
export interface DatedMeter extends Meter {
  /** Of what is published next, and only that: epoch milliseconds, at most two weeks ago (CloudWatch, "Timestamps"). */
  setTimestamp(timestamp: number): unknown;
}
