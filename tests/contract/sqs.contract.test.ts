import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSqsService } from '#local/sqs/wire.ts';
import { describeWire } from '../models/suite.ts';
import { ACCOUNT, REGION, type StandIns, startStandIns } from './stand-ins.ts';

let standIns: StandIns;
let client: SQSClient;
let QueueUrl: string;
beforeAll(async () => {
  standIns = await startStandIns();
  client = new SQSClient(standIns.client);
  QueueUrl = `${standIns.client.endpoint}/${ACCOUNT}/landed`;
  const times = { visibilityTimeoutSeconds: 30, messageRetentionSeconds: 345_600 };
  const arn = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
  standIns.sqs.createQueue({ name: 'dead', arn: arn('dead'), url: QueueUrl.replace('landed', 'dead'), ...times });
  const redrive = { deadLetterQueueArn: arn('dead'), maxReceiveCount: 5 };
  standIns.sqs.createQueue({ name: 'landed', arn: arn('landed'), url: QueueUrl, redrive, ...times });
});
beforeEach(() => client.send(new PurgeQueueCommand({ QueueUrl })));
afterAll(async () => {
  client.destroy();
  await standIns.stop();
});

describe('SQS through its SDK', () => {
  it('sends, receives with attributes, and deletes', async () => {
    const MessageAttributes = {
      kind: { DataType: 'String', StringValue: 'x' },
      raw: { DataType: 'Binary', BinaryValue: Buffer.from([1]) },
    };
    const sent = await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'héllo', MessageAttributes }));
    const { Messages } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], MessageAttributeNames: ['All'] }),
    );
    expect(Messages).toMatchObject([
      {
        MessageId: sent.MessageId,
        Body: 'héllo',
        MD5OfBody: sent.MD5OfMessageBody,
        MD5OfMessageAttributes: sent.MD5OfMessageAttributes,
        Attributes: {
          ApproximateReceiveCount: '1',
          SenderId: ACCOUNT,
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        MessageAttributes: { kind: { StringValue: 'x' } },
      },
    ]);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }));
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({
      QueueArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:landed`,
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
      VisibilityTimeout: '30',
    });
    expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toEqual({
      deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:dead`,
      maxReceiveCount: 5,
    });
  });

  it('takes batches, and fails single entries of them', async () => {
    const batch = await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', MessageBody: '1' },
          { Id: 'b', MessageBody: '2', DelaySeconds: 901 },
        ],
      }),
    );
    expect(batch.Successful).toMatchObject([{ Id: 'a' }]);
    expect(batch.Failed).toMatchObject([{ Id: 'b', Code: 'InvalidParameterValue', SenderFault: true }]);
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    const deleted = await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', ReceiptHandle: Messages[0]?.ReceiptHandle },
          { Id: 'b', ReceiptHandle: 'nonsense' },
        ],
      }),
    );
    expect(deleted.Successful).toEqual([{ Id: 'a' }]);
    expect(deleted.Failed).toMatchObject([{ Id: 'b', Code: 'ReceiptHandleIsInvalid' }]);
    const Entries = Array.from({ length: 11 }, (_, n) => ({ Id: `${n}`, MessageBody: 'x' }));
    await expect(client.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).rejects.toMatchObject({
      name: expect.stringContaining('TooManyEntriesInBatchRequest'),
    });
  });

  it('waits for a message', async () => {
    const received = client.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 10 }));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'late' }));
    expect((await received).Messages).toMatchObject([{ Body: 'late' }]);
  });

  it('makes a message visible again on request', async () => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }));
    const first = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    expect((await client.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toBeUndefined();
    const ReceiptHandle = first.Messages?.[0]?.ReceiptHandle;
    await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    const again = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(again.Messages).toHaveLength(1);
    const entry = { ReceiptHandle: again.Messages?.[0]?.ReceiptHandle, VisibilityTimeout: 0 };
    const batch = await client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: [
          { Id: 'a', ...entry },
          { Id: 'b', ...entry, ReceiptHandle: 'nonsense' },
        ],
      }),
    );
    expect(batch.Successful).toEqual([{ Id: 'a' }]);
    expect(batch.Failed).toMatchObject([{ Id: 'b', Code: 'ReceiptHandleIsInvalid', SenderFault: true }]);
    expect((await client.send(new ReceiveMessageCommand({ QueueUrl }))).Messages).toHaveLength(1);
  });

  it('finds queues by name and prefix', async () => {
    expect((await client.send(new GetQueueUrlCommand({ QueueName: 'landed' }))).QueueUrl).toBe(QueueUrl);
    expect((await client.send(new ListQueuesCommand({ QueueNamePrefix: 'land' }))).QueueUrls).toEqual([QueueUrl]);
  });

  it('answers errors that the SDK knows', async () => {
    const missing = client.send(new ReceiveMessageCommand({ QueueUrl: `${QueueUrl}-not` }));
    await expect(missing).rejects.toBeInstanceOf(QueueDoesNotExist);
    await expect(missing).rejects.toMatchObject({ message: 'The specified queue does not exist.' });
    await expect(client.send(new GetQueueUrlCommand({ QueueName: 'nope' }))).rejects.toBeInstanceOf(QueueDoesNotExist);
    const invalid = client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: 'nonsense' }));
    await expect(invalid).rejects.toBeInstanceOf(ReceiptHandleIsInvalid);
  });

  it('names the query-protocol code in its header', async () => {
    const response = await fetch(standIns.client.endpoint, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSQS.GetQueueUrl', 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify({ QueueName: 'nope' }),
    });
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0');
    expect(response.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender');
    expect(await response.json()).toEqual({
      __type: 'QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    });
  });
});

describeWire('sqs', () => Object.keys(createSqsService(standIns.sqs, { accountId: ACCOUNT }).operations));
