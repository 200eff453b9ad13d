import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { codeOf, Fault } from './fault.ts';

export interface Bucket {
  /** Writes a small JSON object. Throws `Fault` when S3 does not take it. */
  putJson(key: string, value: unknown): Promise<void>;
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
});
