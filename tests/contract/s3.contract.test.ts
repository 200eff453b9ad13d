import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from '../models/exchange.ts';
import type { Models } from '../models/model.ts';
import { findS3Operation } from '../models/s3-operation.ts';
import { describeWire } from '../models/suite.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';

const Bucket = 'lake';
const MIB = 1024 * 1024;
let standIns: StandIns;
let client: S3Client;
beforeAll(async () => {
  standIns = await startStandIns({
    routes: [
      {
        prefix: '/_route/',
        handle: (incoming, response) => {
          response.end(`${incoming.method} ${incoming.url}`);
        },
      },
    ],
  });
  standIns.s3.createBucket(Bucket);
  client = new S3Client({ ...standIns.client, forcePathStyle: true });
});
afterAll(async () => {
  client.destroy();
  await standIns.stop();
});

const body = async (Key: string, Range?: string): Promise<string | undefined> =>
  (await client.send(new GetObjectCommand({ Bucket, Key, Range }))).Body?.transformToString();
const put = (Key: string, Body = Key) => client.send(new PutObjectCommand({ Bucket, Key, Body }));

describe('S3 through its SDK', () => {
  it('keeps body, headers and metadata of an object', async () => {
    const Key = 'landed/a b/=1:é/x.json.gz';
    const answer = await client.send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: 'hello world',
        ContentType: 'application/octet-stream',
        ContentEncoding: 'gzip',
        CacheControl: 'no-cache',
        Metadata: { kind: 'test' },
      }),
    );
    expect(answer.ETag).toBe('"5eb63bbbe01eeed093cb22bb8f5acdc3"');
    expect(answer.ChecksumCRC32).toBe('DUoRhQ==');
    const object = await client.send(new GetObjectCommand({ Bucket, Key }));
    expect(await object.Body?.transformToString()).toBe('hello world');
    const described = {
      ContentLength: 11,
      ContentType: 'application/octet-stream',
      ContentEncoding: 'gzip',
      CacheControl: 'no-cache',
      Metadata: { kind: 'test' },
      ETag: '"5eb63bbbe01eeed093cb22bb8f5acdc3"',
      LastModified: expect.any(Date),
      AcceptRanges: 'bytes',
    };
    expect(object).toMatchObject(described);
    expect(await client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject(described);
    expect(object.$metadata.requestId).toMatch(/^[0-9A-F]{16}$/);
  });

  it('takes a stream of unknown checksum in aws-chunked form', async () => {
    const chunks = Array.from({ length: 300 }, (_, n) => Buffer.alloc(10_000, String(n % 10)));
    const { Readable } = await import('node:stream');
    const Body = Readable.from(chunks);
    await client.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: 3_000_000 }));
    expect(await body('stream')).toBe(Buffer.concat(chunks).toString());
    const head = await client.send(new HeadObjectCommand({ Bucket, Key: 'stream' }));
    expect(head).toMatchObject({ ContentLength: 3_000_000 });
    expect(head.ContentEncoding).toBeUndefined();
  });

  it('takes an empty body', async () => {
    await put('empty', '');
    expect(await body('empty')).toBe('');
  });

  it('makes no object of a body whose sender went away', async () => {
    const headers = { host: 'localhost', 'content-length': '1000000' };
    const sent = request({ host: '127.0.0.1', port: standIns.port, path: '/lake/half', method: 'PUT', headers });
    const gone = new Promise((resolve) => sent.on('error', resolve));
    sent.write('half', () => setTimeout(() => sent.destroy(new Error('gone')), 50));
    await gone;
    await new Promise((resolve) => setTimeout(resolve, 50));
    await expect(body('half')).rejects.toBeInstanceOf(NoSuchKey);
    expect(standIns.faults).toEqual([]);
  });

  it('refuses a body that is not what its checksum says', async () => {
    const bad = client.send(new PutObjectCommand({ Bucket, Key: 'bad', Body: 'x', ChecksumCRC32: 'AAAAAA==' }));
    await expect(bad).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(body('bad')).rejects.toBeInstanceOf(NoSuchKey);
  });

  it('gives ranges', async () => {
    await put('range', '0123456789');
    expect(await body('range', 'bytes=2-4')).toBe('234');
    expect(await body('range', 'bytes=7-')).toBe('789');
    expect(await body('range', 'bytes=-2')).toBe('89');
    expect(await body('range', 'bytes=8-100')).toBe('89');
    const part = await client.send(new GetObjectCommand({ Bucket, Key: 'range', Range: 'bytes=0-0' }));
    expect(part).toMatchObject({ ContentRange: 'bytes 0-0/10', $metadata: { httpStatusCode: 206 } });
    await expect(body('range', 'bytes=10-')).rejects.toMatchObject({
      name: 'InvalidRange',
      $metadata: { httpStatusCode: 416 },
    });
  });

  it('honours conditions', async () => {
    const { ETag } = await put('condition', '1');
    const get = (input: object) => client.send(new GetObjectCommand({ Bucket, Key: 'condition', ...input }));
    await expect(get({ IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    await expect(get({ IfMatch: '"other"' })).rejects.toMatchObject({ $metadata: { httpStatusCode: 412 } });
    await expect(get({ IfMatch: ETag, IfUnmodifiedSince: new Date(0) })).resolves.toBeDefined();
    await expect(get({ IfModifiedSince: new Date(Date.now() + 5_000) })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    const again = client.send(new PutObjectCommand({ Bucket, Key: 'condition', Body: '2', IfNoneMatch: '*' }));
    await expect(again).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  it('lists by prefix, delimiter and page, with any key', async () => {
    const keys = ['l/a', 'l/b&<>', 'l/c d+e%', 'l/dir/1', 'l/dir/2', 'l/é', 'm'];
    for (const key of keys) await put(key);
    const listed: (string | undefined)[] = [];
    for await (const page of paginateListObjectsV2({ client, pageSize: 2 }, { Bucket, Prefix: 'l/' })) {
      listed.push(...(page.Contents ?? []).map(({ Key }) => Key));
    }
    expect(listed).toEqual(keys.slice(0, -1));
    const grouped = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'l/', Delimiter: '/' }));
    expect(grouped.CommonPrefixes).toEqual([{ Prefix: 'l/dir/' }]);
    expect(grouped).toMatchObject({ KeyCount: 5, IsTruncated: false, Name: Bucket, Prefix: 'l/', Delimiter: '/' });
    expect(grouped.Contents?.[0]).toMatchObject({
      Key: 'l/a',
      Size: 3,
      StorageClass: 'STANDARD',
      ETag: expect.any(String),
    });
    const after = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'l/', StartAfter: 'l/dir/1' }));
    expect(after.Contents?.map(({ Key }) => Key)).toEqual(['l/dir/2', 'l/é']);
    const encoded = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'l/c', EncodingType: 'url' }));
    expect(encoded.Contents?.[0]?.Key).toBe('l/c%20d%2Be%25');
    const first = await client.send(new ListObjectsCommand({ Bucket, Prefix: 'l/', MaxKeys: 4, Delimiter: '/' }));
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: 'l/dir/' });
    const rest = await client.send(
      new ListObjectsCommand({ Bucket, Prefix: 'l/', Delimiter: '/', Marker: first.NextMarker }),
    );
    expect(rest.Contents?.map(({ Key }) => Key)).toEqual(['l/é']);
  });

  it('copies and deletes', async () => {
    await client.send(new PutObjectCommand({ Bucket, Key: 'c/1 ü', Body: 'x', Metadata: { a: '1' } }));
    const copy = (input: object) =>
      client.send(new CopyObjectCommand({ Bucket, Key: 'c/2', CopySource: `${Bucket}/c/1%20%C3%BC`, ...input }));
    expect((await copy({})).CopyObjectResult?.ETag).toBe('"9dd4e461268c8034f5c8564e155c67a6"');
    expect(await client.send(new HeadObjectCommand({ Bucket, Key: 'c/2' }))).toMatchObject({ Metadata: { a: '1' } });
    await copy({ MetadataDirective: 'REPLACE', Metadata: { b: '2' } });
    expect((await client.send(new HeadObjectCommand({ Bucket, Key: 'c/2' }))).Metadata).toEqual({ b: '2' });
    await expect(copy({ Key: 'c/1 ü' })).rejects.toMatchObject({ name: 'InvalidRequest' });
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'c/2' }));
    await client.send(new DeleteObjectCommand({ Bucket, Key: 'c/2' }));
    const Objects = [{ Key: 'c/1 ü' }, { Key: 'c/ not there & <never>' }];
    const { Deleted, Errors } = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted).toEqual(Objects);
    expect(Errors).toBeUndefined();
    expect((await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'c/' }))).KeyCount).toBe(0);
  });

  it('takes an upload in parts', async () => {
    const Key = 'big';
    const { UploadId } = await client.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'text/plain' }),
    );
    const Parts = [];
    for (const [at, size] of [5 * MIB, MIB].entries()) {
      const PartNumber = at + 1;
      const Body = Buffer.alloc(size, PartNumber);
      const { ETag } = await client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
      Parts.push({ PartNumber, ETag });
    }
    const done = await client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    );
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    expect(await client.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
      ContentLength: 6 * MIB,
      ContentType: 'text/plain',
    });
    await expect(client.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))).rejects.toMatchObject({
      name: 'NoSuchUpload',
    });
  });

  it('copies a part, lists parts, and forgets an upload', async () => {
    await put('part', '0123456789');
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'copied' }));
    const part = { Bucket, Key: 'copied', UploadId, PartNumber: 1 };
    const source = { CopySource: `${Bucket}/part`, CopySourceRange: 'bytes=2-4' };
    const { CopyPartResult } = await client.send(new UploadPartCopyCommand({ ...part, ...source }));
    const { Parts } = await client.send(new ListPartsCommand({ Bucket, Key: 'copied', UploadId }));
    expect(Parts).toMatchObject([
      { PartNumber: 1, Size: 3, ETag: CopyPartResult?.ETag, LastModified: expect.any(Date) },
    ]);
    await client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'copied', UploadId }));
    await expect(client.send(new ListPartsCommand({ Bucket, Key: 'copied', UploadId }))).rejects.toMatchObject({
      name: 'NoSuchUpload',
    });
  });

  it('makes a bucket, once', async () => {
    expect(await client.send(new CreateBucketCommand({ Bucket: 'made-here' }))).toMatchObject({
      Location: '/made-here',
    });
    await expect(client.send(new CreateBucketCommand({ Bucket: 'made-here' }))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
    });
    await expect(client.send(new CreateBucketCommand({ Bucket: 'Made_Here' }))).rejects.toMatchObject({
      name: 'InvalidBucketName',
    });
  });

  it('knows its buckets', async () => {
    expect((await client.send(new ListBucketsCommand({}))).Buckets).toContainEqual(
      expect.objectContaining({ Name: Bucket, CreationDate: expect.any(Date) }),
    );
    await client.send(new HeadBucketCommand({ Bucket }));
    expect((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
    await expect(client.send(new HeadBucketCommand({ Bucket: 'nope' }))).rejects.toBeInstanceOf(NotFound);
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'nope' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
      BucketName: 'nope',
    });
    await expect(body('nope')).rejects.toBeInstanceOf(NoSuchKey);
    expect(standIns.faults).toEqual([]);
  });
});

