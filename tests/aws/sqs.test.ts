import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createQueue } from '#aws/sqs.ts';

const sqs = mockClient(SQSClient);
const queue = () => createQueue('https://sqs/1/q', new SQSClient({ region: 'us-east-1' }));
const sizes = () =>
  sqs
    .commandCalls(SendMessageBatchCommand)
    .map(({ args: [{ input }] }) => input.Entries?.map(({ MessageBody }) => MessageBody?.length));

beforeEach(() => sqs.reset());

describe('a queue', () => {
  it('sends at most ten messages and 256 KiB in a call, each message once', async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [], Failed: [] });
    await queue().send(Array.from({ length: 21 }, () => 'x'));
    expect(sizes().map((call) => call?.length)).toEqual([10, 10, 1]);
    sqs.resetHistory();
    await queue().send(['a'.repeat(200_000), 'b'.repeat(62_144), 'c', 'd'.repeat(300_000)]);
    expect(sizes()).toEqual([[200_000, 62_144], [1], [300_000]]);
  });

  it('takes a message that SQS refused in an answer of 200 for a fault', async () => {
    sqs.on(SendMessageBatchCommand).resolves({
      Successful: [],
      Failed: [{ Id: '0', Code: 'InternalError', Message: 'later', SenderFault: false }],
    });
    await expect(queue().send(['x'])).rejects.toMatchObject({ name: 'Fault', code: 'InternalError' });
  });

  it('tells of a message how often it was received and when it was sent, and names its receipt to delete or release it', async () => {
    sqs.on(ReceiveMessageCommand).resolves({
      Messages: [
        {
          MessageId: 'm',
          ReceiptHandle: 'r',
          Body: 'b',
          Attributes: { ApproximateReceiveCount: '6', SentTimestamp: '1795348800000' },
        },
      ],
    });
    sqs.on(DeleteMessageBatchCommand).resolves({ Successful: [], Failed: [] });
    sqs.on(ChangeMessageVisibilityBatchCommand).resolves({ Successful: [], Failed: [] });
    const messages = await queue().receive(120, 1);
    expect(messages).toEqual([{ id: 'm', receipt: 'r', body: 'b', receiveCount: 6, sentAt: 1_795_348_800_000 }]);
    expect(sqs.commandCalls(ReceiveMessageCommand)[0]?.args[0].input).toMatchObject({
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 120,
    });
    await queue().remove(messages);
    await queue().release(messages);
    expect(sqs.commandCalls(DeleteMessageBatchCommand)[0]?.args[0].input.Entries).toEqual([
      { Id: '0', ReceiptHandle: 'r' },
    ]);
    expect(sqs.commandCalls(ChangeMessageVisibilityBatchCommand)[0]?.args[0].input.Entries).toEqual([
      { Id: '0', ReceiptHandle: 'r', VisibilityTimeout: 0 },
    ]);
  });

  it('asks for nothing when there is nothing to do', async () => {
    await queue().send([]);
    await queue().remove([]);
    await queue().release([]);
    expect(sqs.calls()).toEqual([]);
  });
});
