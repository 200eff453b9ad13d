import { invocationBytes } from '../invoke.ts';
import { createIdRanges, type IdRange } from './id-ranges.ts';
import type { RecordBuffer } from './record-buffer.ts';

/** Records that go to the function, or straight to S3, together. */
export interface Batch {
  /** Row ids, in order of arrival. */
  readonly ids: readonly number[];
  /** Epoch milliseconds for each of them. */
  readonly arrivedAt: readonly number[];
  /** Bytes of the records as they came. */
  readonly bytes: number;
  /** `records` of the event for the function, as JSON text; empty for a stream without one. */
  readonly recordsJson: string;
  /** The bytes themselves, for a stream without a function. */
  readonly data: readonly Buffer[];
}

/** More than the fields around `records` take. */
const FRAME_BYTES = 2_048;
/** Keeps one batch of tiny records from holding up everything else; such batches are small on AWS too. */
const MAX_RECORDS = 10_000;

/**
 * The records behind `after`, up to `maxBytes` of data and what one invocation can carry; one record always fits
 * (1,000 KiB of data are 1.4 MB of base64).
 */
export const takeBatch = (
  buffer: RecordBuffer,
  {
    after,
    maxBytes,
    forFunction,
  }: { readonly after: number; readonly maxBytes: number; readonly forFunction: boolean },
): Batch => {
  const ids: number[] = [];
  const arrivedAt: number[] = [];
  const data: Buffer[] = [];
  const parts: string[] = [];
  let bytes = 0;
  let jsonBytes = FRAME_BYTES;

  buffer.read(after, (record) => {
    if (bytes > 0 && bytes + record.data.length > maxBytes) return false;
    if (forFunction) {
      const part = `{"recordId":"${buffer.recordId(record.id)}","approximateArrivalTimestamp":${record.arrivedAt},"data":"${record.data.toString('base64')}"}`;
      if (jsonBytes + part.length + 1 > invocationBytes) return false;
      jsonBytes += part.length + 1;
      parts.push(part);
    } else data.push(record.data);
    ids.push(record.id);
    arrivedAt.push(record.arrivedAt);
    bytes += record.data.length;
    return bytes < maxBytes && ids.length < MAX_RECORDS;
  });
  return { ids, arrivedAt, bytes, recordsJson: parts.join(','), data };
};

/** The ids at the given places of the batch. */
export const rangesOf = (batch: Batch, places: Iterable<number>): readonly IdRange[] => {
  const ranges = createIdRanges();
  for (const place of places) {
    const id = batch.ids[place];
    if (id !== undefined) ranges.add(id);
  }
  return ranges.ranges;
};
