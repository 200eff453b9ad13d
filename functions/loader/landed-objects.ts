import type { SQSRecord } from 'aws-lambda';
import { isObject, parseJson } from '#core/json.ts';

/** One object to load, and the messages that told of it. */
export interface LandedObject {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
  readonly messageIds: readonly string[];
}

export interface Notices {
  readonly objects: readonly LandedObject[];
  /** Messages that tell of nothing readable: they go back to the queue, and in the end to the dead letters. */
  readonly unreadable: readonly string[];
}

/**
 * Objects named by S3 notifications inside SQS messages, each once however often it is told. `s3:TestEvent`, which S3 sends
 * when the notification is set up, names none and is no fault (Amazon S3 user guide, "Event message structure").
 */
export const readNotices = (records: readonly SQSRecord[]): Notices => {
  const objects = new Map<string, LandedObject>();
  const unreadable: string[] = [];
  for (const { messageId, body } of records) {
    if (typeof body !== 'string') throw new Error('Records[].body is missing: send S3 notifications through the queue');
    const notice = parseJson(body);
    const message = notice.ok && isObject(notice.value) ? notice.value : {};
    if (message.Event === 's3:TestEvent') continue;
    const told = Array.isArray(message.Records) ? message.Records.map(toObject) : [undefined];
    if (told.includes(undefined)) unreadable.push(messageId);
    else for (const object of told) if (object !== undefined) remember(objects, object, messageId);
  }
  return { objects: [...objects.values()], unreadable };
};

type Told = Omit<LandedObject, 'messageIds'>;

const remember = (objects: Map<string, LandedObject>, object: Told, messageId: string): void => {
  const name = `${object.key} ${object.etag}`;
  const known = objects.get(name);
  objects.set(name, { ...object, messageIds: [...(known?.messageIds ?? []), messageId] });
};

const toObject = (record: unknown): Told | undefined => {
  const s3 = isObject(record) && isObject(record.s3) ? record.s3 : {};
  const bucket = isObject(s3.bucket) ? s3.bucket.name : undefined;
  const object = isObject(s3.object) ? s3.object : {};
  if (typeof bucket !== 'string' || typeof object.key !== 'string') return undefined;
  const key = decodeKey(object.key);
  if (key === undefined || !canBeNamed(key) || !canBeNamed(bucket)) return undefined;
  return {
    bucket,
    key,
    etag: typeof object.eTag === 'string' ? object.eTag.replaceAll('"', '') : '',
    bytes: typeof object.size === 'number' ? object.size : 0,
  };
};

/**
 * Whether a name can stand in a statement: Redshift reads a backslash as an escape. Firehose makes no such key, so a message
 * that tells of one goes to the dead letters and holds back no other.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
export const canBeNamed = (name: string): boolean => !/[\\\u0000-\u001f]/.test(name);

/** S3 form-encodes keys in notifications: a space is `+`. */
const decodeKey = (key: string): string | undefined => {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
};
