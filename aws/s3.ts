import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { codeOf, Fault } from './fault.ts';

export interface Bucket {
  /** Writes a small JSON object. Throws `Fault` when S3 does not take it. */
  putJson(key: string, value: unknown): Promise<void>;
  /** Whether an object is there, asked by listing: that needs no right to read what it holds. Throws `Fault` when S3 does not tell. */
  has(key: string): Promise<boolean>;
}

export const createBucket = (name: string, client: S3Client = new S3Client({})): Bucket => ({
  async putJson(key, value) {
    try {
      const body = JSON.stringify(value);
      await client.send(new PutObjectCommand({ Bucket: name, Key: key, Body: body, ContentType: 'application/json' }));
    } catch (error) {
      throw new Fault(codeOf(error), `s3://${name}/${key} could not be written`, true, error);
    }
  },
  async has(key) {
    try {
      // Keys come in the order of their bytes: of those that begin with this one, itself is the first.
      const { Contents } = await client.send(new ListObjectsV2Command({ Bucket: name, Prefix: key, MaxKeys: 1 }));
      return Contents?.[0]?.Key === key;
    } catch (error) {
      throw new Fault(codeOf(error), `s3://${name}/${key} could not be looked for`, true, error);
    }
  },
});
