import { close, createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { invalidRequest, notImplemented, preconditionFailed } from './errors.ts';
import { answerEmpty, answerXml, type Exchange, header } from './exchange.ts';
import type { StoredObject } from './object-index.ts';
import { parseRange } from './range.ts';
import type { S3 } from './s3.ts';
import { keptHeaders, uploadBody } from './upload-body.ts';
import { toXml } from './xml.ts';

export const putObject = async (s3: S3, exchange: Exchange): Promise<void> => {
  const { body, verify, checksumHeaders } = uploadBody(exchange);
  const { bucket, key } = exchange;
  const condition = header(exchange, 'if-none-match');
  if (condition !== undefined && condition !== '*') throw notImplemented('If-None-Match with an ETag');
  if (header(exchange, 'if-match') !== undefined) throw notImplemented('If-Match on a write');
  const headers = keptHeaders(exchange);
  const object = await s3.putObject({ bucket, key, body, headers, verify, onlyIfAbsent: condition === '*' });
  answerEmpty(exchange, 200, { etag: `"${object.etag}"`, ...checksumHeaders() });
};

export const getObject = async (s3: S3, exchange: Exchange): Promise<void> => {
  const { object, descriptor } = s3.openObject(exchange.bucket, exchange.key);
  let status: number;
  try {
    status = writeObjectHead(exchange, object);
  } catch (error) {
    close(descriptor);
    throw error;
  }
  const range = parseRange(header(exchange, 'range'), object.size);
  if (status === 304 || object.size === 0) {
    close(descriptor);
    exchange.response.end();
    return;
  }
  await pipeline(createReadStream('', { fd: descriptor, ...range }), exchange.response);
};

export const headObject = (s3: S3, exchange: Exchange): void => {
  writeObjectHead(exchange, s3.headObject(exchange.bucket, exchange.key));
  exchange.response.end();
};

/** Status and headers of GetObject and HeadObject; throws what the request's conditions or range refuse. */
const writeObjectHead = (exchange: Exchange, object: StoredObject): number => {
  const etag = `"${object.etag}"`;
  const common = { etag, 'last-modified': new Date(object.lastModified).toUTCString() };
  if (isUnchanged(exchange, object, etag)) {
    exchange.response.writeHead(304, common);
    return 304;
  }
  const range = parseRange(header(exchange, 'range'), object.size);
  const status = range === undefined ? 200 : 206;
  exchange.response.writeHead(status, {
    ...object.headers,
    ...overrides(exchange.query),
    ...common,
    'accept-ranges': 'bytes',
    'content-length': range === undefined ? object.size : range.end - range.start + 1,
    ...(range === undefined ? {} : { 'content-range': `bytes ${range.start}-${range.end}/${object.size}` }),
  });
  return status;
};

const isUnchanged = (exchange: Exchange, object: StoredObject, etag: string): boolean => {
  const seconds = Math.floor(object.lastModified / 1_000);
  const since = (name: string): number => Date.parse(header(exchange, name) ?? '') / 1_000;
  const names = (value: string): boolean =>
    value.split(',').some((one) => [etag, object.etag, '*'].includes(one.trim()));
  const match = header(exchange, 'if-match');
  const noneMatch = header(exchange, 'if-none-match');
  if (match !== undefined && !names(match)) throw preconditionFailed('If-Match');
  if (match === undefined && seconds > since('if-unmodified-since')) throw preconditionFailed('If-Unmodified-Since');
  return noneMatch === undefined ? seconds <= since('if-modified-since') : names(noneMatch);
};

/** `response-content-type` and its like, which a presigned URL may carry. */
const overrides = (query: URLSearchParams): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...query]
      .filter(([name]) => name.startsWith('response-'))
      .map(([name, value]) => [name.slice('response-'.length), value]),
  );

export const deleteObject = (s3: S3, exchange: Exchange): void => {
  s3.deleteObject(exchange.bucket, exchange.key);
  answerEmpty(exchange, 204);
};

export const copyObject = async (s3: S3, exchange: Exchange): Promise<void> => {
  const { bucket, key } = exchange;
  const source = copySource(exchange);
  const replaces = header(exchange, 'x-amz-metadata-directive') === 'REPLACE';
  if (!replaces && source.bucket === bucket && source.key === key) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const object = await s3.copyObject({ source, bucket, key, ...(replaces ? { headers: keptHeaders(exchange) } : {}) });
  answerXml(
    exchange,
    toXml('CopyObjectResult', [
      ['LastModified', new Date(object.lastModified).toISOString()],
      ['ETag', `"${object.etag}"`],
    ]),
  );
};

export const copySource = (exchange: Exchange): { readonly bucket: string; readonly key: string } => {
  const [path = ''] = (header(exchange, 'x-amz-copy-source') ?? '').split('?');
  const decoded = decodeURIComponent(path).replace(/^\//, '');
  const slash = decoded.indexOf('/');
  if (slash < 1) throw invalidRequest('The copy source must be of the form bucket/key.');
  return { bucket: decoded.slice(0, slash), key: decoded.slice(slash + 1) };
};
