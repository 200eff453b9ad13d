import { HeadBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { ask } from './ask.ts';

/** Whose a bucket name is. Names are unique in the world, or at least in a partition of AWS. */
export type BucketOwner =
  | { readonly kind: 'nobody' }
  | { readonly kind: 'account'; readonly region: string }
  /** Another account's, or one that these credentials may not see. */
  | { readonly kind: 'other' };

/** The client must follow redirects between regions: a bucket elsewhere is then told with its region. Throws `Fault`. */
export const findBucketOwner = (name: string, account: string, client: S3Client): Promise<BucketOwner> =>
  ask('HeadBucket', async () => {
    try {
      // Without the owner expected, a bucket of another account that lets us in would look like ours.
      const answer = await client.send(new HeadBucketCommand({ Bucket: name, ExpectedBucketOwner: account }));
      return { kind: 'account', region: answer.BucketRegion ?? (await client.config.region()) };
    } catch (error) {
      const status = statusOf(error);
      if (status === 404) return { kind: 'nobody' };
      // 301 once more after the redirect was followed: it is somewhere, and not for us to see.
      if (status === 403 || status === 301) return { kind: 'other' };
      throw error;
    }
  });

/** HEAD has no body to name an error in: the status is all there is. */
const statusOf = (error: unknown): unknown => {
  const metadata: unknown = error instanceof Error ? Reflect.get(error, '$metadata') : undefined;
  return typeof metadata === 'object' && metadata !== null ? Reflect.get(metadata, 'httpStatusCode') : undefined;
};
