import { isObject, parseJson } from '#core/json.ts';
import { canStandInStatement } from '#core/sql-text.ts';

/** One object to load, and the messages of a queue that told of it. */
export interface LandedObject {
  readonly bucket: string;
  readonly key: string;
  readonly etag: string;
  /** Undefined where the notification does not tell. */
  readonly bytes: number | undefined;
  readonly messageIds: readonly string[];
}

export interface Notices {
  readonly objects: readonly LandedObject[];
  /** Messages that tell of nothing readable: they go back to the queue, and in the end to the dead letters. */
  readonly unreadable: readonly string[];
  /** Whether S3 itself invoked the function: then there is no message to hand back. */
  readonly isDirect: boolean;
}

/**
 * Objects named by S3 notifications, each once however often it is told: inside SQS messages, or as S3 sends them to a function.
 * `s3:TestEvent`, which S3 sends when the notification is set up, names none and is no fault (Amazon S3 user guide, "Event
 * message structure"). Throws when an event is neither.
 */
export const readNotices = (event: unknown): Notices => {
  const objects = new Map<string, LandedObject>();
  const unreadable: string[] = [];
  const read = (notice: unknown, messageId: string | undefined): void => {
    const message = isObject(notice) ? notice : {};
    if (message.Event === 's3:TestEvent') return;
    const told = Array.isArray(message.Records) ? message.Records.map(toObject) : [undefined];
    if (told.includes(undefined)) unreadable.push(messageId ?? 'a record of the notification');
    if (told.includes(undefined) && messageId !== undefined) return;
    for (const object of told) if (object !== undefined) remember(objects, object, messageId);
  };
  const isDirect = isFromS3(event);
  if (isDirect) read(event, undefined);
  else for (const { messageId, body } of toMessages(event)) read(parseBody(body), messageId);
  return { objects: [...objects.values()], unreadable, isDirect };
};

const isFromS3 = (event: unknown): boolean => {
  if (!isObject(event)) return false;
  if (event.Event === 's3:TestEvent') return true;
  const [first]: unknown[] = Array.isArray(event.Records) ? event.Records : [];
  return isObject(first) && first.eventSource === 'aws:s3';
};

const toMessages = (event: unknown) => {
  const records: unknown[] = isObject(event) && Array.isArray(event.Records) ? event.Records : [undefined];
  return records.map((record) => {
    if (!isObject(record) || typeof record.messageId !== 'string' || typeof record.body !== 'string')
      throw new Error('Records[] are neither SQS messages nor S3 notifications: send one of the two');
    return { messageId: record.messageId, body: record.body };
  });
};

const parseBody = (body: string): unknown => {
  const notice = parseJson(body);
  return notice.ok ? notice.value : undefined;
};

type Told = Omit<LandedObject, 'messageIds'>;

const remember = (objects: Map<string, LandedObject>, object: Told, messageId: string | undefined): void => {
  const name = `${object.key} ${object.etag}`;
  const known = objects.get(name)?.messageIds ?? [];
  objects.set(name, { ...object, messageIds: messageId === undefined ? known : [...known, messageId] });
};

const toObject = (record: unknown): Told | undefined => {
  const s3 = isObject(record) && isObject(record.s3) ? record.s3 : {};
  const bucket = isObject(s3.bucket) ? s3.bucket.name : undefined;
  const object = isObject(s3.object) ? s3.object : {};
  if (typeof bucket !== 'string' || typeof object.key !== 'string') return undefined;
  const key = decodeKey(object.key);
  // Firehose makes no key that cannot: a message that tells of one goes to the dead letters and holds back no other.
  if (key === undefined || !canStandInStatement(key) || !canStandInStatement(bucket)) return undefined;
  return {
    bucket,
    key,
    etag: typeof object.eTag === 'string' ? object.eTag.replaceAll('"', '') : '',
    bytes: typeof object.size === 'number' ? object.size : undefined,
  };
};

/** An object of no bytes holds no row, and is no gzip file that COPY would take: the ledger alone hears of it. */
export const isEmpty = ({ bytes }: LandedObject): boolean => bytes === 0;

/** S3 form-encodes keys in notifications: a space is `+`. */
const decodeKey = (key: string): string | undefined => {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
};