/** One request as it is, with the Host that a resolver would have led here. */
const raw = (path: string, headers: Readonly<Record<string, string>>, host = '127.0.0.1', method = 'GET') =>
  new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const sent = request({ host, port: standIns.port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode, text }));
    });
    sent.on('error', reject);
    sent.end();
  });

describe('the server', () => {
  it('finds the bucket in front of the host', async () => {
    await put('v/x', 'virtual');
    for (const name of ['localhost', 'host.docker.internal'])
      expect(await raw('/v/x', { host: `lake.${name}:${standIns.port}` })).toEqual({ status: 200, text: 'virtual' });
  });

  it('takes a path as it is written', async () => {
    await put('../x', 'dots');
    expect(await raw('/lake/../x', { host: 'localhost' })).toEqual({ status: 200, text: 'dots' });
    expect(await raw('/lake/%zz', { host: 'localhost' })).toMatchObject({
      status: 400,
      text: expect.stringContaining('InvalidURI'),
    });
  });

  it('answers an error to a request that came while the one before was being answered', async () => {
    await put('pipelined', 'first');
    const socket = connect(standIns.port, '127.0.0.1');
    const get = (path: string, connection: string) =>
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: ${connection}\r\n\r\n`;
    socket.write(get('/lake/pipelined', 'keep-alive') + get('/lake/%zz', 'close'));
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toMatch(/^HTTP\/1.1 200 .*first.*HTTP\/1.1 400 .*InvalidURI/s);
  });

  it.each(['127.0.0.1', '::1'])('listens on %s', async (address) => {
    expect((await raw('/', { host: 'localhost' }, address)).status).toBe(200);
  });

  it.each([
    [{ host: 'evil.example:8788' }],
    [{ host: 'localhost.evil.example' }],
    [{ host: 'host.docker.internal.evil.example' }],
    [{ host: '192.168.0.7:8788' }],
    [{ host: 'localhost:8788', origin: 'http://localhost:3000' }],
    [{ host: 'localhost:8788', origin: 'null' }],
    [{ host: 'localhost:8788', 'sec-fetch-site': 'cross-site' }],
  ])('refuses a browser: %j', async (headers) => {
    expect((await raw('/', headers)).status).toBe(403);
  });

  it.each([
    'localhost',
    'localhost:8788',
    '127.0.0.1:8788',
    '[::1]:8788',
    'lake.localhost:8788',
    'host.docker.internal:8788',
  ])('answers to %s', async (host) => {
    expect((await raw('/', { host })).status).toBe(200);
  });

  it('gives requests under a registered prefix to their route', async () => {
    expect(await raw('/_route/x?y=1', { host: 'localhost' }, '127.0.0.1', 'PUT')).toEqual({
      status: 200,
      text: 'PUT /_route/x?y=1',
    });
  });

  it('answers what S3 has and this has not', async () => {
    expect(await raw('/lake?tagging', { host: 'localhost' })).toMatchObject({
      status: 501,
      text: expect.stringContaining('NotImplemented'),
    });
    expect(await raw('/lake', { host: 'localhost' }, '127.0.0.1', 'DELETE')).toMatchObject({ status: 405 });
  });
});

/** Operations that the laptop's S3 takes, by AWS's names: its switch says the method, what the path names and the subresource. */
const operations = (models: Models): readonly string[] => {
  const source = readFileSync(join(import.meta.dirname, '../../local/s3/wire.ts'), 'utf8');
  const paths: Readonly<Record<string, string>> = { root: '/', bucket: '/b', object: '/b/k' };
  const names = [...source.matchAll(/case '(\w+) (root|bucket|object)(?:\?(\w+))?'/g)].flatMap(
    ([, method = '', level = '', subresource]) => {
      const url = `${paths[level]}?${subresource ?? 'x-id'}`;
      const forms: Pick<Exchange, 'url' | 'headers'>[] = [url, `${url}&partNumber=1`, `${url}&list-type=2`].flatMap(
        (each) => [
          { url: each, headers: {} },
          { url: each, headers: { 'x-amz-copy-source': 'b/k' } },
        ],
      );
      return forms.map((form) => findS3Operation(models('s3'), { ...emptyExchange, ...form, method })?.name ?? '');
    },
  );
  return [...new Set(names)];
};
const emptyExchange = { body: Buffer.alloc(0), status: 200, answerHeaders: {}, answer: Buffer.alloc(0) };

describeWire('s3', operations);
