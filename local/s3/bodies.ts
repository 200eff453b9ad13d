import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { crc32 } from 'node:zlib';

export type Body = Uint8Array | AsyncIterable<Uint8Array>;

export interface WrittenBody {
  /** Where the bytes are until `place` moves them. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  readonly md5: Buffer;
  /** CRC-32 as S3 writes it: four big-endian bytes. */
  readonly crc32: Buffer;
}

/** Bodies of objects as plain files under one folder, which a reader of the file system (DuckDB) may open by itself. */
export interface Bodies {
  /** Writes to a new file in `.tmp`; rejects, leaving no file, when the source ends early. */
  write(body: Body, name: string): Promise<WrittenBody>;
  temporaryPath(name: string): string;
  /** The file, relative to the bucket's folder, for a key that has none yet; `taken` says which files other keys own. */
  choose(bucket: string, key: string, taken: (file: string) => boolean): string;
  place(from: string, bucket: string, file: string): void;
  pathOf(bucket: string, file: string): string;
  remove(bucket: string, file: string): void;
  discard(path: string): void;
  exists(path: string): boolean;
  /** Empties `.tmp`, where only what was never acknowledged lies. */
  clearTemporary(): void;
}

const MAX_NATURAL_KEY_LENGTH = 800;
/** A path segment that means the same on every file system, in a shell, in SQL text and to a glob. */
const PLAIN_SEGMENT = /^[A-Za-z0-9_=+@,(-][A-Za-z0-9_=+@,() .-]{0,198}$/;

/** The key itself as a relative path, or undefined where that would be unsafe or ambiguous (`..`, `//`, a trailing `/`, `*`). */
export const naturalFile = (key: string): string | undefined =>
  key.length <= MAX_NATURAL_KEY_LENGTH &&
  key.split('/').every((segment) => PLAIN_SEGMENT.test(segment) && !/[. ]$/.test(segment))
    ? key
    : undefined;

/** A name that no natural path can have, since none of its segments starts with a dot. */
export const hashedFile = (key: string): string => `.keys/${createHash('sha256').update(key).digest('hex')}`;

export const createBodies = (folder: string): Bodies => {
  const temporary = join(folder, '.tmp');
  mkdirSync(temporary, { recursive: true });

  const pathOf = (bucket: string, file: string): string => join(folder, bucket, file);
  const temporaryPath = (name: string): string => join(temporary, name);

  return {
    pathOf,
    temporaryPath,
    exists: existsSync,
    write: async (body, name) => {
      const path = temporaryPath(name);
      try {
        return { path, ...(body instanceof Uint8Array ? await writeWhole(path, body) : await writeStream(path, body)) };
      } catch (error) {
        rmSync(path, { force: true });
        throw error;
      }
    },
    choose: (bucket, key, taken) => {
      const natural = naturalFile(key);
      return natural !== undefined && !taken(natural) && canHold(pathOf(bucket, natural)) ? natural : hashedFile(key);
    },
    place: (from, bucket, file) => {
      const to = pathOf(bucket, file);
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
    },
    remove: (bucket, file) => {
      const path = pathOf(bucket, file);
      rmSync(path, { force: true });
      removeEmptyFolders(dirname(path), join(folder, bucket));
    },
    discard: (path) => rmSync(path, { force: true, recursive: true }),
    clearTemporary: () => {
      rmSync(temporary, { force: true, recursive: true });
      mkdirSync(temporary, { recursive: true });
    },
  };
};

const writeWhole = async (path: string, body: Uint8Array): Promise<Omit<WrittenBody, 'path'>> => {
  await writeFile(path, body);
  return { size: body.byteLength, md5: createHash('md5').update(body).digest(), crc32: crcBytes(crc32(body)) };
};

const writeStream = async (path: string, body: AsyncIterable<Uint8Array>): Promise<Omit<WrittenBody, 'path'>> => {
  const md5 = createHash('md5');
  let crc = 0;
  let size = 0;
  const file = await open(path, 'w');
  try {
    for await (const chunk of body) {
      md5.update(chunk);
      crc = crc32(chunk, crc);
      size += chunk.byteLength;
      await file.writeFile(chunk);
    }
  } finally {
    await file.close();
  }
  return { size, md5: md5.digest(), crc32: crcBytes(crc) };
};

const crcBytes = (crc: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc);
  return bytes;
};

/** Whether a file can stand at `path`: no folder is there, and no file where one of its folders must be. */
const canHold = (path: string): boolean => {
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch {
    return false;
  }
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true;
};

const removeEmptyFolders = (from: string, until: string): void => {
  for (let folder = from; folder.length > until.length; folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch {
      return; // not empty: another object lives there
    }
  }
};
