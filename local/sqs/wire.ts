import { AwsError } from '../aws-error.ts';
import { checkLimits } from '../aws-limits.ts';
import { createInput, type Input, type Refuse } from '../aws-wire.ts';
import type { QueryCompatible } from '../json-protocol.ts';
import type { JsonService, Needs, Operation } from '../operations.ts';
import { account, region } from '../template/resource-names.ts';
import {
  batchTooLong,
  emptyBatch,
  idsNotDistinct,
  invalidAttributeName,
  invalidParameter,
  missingParameter,
  queryErrors,
  queueDoesNotExist,
  tooManyEntries,
} from './errors.ts';
import { queueAttributeNames, sqsLimits } from './limits.ts';
import {
  type Message,
  type MessageAttribute,
  type MessageAttributes,
  md5Of,
  md5OfAttributes,
  systemAttributes,
} from './message.ts';
import { MAX_MESSAGE_BYTES, type Queue } from './queue.ts';
import type { Sqs } from './sqs.ts';

const MAX_BATCH_ENTRIES = 10;
/** Seconds. ("Amazon SQS message quotas" and the API reference.) */
const VISIBILITY_RANGE = { min: 0, max: 43_200 };
const DELAY_RANGE = { min: 0, max: 900 };
const WAIT_RANGE = { min: 0, max: 20 };
const ANY = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY };

const refuse: Refuse = (kind, name, detail) => (kind === 'missing' ? missingParameter(name) : invalidParameter(detail));

/** SQS's AWS JSON 1.0 protocol over the behaviour. */
export const createSqsService = (
  sqs: Sqs,
  { accountId }: { readonly accountId: string },
): JsonService & QueryCompatible => {
  const withInput =
    (operation: (input: Input) => unknown): Operation =>
    (members) => {
      checkLimits(members, sqsLimits, refuse);
      return operation(createInput(members, refuse));
    };
  const onQueue = (operation: (queue: Queue, input: Input) => unknown): Operation =>
    withInput((input) => operation(sqs.queueByUrl(input.text('QueueUrl')), input));

  return {
    target: 'AmazonSQS',
    protocol: '1.0',
    messageMember: 'message',
    queryErrors,
    operations: {
      SendMessage: onQueue(send),
      SendMessageBatch: onQueue((queue, input) => {
        const entries = entriesOf(input, 'MessageBody');
        const bytes = entries.reduce(
          (sum, entry) => sum + Buffer.byteLength(entry.optionalText('MessageBody') ?? ''),
          0,
        );
        if (bytes > MAX_MESSAGE_BYTES) throw batchTooLong(bytes, MAX_MESSAGE_BYTES);
        return forEach(entries, (entry) => send(queue, entry));
      }),
      ReceiveMessage: onQueue(async (queue, input) => {
        const max = input.optionalInteger('MaxNumberOfMessages', { min: 1, max: MAX_BATCH_ENTRIES }) ?? 1;
        const visibilityTimeoutSeconds = input.optionalInteger('VisibilityTimeout', VISIBILITY_RANGE);
        const wait = input.optionalInteger('WaitTimeSeconds', WAIT_RANGE) ?? 0;
        const system = [...input.texts('AttributeNames'), ...input.texts('MessageSystemAttributeNames')];
        const wanted = input.texts('MessageAttributeNames');
        const messages = await sqs.receiveWaiting(queue, wait, { max, visibilityTimeoutSeconds });
        if (messages.length === 0) return {};
        return { Messages: messages.map((message) => toReceived({ message, accountId, system, wanted })) };
      }),
      DeleteMessage: onQueue(remove),
      DeleteMessageBatch: onQueue((queue, input) =>
        forEach(entriesOf(input, 'ReceiptHandle'), (entry) => remove(queue, entry)),
      ),
      ChangeMessageVisibility: onQueue(changeVisibility),
      ChangeMessageVisibilityBatch: onQueue((queue, input) =>
        forEach(entriesOf(input, 'ReceiptHandle'), (entry) => changeVisibility(queue, entry)),
      ),
      GetQueueUrl: withInput((input) => {
        const name = input.text('QueueName');
        const queue = sqs.queues().find(({ settings }) => settings.name === name);
        if (queue === undefined) throw queueDoesNotExist();
        return { QueueUrl: queue.settings.url };
      }),
      GetQueueAttributes: onQueue((queue, input) => {
        const wanted = input.texts('AttributeNames');
        const unknown = wanted.find((name) => !queueAttributeNames.includes(name));
        if (unknown !== undefined) throw invalidAttributeName(unknown);
        const all = Object.entries(queueAttributes(queue));
        return {
          Attributes: Object.fromEntries(all.filter(([name]) => wanted.includes('All') || wanted.includes(name))),
        };
      }),
      ListQueues: withInput((input) => {
        const prefix = input.optionalText('QueueNamePrefix') ?? '';
        const urls = sqs.queues().filter(({ settings }) => settings.name.startsWith(prefix));
        return urls.length === 0 ? {} : { QueueUrls: urls.map(({ settings }) => settings.url) };
      }),
      PurgeQueue: onQueue((queue) => void queue.purge()),
    },
    spelling: 'sqs',
    needs: {
      SendMessage: needs('SendMessage'),
      SendMessageBatch: needs('SendMessage'),
      ReceiveMessage: needs('ReceiveMessage'),
      DeleteMessage: needs('DeleteMessage'),
      DeleteMessageBatch: needs('DeleteMessage'),
      ChangeMessageVisibility: needs('ChangeMessageVisibility'),
      ChangeMessageVisibilityBatch: needs('ChangeMessageVisibility'),
      GetQueueAttributes: needs('GetQueueAttributes'),
      PurgeQueue: needs('PurgeQueue'),
      GetQueueUrl: ({ QueueName: name }) => [{ action: 'sqs:GetQueueUrl', resource: toArn(name) }],
      ListQueues: () => [{ action: 'sqs:ListQueues', resource: toArn('*') }],
    },
  };
};

