import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type {
  Context,
  FirehoseTransformationEvent,
  FirehoseTransformationResult,
  FirehoseTransformationResultRecord,
} from 'aws-lambda';
import type { Log, Meter } from '#aws/telemetry.ts';
import { type Hash, type StreamRecord, type Transformed, transformRecord } from '#core/record.ts';
import { parseTime } from '#core/time.ts';

export interface Deps {
  readonly hash: Hash;
  /** Epoch milliseconds. */
  readonly clock: () => number;
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
    const scratch = new Scratch();
    let room =
      deps.responseBytes - event.records.reduce((sum, { recordId }) => sum + recordId.length + recordOverhead, 0);
    const records = event.records.map((record): FirehoseTransformationResultRecord => {
      const { recordId } = record;
      const arrivedAt = parseTime(record.approximateArrivalTimestamp) ?? deps.clock();
      const transformed = transformSafely({ bytes: scratch.decode(record.data), recordId, arrivedAt }, deps, room);
      const data = transformed === undefined || transformed.overflowed ? undefined : scratch.encode(transformed.lines);
      if (transformed === undefined || data === undefined || data.length > room) {
        tally.putAside++;
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

/** No record is known that makes a step throw; should one come, it alone goes back and its neighbours do not. */
const transformSafely = (record: StreamRecord, { hash, logger }: Deps, room: number): Transformed | undefined => {
  try {
    return transformRecord(record, hash, room);
  } catch (error) {
    logger.error('a record could not be transformed', { record_id: record.recordId, error: String(error) });
    return undefined;
  }
};

/** One buffer for all records of an invocation: base64 without an allocation for each. */
class Scratch {
  #buffer = Buffer.allocUnsafe(64 * 1024);

  /** The bytes of a base64 text, valid until the next call. */
  decode(base64: string): Uint8Array {
    this.#grow(base64.length);
    return this.#buffer.subarray(0, this.#buffer.write(base64, 'base64'));
  }

  encode(text: string): string {
    this.#grow(text.length * 3);
    return this.#buffer.toString('base64', 0, this.#buffer.write(text, 'utf8'));
  }

  #grow(bytes: number): void {
    if (this.#buffer.length < bytes) this.#buffer = Buffer.allocUnsafe(bytes * 2);
  }
}

class Tally {
  kept = 0;
  putAside = 0;
  readonly rejected = new Map<string, number>();

  add(transformed: Transformed): void {
    this.kept += transformed.kept;
    for (const reason of transformed.rejected) this.rejected.set(reason, (this.rejected.get(reason) ?? 0) + 1);
  }
}

const report = (deps: Deps, tally: Tally): void => {
  const rejected = [...tally.rejected.values()].reduce((sum, count) => sum + count, 0);
  // Zeros too: the share of rejected events is a quotient of these.
  deps.metrics.addMetric('EventsKept', MetricUnit.Count, tally.kept);
  deps.metrics.addMetric('EventsRejected', MetricUnit.Count, rejected);
  if (tally.putAside > 0) deps.metrics.addMetric('RecordsPutAside', MetricUnit.Count, tally.putAside);
  deps.metrics.publishStoredMetrics();
  if (rejected > 0) deps.logger.warn('events rejected', { reasons: Object.fromEntries(tally.rejected) });
  if (tally.putAside > 0) deps.logger.warn('records put aside under the error prefix', { count: tally.putAside });
};
