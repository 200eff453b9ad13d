import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type {
  Context,
  FirehoseTransformationEvent,
  FirehoseTransformationResult,
  FirehoseTransformationResultRecord,
} from 'aws-lambda';
import type { Log, Meter } from '#aws/telemetry.ts';
import { type Hash, transformRecord } from '#core/record.ts';

export interface Deps {
  readonly hash: Hash;
  /** Largest answer in bytes of its JSON text. */
  readonly responseBytes: number;
  readonly logger: Log;
  readonly metrics: Meter;
}

/** JSON around one record in the answer: names, quotes, the result word. */
const recordOverhead = 64;

/**
 * Firehose records in, each back exactly once with its landing rows as data. A record that would take the answer past
 * Lambda's limit comes back as `ProcessingFailed`: Firehose keeps its original bytes under the error prefix.
 */
export const createHandler = (deps: Deps) => {
  return async (event: FirehoseTransformationEvent, context: Context): Promise<FirehoseTransformationResult> => {
    deps.logger.addContext(context);
    const tally = new Tally();
    let room =
      deps.responseBytes - event.records.reduce((sum, { recordId }) => sum + recordId.length + recordOverhead, 0);
    const records = event.records.map((record): FirehoseTransformationResultRecord => {
      const { recordId } = record;
      const transformed = transformRecord(
        { bytes: Buffer.from(record.data, 'base64'), recordId, arrivedAt: Number(record.approximateArrivalTimestamp) },
        deps.hash,
      );
      const data = Buffer.from(transformed.lines, 'utf8').toString('base64');
      if (data.length > room) {
        tally.overflowed++;
        return { recordId, result: 'ProcessingFailed', data: '' };
      }
      room -= data.length;
      tally.add(transformed);
      return { recordId, result: 'Ok', data };
    });
    report(deps, tally);
    return { records };
  };
};

class Tally {
  kept = 0;
  envelopes = 0;
  overflowed = 0;
  readonly rejected = new Map<string, number>();

  add(transformed: ReturnType<typeof transformRecord>): void {
    this.kept += transformed.kept;
    this.envelopes += transformed.envelopes;
    for (const reason of transformed.rejected) this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + 1);
  }
}

const report = (deps: Deps, tally: Tally): void => {
  const rejected = [...tally.rejected.values()].reduce((sum, count) => sum + count, 0);
  deps.metrics.addMetric('EventsKept', MetricUnit.Count, tally.kept);
  deps.metrics.addMetric('EventsRejected', MetricUnit.Count, rejected);
  deps.metrics.addMetric('Envelopes', MetricUnit.Count, tally.envelopes);
  deps.metrics.addMetric('RecordsOverflowed', MetricUnit.Count, tally.overflowed);
  deps.metrics.publishStoredMetrics();
  if (rejected > 0) deps.logger.warn('events rejected', { reasons: Object.fromEntries(tally.rejected) });
  if (tally.overflowed > 0)
    deps.logger.warn('records put aside: the answer would be too large', { count: tally.overflowed });
};
