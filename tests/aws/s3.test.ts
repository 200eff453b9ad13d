import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { createBucket } from '#aws/s3.ts';

const s3 = mockClient(S3Client);
beforeEach(() => s3.reset());
const bucket = createBucket('lake', new S3Client({ region: 'us-east-1' }));

it.each([
  [['landed/a'], true],
  [['landed/a.json'], false],
  [[], false],
])('knows of an object that the first key with its name is it: %j', async (keys, isThere) => {
  s3.on(ListObjectsV2Command, { Bucket: 'lake', Prefix: 'landed/a', MaxKeys: 1 }).resolves({
    Contents: keys.map((Key) => ({ Key })),
  });
  expect(await bucket.has('landed/a')).toBe(isThere);
});

it('throws a fault that can be tried again when S3 does not tell', async () => {
  s3.on(ListObjectsV2Command).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' }));
  await expect(bucket.has('landed/a')).rejects.toMatchObject({ name: 'Fault', code: 'AccessDenied', retryable: true });
});
