import { AwsError } from '../aws-error.ts';
import { AccessDenied } from '../iam/denial.ts';
import { invalidArgument } from './errors.ts';
import { answerEmpty, answerXml, type Exchange, readText } from './exchange.ts';
import { MAX_KEYS, type ObjectPage } from './listing.ts';
import { toArn } from './needs.ts';
import type { S3 } from './s3.ts';
import { uploadBody } from './upload-body.ts';
import { parseDelete, toXml, type XmlElement } from './xml.ts';

export const listBuckets = (s3: S3, exchange: Exchange): void => {
  const buckets = s3.buckets().map(
    (bucket): XmlElement => [
      'Bucket',
      [
        ['Name', bucket.name],
        ['CreationDate', new Date(bucket.createdAt).toISOString()],
      ],
    ],
  );
  answerXml(exchange, toXml('ListAllMyBucketsResult', [OWNER, ['Buckets', buckets]]));
};

const OWNER: XmlElement = ['Owner', [['ID', 'local']]];

export const createBucket = (s3: S3, exchange: Exchange): void => {
  const { bucket } = exchange;
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket)) {
    throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', 400, { BucketName: bucket });
  }
  if (s3.buckets().some(({ name }) => name === bucket)) {
    throw new AwsError(
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      409,
      { BucketName: bucket },
    );
  }
  s3.createBucket(bucket);
  answerEmpty(exchange, 200, { location: `/${bucket}` });
};

export const headBucket = (s3: S3, exchange: Exchange, region: string): void => {
  s3.bucket(exchange.bucket);
  answerEmpty(exchange, 200, { 'x-amz-bucket-region': region });
};

/** An empty constraint means us-east-1. */
export const getBucketLocation = (s3: S3, exchange: Exchange, region: string): void => {
  s3.bucket(exchange.bucket);
  answerXml(exchange, toXml('LocationConstraint', region === 'us-east-1' ? '' : region));
};

export const listObjectsV2 = (s3: S3, exchange: Exchange): void => {
  const { query, bucket } = exchange;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after');
  const after = token === null ? (startAfter ?? '') : parseToken(token);
  const { page, encode, common } = listPage(s3, exchange, after);
  answerXml(
    exchange,
    toXml('ListBucketResult', [
      ['Name', bucket],
      ...common,
      ['KeyCount', page.objects.length + page.commonPrefixes.length],
      token === null ? undefined : ['ContinuationToken', token],
      startAfter === null ? undefined : ['StartAfter', encode(startAfter)],
      page.next === undefined ? undefined : ['NextContinuationToken', Buffer.from(page.next).toString('base64url')],
      ...contents(page, encode),
    ]),
  );
};

export const listObjectsV1 = (s3: S3, exchange: Exchange): void => {
  const { query, bucket } = exchange;
  const marker = query.get('marker') ?? '';
  const { page, encode, common } = listPage(s3, exchange, marker);
  answerXml(
    exchange,
    toXml('ListBucketResult', [
      ['Name', bucket],
      ['Marker', encode(marker)],
      ...common,
      page.next === undefined || !query.has('delimiter') ? undefined : ['NextMarker', encode(page.next)],
      ...contents(page, encode),
    ]),
  );
};

/** What both versions share: the page, how keys are written, and the elements that repeat the request. */
const listPage = (s3: S3, { query, bucket }: Exchange, after: string) => {
  const encoding = query.get('encoding-type');
  const encode = encoding === 'url' ? encodeListed : (text: string): string => text;
  const maxKeys = parseMaxKeys(query.get('max-keys'));
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const page = s3.listObjects({ bucket, prefix, delimiter, after, maxKeys });
  const common: readonly XmlElement[] = [
    ['Prefix', encode(prefix)],
    delimiter === '' ? undefined : ['Delimiter', encode(delimiter)],
    ['MaxKeys', maxKeys],
    encoding === null ? undefined : ['EncodingType', encoding],
    ['IsTruncated', page.truncated],
  ];
  return { page, encode, common };
};

const contents = (page: ObjectPage, encode: (text: string) => string): readonly XmlElement[] => [
  ...page.objects.map(
    (object): XmlElement => [
      'Contents',
      [
        ['Key', encode(object.key)],
        ['LastModified', new Date(object.lastModified).toISOString()],
        ['ETag', `"${object.etag}"`],
        ['Size', object.size],
        ['StorageClass', 'STANDARD'],
      ],
    ],
  ),
  ...page.commonPrefixes.map((prefix): XmlElement => ['CommonPrefixes', [['Prefix', encode(prefix)]]]),
];

const encodeListed = (text: string): string => encodeURIComponent(text).replaceAll('%2F', '/');

const parseMaxKeys = (text: string | null): number => {
  const value = text === null ? MAX_KEYS : Number(text);
  if (!Number.isInteger(value) || value < 0)
    throw invalidArgument('Provided max-keys not an integer or within integer range');
  return Math.min(value, MAX_KEYS);
};

const parseToken = (token: string): string => {
  const after = Buffer.from(token, 'base64url').toString('utf8');
  if (after === '') throw invalidArgument('The continuation token provided is incorrect');
  return after;
};

export const deleteObjects = async (s3: S3, exchange: Exchange): Promise<void> => {
  s3.bucket(exchange.bucket);
  const { keys, quiet } = parseDelete(await readText(uploadBody(exchange).body));
  const { bucket, gate, caller } = exchange;
  const results = keys.map((key): XmlElement => {
    try {
      gate.check(caller.principal, { action: 's3:DeleteObject', resource: toArn(bucket, key) });
      s3.deleteObject(bucket, key);
      return quiet ? undefined : ['Deleted', [['Key', key]]];
    } catch (error) {
      if (!(error instanceof AccessDenied)) throw error;
      const { code, message } = error.as('s3');
      const members: readonly XmlElement[] = [
        ['Key', key],
        ['Code', code],
        ['Message', message],
      ];
      return ['Error', members];
    }
  });
  answerXml(exchange, toXml('DeleteResult', results));
};
