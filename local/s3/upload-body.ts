import { createHash } from 'node:crypto';
import type { ChunkChain } from '../iam/signature.ts';
import { decodeAwsChunked } from './aws-chunked.ts';
import type { Body, WrittenBody } from './bodies.ts';
import { badDigest, incompleteBody, wrongBodyHash } from './errors.ts';
import { type Exchange, header } from './exchange.ts';

/** The body of a request as its bytes mean it, and the checks that its headers and trailers ask for. */
export interface UploadBody {
  readonly body: Body & AsyncIterable<Uint8Array>;
  readonly verify: (written: WrittenBody) => void;
  /** Headers that S3 repeats in its answer. */
  readonly checksumHeaders: () => Readonly<Record<string, string>>;
}

const CHECKSUM = /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/;

/** Length, Content-MD5 and CRC32 are checked; the other checksums are taken on trust and repeated. */
export const uploadBody = (exchange: Exchange): UploadBody => {
  const trailers = new Map<string, string>();
  const isChunked =
    header(exchange, 'x-amz-content-sha256')?.startsWith('STREAMING-') === true ||
    encodings(exchange).includes('aws-chunked');
  const length = header(exchange, isChunked ? 'x-amz-decoded-content-length' : 'content-length');
  const checksum = (name: string): string | undefined => header(exchange, name) ?? trailers.get(name);

  return {
    body: isChunked ? decodeAwsChunked(exchange.request, trailers, chainOf(exchange)) : plainBody(exchange),
    verify: (written) => {
      if (length !== undefined && Number(length) !== written.size) throw incompleteBody();
      const md5 = header(exchange, 'content-md5');
      if (md5 !== undefined && md5 !== written.md5.toString('base64')) throw badDigest('Content-MD5');
      const crc32 = checksum('x-amz-checksum-crc32');
      if (crc32 !== undefined && crc32 !== written.crc32.toString('base64')) throw badDigest('CRC32');
    },
    checksumHeaders: () => {
      const sent = Object.entries(exchange.request.headers).filter(([name]) => CHECKSUM.test(name));
      const trailed = [...trailers].filter(([name]) => CHECKSUM.test(name));
      return Object.fromEntries([...sent, ...trailed].map(([name, value]) => [name, String(value)]));
    },
  };
};

/** Signatures of chunks are checked where the request was signed with a role's key. */
const chainOf = (exchange: Exchange): ChunkChain | undefined =>
  header(exchange, 'x-amz-content-sha256')?.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD') === true
    ? exchange.caller.chunks?.()
    : undefined;

/** The body as it comes; one that a role's signature covers must be the one that was signed. */
const plainBody = (exchange: Exchange): AsyncIterable<Uint8Array> => {
  const hash = header(exchange, 'x-amz-content-sha256') ?? '';
  const isSigned = exchange.caller.chunks !== undefined && /^[0-9a-f]{64}$/i.test(hash);
  return isSigned ? checkHash(exchange.request, hash.toLowerCase()) : exchange.request;
};

async function* checkHash(source: AsyncIterable<Uint8Array>, wanted: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of source) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest('hex') !== wanted) throw wrongBodyHash();
}

const KEPT_HEADERS = ['content-type', 'content-disposition', 'content-language', 'cache-control', 'expires'];

/** The headers of a request that S3 keeps with the object; `aws-chunked` is the transfer's own and does not stay. */
export const keptHeaders = (exchange: Exchange): Readonly<Record<string, string>> => {
  const kept = Object.entries(exchange.request.headers).filter(
    ([name]) => KEPT_HEADERS.includes(name) || name.startsWith('x-amz-meta-'),
  );
  const encoding = encodings(exchange)
    .filter((one) => one !== 'aws-chunked')
    .join(',');
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    ...(encoding === '' ? {} : { 'content-encoding': encoding }),
  };
};

const encodings = (exchange: Exchange): readonly string[] =>
  (header(exchange, 'content-encoding') ?? '')
    .split(',')
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== '');
