import { constants, createGzip, gzipSync } from 'node:zlib';

/** The content of one S3 object as it grows; compressed while it grows, so that little of it is held. */
export interface ObjectBody {
  /** Resolves when the bytes have been taken in; calls need not wait for each other, their order is kept. */
  append(data: Buffer): Promise<void>;
  finish(): Promise<Buffer>;
}

export type CreateObjectBody = (compression: 'UNCOMPRESSED' | 'GZIP') => ObjectBody;

/** Compresses in the thread pool of libuv. */
export const createObjectBody: CreateObjectBody = (compression) =>
  compression === 'GZIP' ? createGzipBody() : createPlainBody((parts) => Buffer.concat(parts));

/** Compresses at the end and at once: no thread, so that a simulation is the same at every run. */
export const createObjectBodySync: CreateObjectBody = (compression) =>
  createPlainBody((parts) => (compression === 'GZIP' ? gzipSync(Buffer.concat(parts)) : Buffer.concat(parts)));

const createPlainBody = (join: (parts: readonly Buffer[]) => Buffer): ObjectBody => {
  const parts: Buffer[] = [];
  return {
    append: (data) => {
      parts.push(data);
      return Promise.resolve();
    },
    finish: () => Promise.resolve(join(parts)),
  };
};

const createGzipBody = (): ObjectBody => {
  // Speed over size: compression is the largest single cost of a laptop under load.
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  const parts: Buffer[] = [];
  gzip.on('data', (part: Buffer) => parts.push(part));
  return {
    append: (data) =>
      new Promise((resolve, reject) => {
        gzip.write(data, (error) => (error == null ? resolve() : reject(error)));
      }),
    finish: () =>
      new Promise((resolve, reject) => {
        gzip.once('error', reject);
        gzip.once('end', () => resolve(Buffer.concat(parts)));
        gzip.end();
      }),
  };
};
