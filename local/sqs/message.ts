import { createHash } from 'node:crypto';

/** One message attribute as the SQS API spells it; binary values are base64. */
export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** A message as one receiver got it. */
export interface Message {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** Names this one receive of the message. */
  readonly receiptHandle: string;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** Epoch milliseconds. */
  readonly firstReceivedAt: number;
  /** This receive included. */
  readonly receiveCount: number;
  /** ARN of the queue it failed in, for a message in a dead-letter queue. */
  readonly deadLetterSource: string | undefined;
}

export const md5Of = (text: string): string => createHash('md5').update(text).digest('hex');

/** The digest that clients check ("Calculating the MD5 message digest for message attributes", SQS developer guide). */
export const md5OfAttributes = (attributes: MessageAttributes): string | undefined => {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const md5 = createHash('md5');
  const add = (value: string | Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(value));
    md5.update(length).update(value);
  };
  for (const name of names) {
    const { DataType = '', StringValue, BinaryValue } = attributes[name] ?? {};
    add(name);
    add(DataType);
    md5.update(Buffer.of(BinaryValue === undefined ? 1 : 2));
    add(BinaryValue === undefined ? (StringValue ?? '') : Buffer.from(BinaryValue, 'base64'));
  }
  return md5.digest('hex');
};

/** System attributes of a received message by the names the API gives them; every value is a string. */
export const systemAttributes = (message: Message, senderId: string): Readonly<Record<string, string>> => ({
  ApproximateReceiveCount: String(message.receiveCount),
  SentTimestamp: String(message.sentAt),
  SenderId: senderId,
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  ...(message.deadLetterSource === undefined ? {} : { DeadLetterQueueSourceArn: message.deadLetterSource }),
});
