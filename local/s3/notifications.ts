import { createHash } from 'node:crypto';
import type { Random } from '../random.ts';
import { invalidArgument } from './errors.ts';

/** One queue configuration of a bucket. Only `s3:ObjectCreated:*` and its single events are known. */
export interface BucketNotification {
  readonly queueArn: string;
  readonly events: readonly string[];
  readonly prefix?: string;
  readonly suffix?: string;
}

export type ObjectCreated = 'ObjectCreated:Put' | 'ObjectCreated:Copy' | 'ObjectCreated:CompleteMultipartUpload';

export interface CreatedObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly sequencer: string;
  /** Epoch milliseconds. */
  readonly lastModified: number;
}

const KNOWN_EVENTS = new Set([
  's3:ObjectCreated:*',
  's3:ObjectCreated:Put',
  's3:ObjectCreated:Post',
  's3:ObjectCreated:Copy',
  's3:ObjectCreated:CompleteMultipartUpload',
]);

export const checkNotifications = (notifications: readonly BucketNotification[]): void => {
  for (const event of notifications.flatMap((notification) => notification.events)) {
    if (!KNOWN_EVENTS.has(event)) throw invalidArgument(`The event '${event}' is not supported for notifications`);
  }
};

export const isWanted = (notification: BucketNotification, event: ObjectCreated, key: string): boolean =>
  notification.events.some((wanted) => wanted === 's3:ObjectCreated:*' || wanted === `s3:${event}`) &&
  key.startsWith(notification.prefix ?? '') &&
  key.endsWith(notification.suffix ?? '');

/** `application/x-www-form-urlencoded`, but with `/` as it is: how S3 writes a key into an event. */
export const encodeKey = (key: string): string =>
  encodeURIComponent(key)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+');

interface Identity {
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
}

/** The message that S3 sends for one object ("Event message structure" in the S3 user guide, version 2.1). */
export const toEventMessage = (
  { random, region, accountId }: Identity,
  notification: BucketNotification,
  event: ObjectCreated,
  object: CreatedObject,
): string =>
  JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'aws:s3',
        awsRegion: region,
        eventTime: new Date(object.lastModified).toISOString(),
        eventName: event,
        userIdentity: { principalId: `AWS:${accountId}` },
        requestParameters: { sourceIPAddress: '127.0.0.1' },
        responseElements: { 'x-amz-request-id': requestId(random), 'x-amz-id-2': hostId(random) },
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: configurationId(notification),
          bucket: {
            name: object.bucket,
            ownerIdentity: { principalId: accountId },
            arn: `arn:aws:s3:::${object.bucket}`,
          },
          object: { key: encodeKey(object.key), size: object.size, eTag: object.etag, sequencer: object.sequencer },
        },
      },
    ],
  });

/** What S3 sends once when a notification is set on a bucket: no `Records`. */
export const toTestMessage = (random: Random, bucket: string, now: number): string =>
  JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date(now).toISOString(),
    Bucket: bucket,
    RequestId: requestId(random),
    HostId: hostId(random),
  });

/** The bucket that a message of the two above is about. */
export const bucketOf = (message: string): string => {
  const { Bucket: bucket, Records: records } = parseMessage(message);
  return bucket ?? records?.[0]?.s3.bucket.name ?? '';
};

interface Message {
  readonly Bucket?: string;
  readonly Records?: readonly { readonly s3: { readonly bucket: { readonly name: string } } }[];
}

const parseMessage = (text: string): Message => JSON.parse(text) as Message;

export const requestId = (random: Random): string => random.bytes(8).toString('hex').toUpperCase();
export const hostId = (random: Random): string => random.bytes(48).toString('base64');

const configurationId = (notification: BucketNotification): string =>
  createHash('sha256').update(JSON.stringify(notification)).digest('hex').slice(0, 32);
