import type { Access } from '../iam/principal.ts';
import type { Exchange } from './exchange.ts';
import { copySource } from './wire-objects.ts';

/** What each operation needs ("Actions, resources, and condition keys for Amazon S3", Service Authorization Reference). */
const actions: Readonly<Record<string, string>> = {
  'GET root': 'ListAllMyBuckets',
  'PUT bucket': 'CreateBucket',
  'HEAD bucket': 'ListBucket',
  'GET bucket': 'ListBucket',
  'GET bucket?location': 'GetBucketLocation',
  'PUT object': 'PutObject',
  'GET object': 'GetObject',
  'HEAD object': 'GetObject',
  'DELETE object': 'DeleteObject',
  'POST object?uploads': 'PutObject',
  'PUT object?uploadId': 'PutObject',
  'GET object?uploadId': 'ListMultipartUploadParts',
  'POST object?uploadId': 'PutObject',
  'DELETE object?uploadId': 'AbortMultipartUpload',
};

const listKeys = { prefix: 's3:prefix', delimiter: 's3:delimiter', 'max-keys': 's3:max-keys' };

/** Undefined for an operation that no role can be given; DeleteObjects asks for each of its keys by itself. */
export const needsOf = (operation: string, exchange: Exchange): readonly Access[] | undefined => {
  if (operation === 'POST bucket?delete') return [];
  const action = actions[operation];
  if (action === undefined) return undefined;
  const { bucket, key, query, request } = exchange;
  const resource = bucket === '' ? '*' : toArn(bucket, key);
  const context = Object.fromEntries(
    Object.entries(listKeys).flatMap(([name, conditionKey]) => {
      const value = action === 'ListBucket' ? query.get(name) : null;
      return value === null ? [] : [[conditionKey, value]];
    }),
  );
  const own: Access = { action: `s3:${action}`, resource, context };
  if (action !== 'PutObject' || request.headers['x-amz-copy-source'] === undefined) return [own];
  const source = copySource(exchange);
  return [own, { action: 's3:GetObject', resource: toArn(source.bucket, source.key) }];
};

export const toArn = (bucket: string, key: string): string =>
  key === '' ? `arn:aws:s3:::${bucket}` : `arn:aws:s3:::${bucket}/${key}`;
