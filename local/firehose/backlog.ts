import type { Clock } from '../clock.ts';
import { type Batch, takeBatch } from './batch.ts';
import type { RecordBuffer } from './record-buffer.ts';

/** The buffer in front of the function: records that no batch has taken since the process started. */
export interface Backlog {
  /** Records have been appended to the buffer. */
  added(count: number, bytes: number): void;
  /** Milliseconds until a batch is due: 0 or less for now, infinite when nothing waits. */
  dueIn(): number;
  take(): Batch;
  /** Whether a record that was in the buffer when its newest row was `id` still waits. */
  holds(id: number): boolean;
}

export const createBacklog = ({
  buffer,
  clock,
  bufferBytes,
  bufferMs,
  forFunction,
}: {
  readonly buffer: RecordBuffer;
  readonly clock: Clock;
  readonly bufferBytes: number;
  readonly bufferMs: number;
  readonly forFunction: boolean;
}): Backlog => {
  /** The newest row that a batch has taken. */
  let cursor = 0;
  let { count, bytes } = buffer.behind(0);
  /** Epoch milliseconds at which the oldest waiting record arrived. */
  let since = buffer.first(0)?.arrivedAt ?? 0;

  return {
    added: (moreCount, moreBytes) => {
      if (count === 0) since = clock.now();
      count += moreCount;
      bytes += moreBytes;
    },
    dueIn: () => {
      if (count === 0) return Number.POSITIVE_INFINITY;
      return bytes >= bufferBytes ? 0 : since + bufferMs - clock.now();
    },
    take: () => {
      const batch = takeBatch(buffer, { after: cursor, maxBytes: bufferBytes, forFunction });
      cursor = batch.ids.at(-1) ?? cursor;
      count -= batch.ids.length;
      bytes -= batch.bytes;
      since = buffer.first(cursor)?.arrivedAt ?? 0;
      return batch;
    },
    holds: (id) => count > 0 && cursor < id,
  };
};
