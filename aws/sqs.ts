import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { ask } from './ask.ts';
import { Fault } from './fault.ts';

/** How many messages a queue holds; AWS calls the figures approximate. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** Throws `Fault`. */
export const readQueueDepth = (url: string, client: SQSClient): Promise<QueueDepth> =>
  ask('GetQueueAttributes', async () => {
    const { Attributes: found = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    return {
      waiting: Number(found.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(found.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(found.ApproximateNumberOfMessagesDelayed ?? 0),
    };
  });

export interface QueueMessage {
  readonly id: string;
  /** Names this receipt of the message, to those who delete it or give it back. */
  readonly receipt: string;
  readonly body: string;
  /** How often it was received, this time included. */
  readonly receiveCount: number;
  /** Epoch milliseconds at which it was sent. */
  readonly sentAt: number;
}

export interface Queue {
  readonly url: string;
  depth(): Promise<QueueDepth>;
  /** All of them, in as few calls as fit. Throws `Fault` when one is refused; those before it are in the queue then. */
  send(bodies: readonly string[]): Promise<void>;
  /** Up to ten messages, which nobody else sees for `hiddenSeconds`; waits `waitSeconds`, at most 20, for the first. */
  receive(hiddenSeconds: number, waitSeconds: number): Promise<readonly QueueMessage[]>;
  remove(messages: readonly QueueMessage[]): Promise<void>;
  /** Gives messages back: others see them at once. */
  release(messages: readonly QueueMessage[]): Promise<void>;
}

/** Messages of one call (Amazon SQS API reference, SendMessageBatch); bytes within the limit that SQS had before 1 MiB. */
const messagesPerCall = 10;
const bytesPerCall = 256 * 1024;

export const createQueue = (
  url: string,
  client: SQSClient = new SQSClient({ useQueueUrlAsEndpoint: false }),
): Queue => ({
  url,
  depth: () => readQueueDepth(url, client),
  async send(bodies) {
    for (const group of toCalls(bodies))
      await inBatch('SendMessageBatch', () =>
        client.send(
          new SendMessageBatchCommand({
            QueueUrl: url,
            Entries: group.map((body, at) => ({ Id: String(at), MessageBody: body })),
          }),
        ),
      );
  },
  receive: (hiddenSeconds, waitSeconds) =>
    ask('ReceiveMessage', async () => {
      const { Messages: found = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: messagesPerCall,
          VisibilityTimeout: hiddenSeconds,
          WaitTimeSeconds: waitSeconds,
          MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp'],
        }),
      );
      return found.map(({ MessageId, ReceiptHandle, Body, Attributes }) => ({
        id: MessageId ?? '',
        receipt: ReceiptHandle ?? '',
        body: Body ?? '',
        receiveCount: Number(Attributes?.ApproximateReceiveCount ?? 0),
        sentAt: Number(Attributes?.SentTimestamp ?? 0),
      }));
    }),
  async remove(messages) {
    for (const group of inTens(messages))
      await inBatch('DeleteMessageBatch', () =>
        client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries: group.map(toEntry) })),
      );
  },
  async release(messages) {
    for (const group of inTens(messages))
      await inBatch('ChangeMessageVisibilityBatch', () =>
        client.send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl: url,
            Entries: group.map((message, at) => ({ ...toEntry(message, at), VisibilityTimeout: 0 })),
          }),
        ),
      );
  },
});

interface BatchAnswer {
  readonly Failed?:
    | readonly { readonly Code?: string | undefined; readonly Message?: string | undefined }[]
    | undefined;
}

/** SQS answers 200 though it refused a part. */
const inBatch = (what: string, request: () => Promise<BatchAnswer>): Promise<void> =>
  ask(what, async () => {
    const [refused] = (await request()).Failed ?? [];
    if (refused !== undefined)
      throw new Fault(refused.Code ?? 'Unknown', `${what}: ${refused.Message ?? 'no reason given'}`, true);
  });

const toEntry = ({ receipt }: QueueMessage, at: number) => ({ Id: String(at), ReceiptHandle: receipt });

const inTens = <Item>(items: readonly Item[]): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / messagesPerCall) }, (_, at) =>
    items.slice(at * messagesPerCall, (at + 1) * messagesPerCall),
  );

const toCalls = (bodies: readonly string[]): string[][] => {
  const calls: string[][] = [];
  let call: string[] = [];
  let bytes = 0;
  for (const body of bodies) {
    const size = Buffer.byteLength(body);
    if (call.length === messagesPerCall || (call.length > 0 && bytes + size > bytesPerCall)) {
      calls.push(call);
      call = [];
      bytes = 0;
    }
    call.push(body);
    bytes += size;
  }
  if (call.length > 0) calls.push(call);
  return calls;
};
