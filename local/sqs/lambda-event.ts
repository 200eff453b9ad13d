import { invocationBytes } from '../invoke.ts';
import { type Message, md5Of, md5OfAttributes, systemAttributes } from './message.ts';

const FRAME_BYTES = Buffer.byteLength('{"Records":[]}');

/** Builds one event of an SQS event source ("Using Lambda with Amazon SQS") and knows when it is full. */
export interface EventBuilder {
  /** Adds the message, or returns false when it does not fit; the first always does. */
  add(message: Message): boolean;
  toJson(): string;
}

export const createEventBuilder = (source: {
  readonly queueArn: string;
  readonly region: string;
  readonly senderId: string;
}): EventBuilder => {
  const records: string[] = [];
  let bytes = FRAME_BYTES;
  return {
    add: (message) => {
      const record = JSON.stringify(toRecord(message, source));
      const size = Buffer.byteLength(record) + 1;
      if (records.length > 0 && bytes + size > invocationBytes) return false;
      records.push(record);
      bytes += size;
      return true;
    },
    toJson: () => `{"Records":[${records.join(',')}]}`,
  };
};

const toRecord = (
  message: Message,
  { queueArn, region, senderId }: { readonly queueArn: string; readonly region: string; readonly senderId: string },
) => ({
  messageId: message.messageId,
  receiptHandle: message.receiptHandle,
  body: message.body,
  attributes: systemAttributes(message, senderId),
  messageAttributes: Object.fromEntries(
    Object.entries(message.attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
      name,
      {
        stringValue: StringValue,
        binaryValue: BinaryValue,
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  ),
  md5OfMessageAttributes: md5OfAttributes(message.attributes),
  md5OfBody: md5Of(message.body),
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: region,
});
