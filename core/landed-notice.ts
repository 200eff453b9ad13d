/** An object of the lake that a notice tells of. */
export interface NoticedObject {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

/**
 * The body of a message that tells the loader of objects, as S3's own notifications do (Amazon S3 user guide, "Event message
 * structure"): keys are form-encoded in them.
 */
export const toLandedNotice = (bucket: string, objects: readonly NoticedObject[]): string =>
  JSON.stringify({
    Records: objects.map(({ key, etag, bytes, lastModified }) => ({
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      eventTime: new Date(lastModified).toISOString(),
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name: bucket, arn: `arn:aws:s3:::${bucket}` },
        object: { key: encodeKey(key), size: bytes, eTag: etag },
      },
    })),
  });

const encodeKey = (key: string): string => key.split('/').map(encodeURIComponent).join('/').replaceAll('%20', '+');
