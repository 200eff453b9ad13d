import type { QueueMessage } from '#aws/sqs.ts';
import { isRecord, listOf, parseJson, recordOf, textOf } from '../json.ts';

/** One message that was given up, with the objects that it tells of. */
export interface Letter {
  readonly message: QueueMessage;
  /** Empty where the body is no notification of S3. */
  readonly objects: readonly { readonly key: string; readonly bytes: number | null }[];
}

export const toLetter = (message: QueueMessage): Letter => ({
  message,
  objects: listOf(recordOf(parseJson(message.body)).Records)
    .filter(isRecord)
    .flatMap((record) => {
      const { key, size } = recordOf(recordOf(record.s3).object);
      const decoded = decodeKey(textOf(key));
      return decoded === '' ? [] : [{ key: decoded, bytes: typeof size === 'number' ? size : null }];
    }),
});

/** S3 form-encodes keys in notifications. */
const decodeKey = (key: string): string => {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
};
