import { createReadStream } from 'node:fs';
import { answerEmpty, answerXml, type Exchange, header, readText } from './exchange.ts';
import { parseRange } from './range.ts';
import type { S3 } from './s3.ts';
import { keptHeaders, uploadBody } from './upload-body.ts';
import type { UploadRef } from './uploads.ts';
import { copySource } from './wire-objects.ts';
import { parseComplete, toXml } from './xml.ts';

const uploadOf = ({ bucket, key, query }: Exchange): UploadRef => ({
  bucket,
  key,
  uploadId: query.get('uploadId') ?? '',
});

export const createUpload = (s3: S3, exchange: Exchange): void => {
  const { bucket, key } = exchange;
  const uploadId = s3.uploads.create(bucket, key, keptHeaders(exchange));
  const algorithm = header(exchange, 'x-amz-checksum-algorithm');
  if (algorithm !== undefined) exchange.response.setHeader('x-amz-checksum-algorithm', algorithm);
  answerXml(
    exchange,
    toXml('InitiateMultipartUploadResult', [
      ['Bucket', bucket],
      ['Key', key],
      ['UploadId', uploadId],
    ]),
  );
};

export const putPart = async (s3: S3, exchange: Exchange): Promise<void> => {
  const { body, verify, checksumHeaders } = uploadBody(exchange);
  const part = await s3.uploads.putPart(uploadOf(exchange), partNumber(exchange), body, verify);
  answerEmpty(exchange, 200, { etag: `"${part.etag}"`, ...checksumHeaders() });
};

export const copyPart = async (s3: S3, exchange: Exchange): Promise<void> => {
  const source = copySource(exchange);
  const { object, descriptor } = s3.openObject(source.bucket, source.key);
  const range = parseRange(header(exchange, 'x-amz-copy-source-range'), object.size);
  const body = createReadStream('', { fd: descriptor, ...range });
  const part = await s3.uploads.putPart(uploadOf(exchange), partNumber(exchange), body).finally(() => body.destroy());
  answerXml(
    exchange,
    toXml('CopyPartResult', [
      ['LastModified', new Date(part.lastModified).toISOString()],
      ['ETag', `"${part.etag}"`],
    ]),
  );
};

const partNumber = ({ query }: Exchange): number => Number(query.get('partNumber') ?? Number.NaN);

export const listParts = (s3: S3, exchange: Exchange): void => {
  const upload = uploadOf(exchange);
  const parts = s3.uploads.parts(upload).map(
    (part) =>
      [
        'Part',
        [
          ['PartNumber', part.number],
          ['LastModified', new Date(part.lastModified).toISOString()],
          ['ETag', `"${part.etag}"`],
          ['Size', part.size],
        ],
      ] as const,
  );
  answerXml(
    exchange,
    toXml('ListPartsResult', [
      ['Bucket', upload.bucket],
      ['Key', upload.key],
      ['UploadId', upload.uploadId],
      ['IsTruncated', false],
      ...parts,
    ]),
  );
};

export const completeUpload = async (s3: S3, exchange: Exchange): Promise<void> => {
  const parts = parseComplete(await readText(uploadBody(exchange).body));
  const object = await s3.uploads.complete(uploadOf(exchange), parts);
  answerXml(
    exchange,
    toXml('CompleteMultipartUploadResult', [
      ['Location', `http://${exchange.request.headers.host}/${object.bucket}/${encodeURIComponent(object.key)}`],
      ['Bucket', object.bucket],
      ['Key', object.key],
      ['ETag', `"${object.etag}"`],
    ]),
  );
};

export const abortUpload = (s3: S3, exchange: Exchange): void => {
  s3.uploads.abort(uploadOf(exchange));
  answerEmpty(exchange, 204);
};
