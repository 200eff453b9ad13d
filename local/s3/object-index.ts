import { numberOf, type Row, type Store, textOf } from '../store.ts';
import type { ObjectCreated } from './notifications.ts';

/** One object as the index knows it. */
export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  /** Path of the body, relative to the bucket's folder. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** MD5 in hex, or `<md5 of the parts' md5s>-<count>` after a multipart upload; without quotes. */
  readonly etag: string;
  /** HTTP headers that come back with the object, names in lower case: `content-type`, `content-encoding`, `x-amz-meta-…`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly lastModified: number;
  /** Hex; rises with every write of the same key. */
  readonly sequencer: string;
}

/** A body that is about to become an object: written down before its file moves, so that a crash leaves no half of it. */
export interface PendingObject {
  readonly temporaryPath: string;
  readonly event: ObjectCreated;
  readonly object: StoredObject;
}

/** The objects of all buckets, in SQLite; the bodies are not here. */
export interface ObjectIndex {
  find(bucket: string, key: string): StoredObject | undefined;
  /** Whether a key of the bucket owns `file`, also where the file system sees no difference of case. */
  owns(bucket: string, file: string): boolean;
  intend(pending: PendingObject): void;
  forget(temporaryPath: string): void;
  pending(): readonly PendingObject[];
  put(object: StoredObject): void;
  remove(bucket: string, key: string): void;
  /** Objects whose key is not before `from` (or, with `exclusive`, behind it), in the byte order of their keys. */
  scan(bucket: string, from: string, exclusive: boolean): Iterable<StoredObject>;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS s3_object (
    bucket TEXT NOT NULL, key TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, headers TEXT NOT NULL,
    last_modified INTEGER NOT NULL, sequencer TEXT NOT NULL, PRIMARY KEY (bucket, key)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS s3_object_file ON s3_object (bucket, file COLLATE NOCASE);
  CREATE TABLE IF NOT EXISTS s3_pending (temporary_path TEXT PRIMARY KEY, pending TEXT NOT NULL) WITHOUT ROWID;`;

const COLUMNS = 'bucket, key, file, size, etag, headers, last_modified, sequencer';

export const createObjectIndex = (store: Store): ObjectIndex => {
  store.exec(SCHEMA);
  const find = store.prepare(`SELECT ${COLUMNS} FROM s3_object WHERE bucket = ? AND key = ?`);
  const owns = store.prepare('SELECT 1 AS one FROM s3_object WHERE bucket = ? AND file = ? COLLATE NOCASE');
  const intend = store.prepare('INSERT OR REPLACE INTO s3_pending (temporary_path, pending) VALUES (?, ?)');
  const forget = store.prepare('DELETE FROM s3_pending WHERE temporary_path = ?');
  const pending = store.prepare('SELECT pending FROM s3_pending');
  const put = store.prepare(`INSERT OR REPLACE INTO s3_object (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const remove = store.prepare('DELETE FROM s3_object WHERE bucket = ? AND key = ?');
  const scanFrom = `SELECT ${COLUMNS} FROM s3_object WHERE bucket = ? AND key >= ? ORDER BY key`;
  const scanAfter = `SELECT ${COLUMNS} FROM s3_object WHERE bucket = ? AND key > ? ORDER BY key`;

  return {
    find: (bucket, key) => {
      const row = find.get(bucket, key);
      return row === undefined ? undefined : toObject(row);
    },
    owns: (bucket, file) => owns.get(bucket, file) !== undefined,
    intend: (one) => void intend.run(one.temporaryPath, JSON.stringify(one)),
    forget: (temporaryPath) => void forget.run(temporaryPath),
    pending: () => pending.all().map((row) => parsePending(textOf(row, 'pending'))),
    put: (object) =>
      void put.run(
        object.bucket,
        object.key,
        object.file,
        object.size,
        object.etag,
        JSON.stringify(object.headers),
        object.lastModified,
        object.sequencer,
      ),
    remove: (bucket, key) => void remove.run(bucket, key),
    *scan(bucket, from, exclusive) {
      for (const row of store.prepare(exclusive ? scanAfter : scanFrom).iterate(bucket, from)) yield toObject(row);
    },
  };
};

const toObject = (row: Row): StoredObject => ({
  bucket: textOf(row, 'bucket'),
  key: textOf(row, 'key'),
  file: textOf(row, 'file'),
  size: numberOf(row, 'size'),
  etag: textOf(row, 'etag'),
  headers: parseHeaders(textOf(row, 'headers')),
  lastModified: numberOf(row, 'last_modified'),
  sequencer: textOf(row, 'sequencer'),
});

const parseHeaders = (text: string): Readonly<Record<string, string>> => JSON.parse(text) as Record<string, string>;

const parsePending = (text: string): PendingObject => JSON.parse(text) as PendingObject;
