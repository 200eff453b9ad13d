import type { Timers } from '../timers.ts';
import { type Batch, rangesOf } from './batch.ts';
import { createIdRanges, type IdRange, type IdRanges } from './id-ranges.ts';
import type { ObjectBody } from './object-body.ts';

/** Bytes that came from some records and belong into one object with them. */
export interface Portion {
  readonly data: Buffer;
  readonly ranges: readonly IdRange[];
  readonly records: number;
  /** Epoch milliseconds at which the oldest of the records arrived. */
  readonly oldest: number;
}

/** The records at these places of the batch (at least one), with the bytes that came of them. */
export const toPortion = (batch: Batch, places: readonly number[], data: Buffer): Portion => ({
  data,
  ranges: rangesOf(batch, places),
  records: places.length,
  oldest: places.reduce(
    (oldest, place) => Math.min(oldest, batch.arrivedAt[place] ?? oldest),
    Number.POSITIVE_INFINITY,
  ),
});

/** Gathers portions into objects by size and time, and writes each until S3 has taken it. */
export interface Destination {
  append(portion: Portion): Promise<void>;
  /** Closes the object that is open, if there is one, and starts to write it. */
  seal(): void;
  /** Whether another portion may come: false while S3 is behind, so that the backlog stays on the disk. */
  accepts(): boolean;
  isEmpty(): boolean;
}

interface OpenObject {
  readonly body: ObjectBody;
  readonly ids: IdRanges;
  bytes: number;
  records: number;
  oldest: number;
}

const MAX_UNWRITTEN_OBJECTS = 4;
/** An object of tiny records is closed early, since their rows are deleted in one go, which must not hold up everything else. */
const MAX_RECORDS = 20_000;
const BACKOFF_MS = { first: 500, most: 30_000 };

export const createDestination = ({
  timers,
  bufferBytes,
  bufferMs,
  createBody,
  keyOf,
  write,
  forget,
  onRoom,
  onFailure,
}: {
  readonly timers: Timers;
  readonly bufferBytes: number;
  readonly bufferMs: number;
  readonly createBody: () => ObjectBody;
  /** The key of an object whose oldest record arrived at this time (epoch milliseconds). */
  readonly keyOf: (oldest: number) => string;
  /** Puts an object into S3; called again with the same when it rejects. */
  readonly write: (key: string, body: Buffer) => Promise<unknown>;
  /** Takes the records of an object that is in S3 out of the store; called again when it throws. */
  readonly forget: (ranges: readonly IdRange[], records: number) => void;
  /** One object less is unwritten. */
  readonly onRoom: () => void;
  readonly onFailure: (error: unknown) => void;
}): Destination => {
  let open: OpenObject | undefined;
  let unwritten = 0;
  let cancelTimer = (): void => {};

  const seal = (): void => {
    cancelTimer();
    if (open === undefined) return;
    const object = open;
    open = undefined;
    unwritten += 1;
    void finish(object);
  };

  const finish = async ({ body, bytes, ids, records, oldest }: OpenObject): Promise<void> => {
    if (bytes > 0) {
      const content = await body.finish();
      const key = keyOf(oldest);
      await untilDone(() => write(key, content));
    }
    await untilDone(() => forget(ids.ranges, records));
    unwritten -= 1;
    onRoom();
  };

  const untilDone = async (task: () => unknown): Promise<void> => {
    for (let backoff = BACKOFF_MS.first; ; backoff = Math.min(backoff * 2, BACKOFF_MS.most)) {
      try {
        await task();
        return;
      } catch (error) {
        onFailure(error);
        await timers.sleep(backoff);
      }
    }
  };

  return {
    seal,
    accepts: () => unwritten < MAX_UNWRITTEN_OBJECTS,
    isEmpty: () => open === undefined && unwritten === 0,
    append: ({ data, ranges, records, oldest }) => {
      if (open === undefined) {
        open = { body: createBody(), ids: createIdRanges(), bytes: 0, records: 0, oldest };
        if (bufferMs > 0) cancelTimer = timers.after(bufferMs, seal);
      }
      open.ids.addAll(ranges);
      open.bytes += data.length;
      open.records += records;
      open.oldest = Math.min(open.oldest, oldest);
      const taken = data.length > 0 ? open.body.append(data) : Promise.resolve();
      if (open.bytes >= bufferBytes || open.records >= MAX_RECORDS || bufferMs === 0) seal();
      return taken;
    },
  };
};
