import { gunzipSync } from 'node:zlib';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { ask } from './ask.ts';
import { codeOf } from './fault.ts';

/** One object of the lake as a listing tells of it. */
export interface LakeObject {
  readonly key: string;
  /** Without quotes, as the ledger holds it. */
  readonly etag: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

export interface LakeContent {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
}

export interface PutOptions {
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  /** Only in place of the content that has this etag; `Fault` with the code `PreconditionFailed` when it has another. */
  readonly ifMatch?: string;
}

/** Objects of the lake's bucket. Each call throws `Fault`. */
export interface Lake {
  readonly bucket: string;
  /** In the order of keys, read page by page as it is asked for; `startAfter` leaves out keys up to and with it. */
  list(prefix: string, startAfter?: string): AsyncIterable<LakeObject>;
  /** undefined when there is no such object. */
  get(key: string): Promise<LakeContent | undefined>;
  /** Resolves with the new content's etag. */
  put(key: string, bytes: Uint8Array, options?: PutOptions): Promise<string>;
  /** Of an object that is not there: no failure, as with S3. */
  remove(key: string): Promise<void>;
}

export const createLake = (bucket: string, client: S3Client = new S3Client({})): Lake => ({
  bucket,
  async *list(prefix, startAfter) {
    let next: string | undefined;
    do {
      const page = await ask(`ListObjectsV2 of s3://${bucket}/${prefix}`, () =>
        client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            ...(startAfter !== undefined && { StartAfter: startAfter }),
            ...(next !== undefined && { ContinuationToken: next }),
          }),
        ),
      );
      for (const { Key: key, ETag: etag, Size: bytes, LastModified: at } of page.Contents ?? [])
        if (key !== undefined)
          yield { key, etag: bare(etag), bytes: bytes ?? 0, lastModified: at === undefined ? 0 : at.getTime() };
      next = page.NextContinuationToken;
    } while (next !== undefined);
  },
  get: (key) =>
    ask(`GetObject s3://${bucket}/${key}`, async () => {
      try {
        const { Body, ETag, ContentType, ContentEncoding } = await client.send(
          new GetObjectCommand({ Bucket: bucket, Key: key }),
        );
        const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
        return { bytes, etag: bare(ETag), contentType: ContentType, contentEncoding: ContentEncoding };
      } catch (error) {
        if (codeOf(error) === 'NoSuchKey') return undefined;
        throw error;
      }
    }),
  put: (key, bytes, { contentType, contentEncoding, ifMatch } = {}) =>
    ask(`PutObject s3://${bucket}/${key}`, async () => {
      const { ETag } = await client.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: bytes,
          ...(contentType !== undefined && { ContentType: contentType }),
          ...(contentEncoding !== undefined && { ContentEncoding: contentEncoding }),
          ...(ifMatch !== undefined && { IfMatch: `"${ifMatch}"` }),
        }),
      );
      return bare(ETag);
    }),
  remove: (key) =>
    ask(`DeleteObject s3://${bucket}/${key}`, async () => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    }),
});

/**
 * Content as text, compressed or not: AWS does not say whether Firehose compresses error objects as it does delivered ones, so the
 * first bytes tell. undefined for gzip that is damaged or cut short.
 */
export const toText = ({ bytes }: Pick<LakeContent, 'bytes'>): string | undefined => {
  try {
    return Buffer.from(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('utf8');
  } catch {
    return undefined;
  }
};

const bare = (etag: string | undefined): string => (etag ?? '').replaceAll('"', '');
