import { createReadStream, openSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import type { Store } from '../store.ts';
import { createTimers } from '../timers.ts';
import { type Body, createBodies, type WrittenBody } from './bodies.ts';
import { type Bucket, createBuckets } from './buckets.ts';
import { createCommit, type Draft } from './commit.ts';
import { keyTooLong, noSuchKey } from './errors.ts';
import { type ListQuery, listObjects, type ObjectPage } from './listing.ts';
import { type BucketNotification, checkNotifications, type ObjectCreated, toTestMessage } from './notifications.ts';
import { createObjectIndex, type StoredObject } from './object-index.ts';
import { createOutbox } from './outbox.ts';
import { createUploads, type Uploads } from './uploads.ts';

export interface PutObject {
  readonly bucket: string;
  /** 1..1024 bytes of UTF-8. */
  readonly key: string;
  readonly body: Body;
  /** Headers to keep, names in lower case; `content-type` is `binary/octet-stream` unless given. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Looks at what arrived before it becomes visible; what it throws refuses the object. */
  readonly verify?: (written: WrittenBody) => void;
  /** `If-None-Match: *`: refuse with PreconditionFailed when the key exists. */
  readonly onlyIfAbsent?: boolean;
}

export interface CopyObject {
  readonly source: { readonly bucket: string; readonly key: string };
  readonly bucket: string;
  readonly key: string;
  /** Replaces the source's headers. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A body on the disk, for whoever reads files. A later write or delete of the key may replace or remove it. */
export interface ObjectFile {
  readonly path: string;
  readonly size: number;
  readonly etag: string;
  readonly contentEncoding: string | undefined;
}

export interface S3Stats {
  /** Notifications that no queue has taken yet. */
  readonly queued: number;
  /** Epoch milliseconds of the oldest of them. */
  readonly oldest: number | undefined;
  readonly counts: {
    readonly objects: number;
    readonly bytes: number;
    readonly notifications: number;
    readonly retries: number;
  };
  readonly lastError: { readonly at: number; readonly message: string } | undefined;
}

export interface S3 {
  /** Creates the bucket or, where it exists, sets its notifications; `s3:TestEvent` is sent when these are new. */
  createBucket(name: string, settings?: { readonly notifications?: readonly BucketNotification[] }): void;
  /** Throws NoSuchBucket, as all that follows does. */
  bucket(name: string): Bucket;
  buckets(): readonly Bucket[];
  putObject(put: PutObject): Promise<StoredObject>;
  copyObject(copy: CopyObject): Promise<StoredObject>;
  /** Throws NoSuchKey. */
  headObject(bucket: string, key: string): StoredObject;
  /** The object and an open descriptor of its body, which the caller closes; a later write does not change what it reads. */
  openObject(bucket: string, key: string): { readonly object: StoredObject; readonly descriptor: number };
  fileOf(bucket: string, key: string): ObjectFile | undefined;
  /** Deleting what does not exist is no error. */
  deleteObject(bucket: string, key: string): void;
  listObjects(query: ListQuery): ObjectPage;
  readonly uploads: Uploads;
  stats(): S3Stats;
  /** Ends at once, as a crash would: what is acknowledged is in the store, what is not will not be. */
  stop(): void;
}

export interface S3Settings {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  /** Holds one folder per bucket. */
  readonly folder: string;
  readonly region: string;
  readonly accountId: string;
  /** Sends one notification; when it throws, the same is tried again later. */
  readonly notify: (queueArn: string, body: string) => void;
}

const MAX_KEY_BYTES = 1_024;

/** Buckets and objects: bodies as files, everything else in the store. */
export const createS3 = ({ store, clock, random, folder, region, accountId, notify }: S3Settings): S3 => {
  const timers = createTimers(clock);
  const bodies = createBodies(folder);
  const buckets = createBuckets({ store, clock });
  const index = createObjectIndex(store);
  const counts = { objects: 0, bytes: 0, notifications: 0, retries: 0 };
  let lastError: S3Stats['lastError'];
  let stopped = false;

  const outbox = createOutbox({
    store,
    clock,
    timers,
    notify,
    onDelivered: () => {
      counts.notifications += 1;
    },
    onRefused: (error) => {
      counts.retries += 1;
      lastError = { at: clock.now(), message: error instanceof Error ? error.message : String(error) };
    },
  });

  const writer = createCommit({
    store,
    clock,
    random,
    region,
    accountId,
    bodies,
    buckets,
    index,
    outbox,
    onCommitted: (object) => {
      counts.objects += 1;
      counts.bytes += object.size;
    },
  });
  const commit = (draft: Draft): StoredObject => {
    if (stopped) throw new Error('S3 has stopped.');
    return writer.commit(draft);
  };

  const put = async (request: PutObject, event: ObjectCreated): Promise<StoredObject> => {
    const { bucket, key, body, headers = {}, verify, onlyIfAbsent = false } = request;
    buckets.get(bucket);
    checkKey(key);
    const written = await bodies.write(body, random.uuid());
    try {
      verify?.(written);
    } catch (error) {
      bodies.discard(written.path);
      throw error;
    }
    return commit({ bucket, key, written, etag: written.md5.toString('hex'), headers, event, onlyIfAbsent });
  };

  const headObject: S3['headObject'] = (bucket, key) => {
    buckets.get(bucket);
    const object = index.find(bucket, key);
    if (object === undefined) throw noSuchKey(key);
    return object;
  };

  const openObject: S3['openObject'] = (bucket, key) => {
    const object = headObject(bucket, key);
    return { object, descriptor: openSync(bodies.pathOf(bucket, object.file), 'r') };
  };

  writer.recover();
  timers.after(0, outbox.deliver);

  return {
    uploads: createUploads({ store, clock, random, bodies, buckets, commit }),
    headObject,
    openObject,
    createBucket: (name, { notifications = [] } = {}) => {
      checkNotifications(notifications);
      store.transaction(() => {
        if (!buckets.save(name, notifications)) return;
        for (const queueArn of new Set(notifications.map((notification) => notification.queueArn))) {
          outbox.add(queueArn, toTestMessage(random, name, clock.now()));
        }
      });
      outbox.deliver();
    },
    bucket: buckets.get,
    buckets: buckets.all,
    putObject: (request) => put(request, 'ObjectCreated:Put'),
    copyObject: ({ source, bucket, key, headers }) => {
      const { object, descriptor } = openObject(source.bucket, source.key);
      const body = createReadStream('', { fd: descriptor });
      return put({ bucket, key, body, headers: headers ?? object.headers }, 'ObjectCreated:Copy').finally(() =>
        body.destroy(),
      );
    },
    fileOf: (bucket, key) => {
      const object = index.find(bucket, key);
      if (object === undefined) return undefined;
      const { file, size, etag, headers } = object;
      return { path: bodies.pathOf(bucket, file), size, etag, contentEncoding: headers['content-encoding'] };
    },
    deleteObject: (bucket, key) => {
      buckets.get(bucket);
      const object = index.find(bucket, key);
      if (object === undefined) return;
      index.remove(bucket, key);
      bodies.remove(bucket, object.file);
    },
    listObjects: (query) => {
      buckets.get(query.bucket);
      return listObjects(index, query);
    },
    stats: () => {
      const { count, oldest } = outbox.waiting();
      return { queued: count, oldest, counts: { ...counts }, lastError };
    },
    stop: () => {
      stopped = true;
      timers.stop();
    },
  };
};

const checkKey = (key: string): void => {
  const size = Buffer.byteLength(key);
  if (size > MAX_KEY_BYTES) throw keyTooLong(size, MAX_KEY_BYTES);
};