/** A batch needs what its entries need ("Actions, resources, and condition keys for Amazon SQS"). */
const needs =
  (action: string): Needs =>
  ({ QueueUrl: url }) => [{ action: `sqs:${action}`, resource: toArn(String(url).split('/').at(-1)) }];

const toArn = (name: unknown): string => `arn:aws:sqs:${region}:${account}:${name}`;

type Answer = Readonly<Record<string, unknown>>;

const send = (queue: Queue, input: Input): Answer => {
  const body = input.text('MessageBody');
  if (body === '') throw missingParameter('MessageBody');
  const attributes = parseAttributes(input.optionalRecord('MessageAttributes') ?? {});
  const delaySeconds = input.optionalInteger('DelaySeconds', DELAY_RANGE) ?? 0;
  const messageId = queue.send({ body, attributes, delaySeconds });
  const attributesMd5 = md5OfAttributes(attributes);
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5Of(body),
    ...(attributesMd5 === undefined ? {} : { MD5OfMessageAttributes: attributesMd5 }),
  };
};

const remove = (queue: Queue, input: Input): Answer => {
  queue.remove(input.text('ReceiptHandle'));
  return {};
};

const changeVisibility = (queue: Queue, input: Input): Answer => {
  const handle = input.text('ReceiptHandle');
  const seconds = input.optionalInteger('VisibilityTimeout', VISIBILITY_RANGE);
  if (seconds === undefined) throw missingParameter('VisibilityTimeout');
  queue.changeVisibility(handle, seconds);
  return {};
};

