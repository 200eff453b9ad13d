import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLake } from '#aws/lake.ts';

const s3 = mockClient(S3Client);
const lake = () => createLake('lake', new S3Client({ region: 'us-east-1' }));
const named = (name: string): Error => Object.assign(new Error('no'), { name });

beforeEach(() => s3.reset());

describe('the lake', () => {
  it('lists page after page, after a key, with etags as the ledger holds them', async () => {
    s3.on(ListObjectsV2Command)
      .resolvesOnce({
        Contents: [{ Key: 'landed/a', ETag: '"e1"', Size: 3, LastModified: new Date(5) }],
        NextContinuationToken: 'more',
      })
      .resolvesOnce({ Contents: [{ Key: 'landed/b', ETag: '"e2"', Size: 4, LastModified: new Date(6) }] });
    const found = [];
    for await (const object of lake().list('landed/', 'landed/0')) found.push(object);
    expect(found).toEqual([
      { key: 'landed/a', etag: 'e1', bytes: 3, lastModified: 5 },
      { key: 'landed/b', etag: 'e2', bytes: 4, lastModified: 6 },
    ]);
    const asked = s3.commandCalls(ListObjectsV2Command).map(({ args: [{ input }] }) => input);
    expect(asked).toEqual([
      { Bucket: 'lake', Prefix: 'landed/', StartAfter: 'landed/0' },
      { Bucket: 'lake', Prefix: 'landed/', StartAfter: 'landed/0', ContinuationToken: 'more' },
    ]);
  });

  it('says that an object is not there, and tells every other refusal by its code and name', async () => {
    s3.on(GetObjectCommand).rejectsOnce(named('NoSuchKey')).rejects(named('AccessDenied'));
    expect(await lake().get('a')).toBeUndefined();
    await expect(lake().get('a')).rejects.toMatchObject({
      name: 'Fault',
      code: 'AccessDenied',
      message: expect.stringContaining('s3://lake/a'),
    });
  });

  it('writes in place of one content only, where it is asked to', async () => {
    s3.on(PutObjectCommand).resolvesOnce({ ETag: '"new"' }).rejects(named('PreconditionFailed'));
    const bytes = Buffer.from('x');
    expect(await lake().put('a', bytes, { ifMatch: 'old', contentEncoding: 'gzip' })).toBe('new');
    expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toMatchObject({
      IfMatch: '"old"',
      ContentEncoding: 'gzip',
    });
    await expect(lake().put('a', bytes, { ifMatch: 'old' })).rejects.toMatchObject({ code: 'PreconditionFailed' });
  });
});
