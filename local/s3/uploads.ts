import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { numberOf, type Row, type Store, textOf } from '../store.ts';
import type { Bodies, Body, WrittenBody } from './bodies.ts';
import type { Buckets } from './buckets.ts';
import type { Commit } from './commit.ts';
import {
  entityTooSmall,
  invalidArgument,
  invalidPart,
  invalidPartOrder,
  malformedXml,
  noSuchUpload,
} from './errors.ts';
import type { StoredObject } from './object-index.ts';

export interface Part {
  /** 1..10000. */
  readonly number: number;
  /** MD5 in hex, without quotes. */
  readonly etag: string;
}

export interface StoredPart extends Part {
  /** Bytes. */
  readonly size: number;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

export interface UploadRef {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
}

/** Multipart uploads. All but `create` throw NoSuchUpload for an upload that is not open. */
export interface Uploads {
  create(bucket: string, key: string, headers: Readonly<Record<string, string>>): string;
  putPart(upload: UploadRef, number: number, body: Body, verify?: (written: WrittenBody) => void): Promise<StoredPart>;
  parts(upload: UploadRef): readonly StoredPart[];
  complete(upload: UploadRef, parts: readonly Part[]): Promise<StoredObject>;
  abort(upload: UploadRef): void;
}

/** "Amazon S3 multipart upload limits" in the S3 user guide: every part but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;
const MAX_PART_NUMBER = 10_000;
/** Stands where a bucket's folder would; no bucket can have this name. */
const PARTS_FOLDER = '.uploads';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS s3_upload (id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS s3_part (upload_id TEXT NOT NULL, number INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL,
    etag TEXT NOT NULL, last_modified INTEGER NOT NULL, PRIMARY KEY (upload_id, number)) WITHOUT ROWID;`;

export const createUploads = ({
  store,
  clock,
  random,
  bodies,
  buckets,
  commit,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly bodies: Bodies;
  readonly buckets: Buckets;
  readonly commit: Commit;
}): Uploads => {
  store.exec(SCHEMA);
  const insert = store.prepare('INSERT INTO s3_upload (id, bucket, key, headers) VALUES (?, ?, ?, ?)');
  const find = store.prepare('SELECT headers FROM s3_upload WHERE id = ? AND bucket = ? AND key = ?');
  const remove = store.prepare('DELETE FROM s3_upload WHERE id = ?');
  const savePart = store.prepare('INSERT OR REPLACE INTO s3_part VALUES (?, ?, ?, ?, ?, ?)');
  const findPart = store.prepare('SELECT file FROM s3_part WHERE upload_id = ? AND number = ?');
  const allParts = store.prepare('SELECT * FROM s3_part WHERE upload_id = ? ORDER BY number');
  const removeParts = store.prepare('DELETE FROM s3_part WHERE upload_id = ?');

  const open = ({ bucket, key, uploadId }: UploadRef): Row => {
    buckets.get(bucket);
    const row = find.get(uploadId, bucket, key);
    if (row === undefined) throw noSuchUpload(uploadId);
    return row;
  };

  const end = (uploadId: string): void => {
    store.transaction(() => {
      remove.run(uploadId);
      removeParts.run(uploadId);
    });
    bodies.discard(bodies.pathOf(PARTS_FOLDER, uploadId));
  };

  /** The rows of the parts asked for, in their order; throws what S3 finds wrong with them. */
  const chosen = (uploadId: string, parts: readonly Part[]): readonly Row[] => {
    if (parts.length === 0) throw malformedXml();
    if (parts.some(({ number }, at) => number <= (parts[at - 1]?.number ?? 0))) throw invalidPartOrder(uploadId);
    const stored = new Map(allParts.all(uploadId).map((row) => [numberOf(row, 'number'), row]));
    const rows = parts.map(({ number, etag }) => {
      const row = stored.get(number);
      if (row === undefined || textOf(row, 'etag') !== etag) throw invalidPart(uploadId, number);
      return row;
    });
    const small = rows.slice(0, -1).find((row) => numberOf(row, 'size') < MIN_PART_BYTES);
    if (small !== undefined) throw entityTooSmall(numberOf(small, 'size'), MIN_PART_BYTES, numberOf(small, 'number'));
    return rows;
  };

  async function* contents(rows: readonly Row[]): AsyncGenerator<Buffer> {
    for (const row of rows) yield* createReadStream(bodies.pathOf(PARTS_FOLDER, textOf(row, 'file')));
  }

  return {
    create: (bucket, key, headers) => {
      buckets.get(bucket);
      const uploadId = random.bytes(48).toString('base64url');
      insert.run(uploadId, bucket, key, JSON.stringify(headers));
      return uploadId;
    },
    putPart: async (upload, number, body, verify) => {
      if (!Number.isInteger(number) || number < 1 || number > MAX_PART_NUMBER) {
        throw invalidArgument('Part number must be an integer between 1 and 10000, inclusive');
      }
      open(upload);
      const written = await bodies.write(body, random.uuid());
      try {
        verify?.(written);
        open(upload);
      } catch (error) {
        bodies.discard(written.path);
        throw error;
      }
      const replaced = findPart.get(upload.uploadId, number);
      const file = `${upload.uploadId}/${number}-${random.uuid()}`;
      const part = { number, etag: written.md5.toString('hex'), size: written.size, lastModified: clock.now() };
      bodies.place(written.path, PARTS_FOLDER, file);
      savePart.run(upload.uploadId, number, file, part.size, part.etag, part.lastModified);
      if (replaced !== undefined) bodies.discard(bodies.pathOf(PARTS_FOLDER, textOf(replaced, 'file')));
      return part;
    },
    parts: (upload) => {
      open(upload);
      return allParts.all(upload.uploadId).map((row) => ({
        number: numberOf(row, 'number'),
        etag: textOf(row, 'etag'),
        size: numberOf(row, 'size'),
        lastModified: numberOf(row, 'last_modified'),
      }));
    },
    complete: async (upload, parts) => {
      const headers = parseHeaders(textOf(open(upload), 'headers'));
      const rows = chosen(upload.uploadId, parts);
      const written = await bodies.write(contents(rows), random.uuid());
      const md5s = Buffer.from(parts.map((part) => part.etag).join(''), 'hex');
      const etag = `${createHash('md5').update(md5s).digest('hex')}-${parts.length}`;
      const { bucket, key, uploadId } = upload;
      const object = commit({ bucket, key, written, etag, headers, event: 'ObjectCreated:CompleteMultipartUpload' });
      end(uploadId);
      return object;
    },
    abort: (upload) => {
      open(upload);
      end(upload.uploadId);
    },
  };
};

const parseHeaders = (text: string): Readonly<Record<string, string>> => JSON.parse(text) as Record<string, string>;