/** Entries of a batch. One that lacks a member, or has one of the wrong type, fails the whole request. */
const entriesOf = (input: Input, required: string): readonly Input[] => {
  const entries = input.optionalInputs('Entries');
  if (entries.length === 0) throw emptyBatch();
  if (entries.length > MAX_BATCH_ENTRIES) throw tooManyEntries(entries.length);
  const ids = entries.map((entry) => entry.text('Id'));
  const repeated = ids.find((id, at) => ids.indexOf(id) !== at);
  if (repeated !== undefined) throw idsNotDistinct(repeated);
  for (const entry of entries) {
    entry.text(required);
    entry.optionalInteger('DelaySeconds', ANY);
    entry.optionalInteger('VisibilityTimeout', ANY);
  }
  return entries;
};

/** One answer for a whole batch: an entry that fails does not stop the others. */
const forEach = (
  entries: readonly Input[],
  operation: (entry: Input) => Answer,
): { readonly Successful: readonly unknown[]; readonly Failed: readonly unknown[] } => {
  const Successful: unknown[] = [];
  const Failed: unknown[] = [];
  for (const entry of entries) {
    const Id = entry.text('Id');
    try {
      Successful.push({ Id, ...operation(entry) });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({ Id, Code: error.code, Message: error.message, SenderFault: error.status < 500 });
    }
  }
  return { Successful, Failed };
};

const toReceived = ({
  message,
  accountId,
  system,
  wanted,
}: {
  readonly message: Message;
  readonly accountId: string;
  readonly system: readonly string[];
  readonly wanted: readonly string[];
}): Readonly<Record<string, unknown>> => {
  const attributes = Object.entries(systemAttributes(message, accountId)).filter(
    ([name]) => system.includes('All') || system.includes(name),
  );
  const messageAttributes: MessageAttributes = Object.fromEntries(
    Object.entries(message.attributes).filter(([name]) => wanted.some((pattern) => matches(pattern, name))),
  );
  const attributesMd5 = md5OfAttributes(messageAttributes);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: md5Of(message.body),
    Body: message.body,
    ...(attributes.length === 0 ? {} : { Attributes: Object.fromEntries(attributes) }),
    ...(attributesMd5 === undefined
      ? {}
      : { MessageAttributes: messageAttributes, MD5OfMessageAttributes: attributesMd5 }),
  };
};

/** A name, a prefix such as `trace.*`, or `All` or `.*` for every attribute. */
const matches = (pattern: string, name: string): boolean =>
  pattern === 'All' || pattern === name || (pattern.endsWith('.*') && name.startsWith(pattern.slice(0, -2)));

const parseAttributes = (record: Readonly<Record<string, unknown>>): MessageAttributes =>
  Object.fromEntries(
    Object.keys(record).map((name): [string, MessageAttribute] => {
      const attribute = createInput(record, refuse).input(name);
      const StringValue = attribute.optionalText('StringValue');
      const BinaryValue = attribute.optionalText('BinaryValue');
      if ((StringValue === undefined) === (BinaryValue === undefined)) {
        throw invalidParameter(`The message attribute '${name}' must contain a non-empty message attribute value.`);
      }
      return [
        name,
        {
          DataType: attribute.text('DataType'),
          ...(StringValue === undefined ? {} : { StringValue }),
          ...(BinaryValue === undefined ? {} : { BinaryValue }),
        },
      ];
    }),
  );

const queueAttributes = (queue: Queue): Readonly<Record<string, string>> => {
  const { arn, visibilityTimeoutSeconds, messageRetentionSeconds, redrive } = queue.settings;
  const { visible, inFlight, delayed } = queue.depth();
  return {
    QueueArn: arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    VisibilityTimeout: String(visibilityTimeoutSeconds),
    MaximumMessageSize: String(MAX_MESSAGE_BYTES),
    MessageRetentionPeriod: String(messageRetentionSeconds),
    DelaySeconds: '0',
    ReceiveMessageWaitTimeSeconds: '0',
    SqsManagedSseEnabled: 'true',
    ...(redrive === undefined
      ? {}
      : {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: redrive.deadLetterQueueArn,
            maxReceiveCount: redrive.maxReceiveCount,
          }),
        }),
  };
};
