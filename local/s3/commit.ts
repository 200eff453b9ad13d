import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Store } from '../store.ts';
import type { Bodies, WrittenBody } from './bodies.ts';
import type { Buckets } from './buckets.ts';
import { preconditionFailed } from './errors.ts';
import { isWanted, type ObjectCreated, toEventMessage } from './notifications.ts';
import type { ObjectIndex, PendingObject, StoredObject } from './object-index.ts';
import type { Outbox } from './outbox.ts';

export interface Draft {
  readonly bucket: string;
  readonly key: string;
  readonly written: WrittenBody;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly event: ObjectCreated;
  readonly onlyIfAbsent?: boolean;
}

/** Makes a written body the object of its key, in one turn of the event loop. Leaves no file of a draft that it refuses. */
export type Commit = (draft: Draft) => StoredObject;

/** S3's type for a body whose sender named none. */
const DEFAULT_TYPE = 'binary/octet-stream';

/**
 * A body becomes an object in three moves: the intent is written down, the file takes its place, and then index and
 * notifications change together. `recover` ends what a crash left between the second and the third; before that, nothing happened.
 */
export const createCommit = ({
  store,
  clock,
  random,
  region,
  accountId,
  bodies,
  buckets,
  index,
  outbox,
  onCommitted,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
  readonly bodies: Bodies;
  readonly buckets: Buckets;
  readonly index: ObjectIndex;
  readonly outbox: Outbox;
  readonly onCommitted: (object: StoredObject) => void;
}): { readonly commit: Commit; readonly recover: () => void } => {
  const record = ({ temporaryPath, event, object }: PendingObject): void => {
    store.transaction(() => {
      index.put(object);
      index.forget(temporaryPath);
      for (const notification of buckets.get(object.bucket).notifications) {
        if (!isWanted(notification, event, object.key)) continue;
        const message = toEventMessage({ random, region, accountId }, notification, event, object);
        outbox.add(notification.queueArn, message);
      }
    });
    onCommitted(object);
  };

  const toObject = ({ bucket, key, written, etag, headers, onlyIfAbsent }: Draft): StoredObject => {
    buckets.get(bucket);
    const previous = index.find(bucket, key);
    if (onlyIfAbsent === true && previous !== undefined) throw preconditionFailed('If-None-Match');
    const lastModified = clock.now();
    return {
      bucket,
      key,
      file: previous?.file ?? bodies.choose(bucket, key, (file) => index.owns(bucket, file)),
      size: written.size,
      etag,
      headers: { 'content-type': DEFAULT_TYPE, ...headers },
      lastModified,
      sequencer: nextSequencer(lastModified, previous?.sequencer),
    };
  };

  return {
    commit: (draft) => {
      const temporaryPath = draft.written.path;
      try {
        const object = toObject(draft);
        const pending: PendingObject = { temporaryPath, event: draft.event, object };
        index.intend(pending);
        bodies.place(temporaryPath, object.bucket, object.file);
        record(pending);
        outbox.deliver();
        return object;
      } catch (error) {
        if (bodies.exists(temporaryPath)) {
          index.forget(temporaryPath);
          bodies.discard(temporaryPath);
        }
        throw error;
      }
    },
    recover: () => {
      for (const pending of index.pending()) {
        if (bodies.exists(pending.temporaryPath)) index.forget(pending.temporaryPath);
        else record(pending);
      }
      bodies.clearTemporary();
    },
  };
};

/** Milliseconds and a count below them, as 18 hex digits; never behind the previous one of the same key. */
const nextSequencer = (now: number, previous: string | undefined): string => {
  const byTime = BigInt(now) << 16n;
  const byCount = previous === undefined ? 0n : BigInt(`0x${previous}`) + 1n;
  return (byTime > byCount ? byTime : byCount).toString(16).toUpperCase().padStart(18, '0');
};
