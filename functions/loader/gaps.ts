import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Warehouse } from '#aws/redshift.ts';
import type { Log, Meter } from '#aws/telemetry.ts';
import { toTimestamp } from '#core/time.ts';
import { uuidV7 } from '#core/uuid.ts';
import { toMissingEnvelopes } from './statements.ts';

export interface GapDeps {
  readonly warehouse: Warehouse;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly logger: Log;
  readonly metrics: Meter;
}

const hour = 3_600_000;

/**
 * Longest that an envelope may be under way before its number counts as missing: the queue brings an object five times, thirteen
 * minutes apart (template.yaml, LandedQueue), and economy waits twenty minutes on top.
 */
const graceMs = 2 * hour;

/** A day of envelopes, so that a gap of yesterday is still found by the first load after a quiet night. */
const windowMs = 24 * hour + graceMs;

/** The question costs a scan of the window: an execution environment asks it this often at most. */
const betweenMs = hour / 6;

/** Counts envelopes that should be in the tables and are not, beside a load: a failure here is no failure of the load. */
export const createGapCount = ({ warehouse, clock, logger, metrics }: GapDeps) => {
  let nextAt = 0;
  return async (deadline: number): Promise<void> => {
    const now = clock();
    if (now < nextAt) return;
    nextAt = now + betweenMs;
    const windowStart = now - windowMs;
    try {
      const sql = toMissingEnvelopes({
        windowStart: toTimestamp(windowStart),
        settledBefore: toTimestamp(now - graceMs),
        firstProducer: uuidV7(windowStart, new Uint8Array(10)),
        lastProducer: uuidV7(now, new Uint8Array(10)),
      });
      const [[missing] = []] = await warehouse.query(sql, deadline);
      if (missing !== undefined) metrics.addMetric('EnvelopesMissing', MetricUnit.Count, Number(missing));
    } catch (error) {
      logger.warn('gaps in the numbering could not be counted', { error: String(error) });
    }
  };
};
