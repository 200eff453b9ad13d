import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createStream } from '#aws/firehose.ts';

const firehose = mockClient(FirehoseClient);
const stream = () => createStream('s', new FirehoseClient({ region: 'us-east-1' }));
const soon = () => Date.now() + 3000;

/** Calls as lists of record sizes. */
const calls: number[][] = [];
const answer = (respond: (call: number, at: number) => object) => {
  calls.length = 0;
  firehose.on(PutRecordBatchCommand).callsFake(({ Records }: { Records: { Data: Uint8Array }[] }) => {
    const call = calls.push(Records.map(({ Data }) => Data.byteLength)) - 1;
    return { FailedPutCount: 0, RequestResponses: Records.map((_, at) => respond(call, at)) };
  });
};
const stored = { RecordId: 'r' };
const refused = { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' };

beforeEach(() => firehose.reset());

describe('stream', () => {
  it('puts at most 500 records and 4 MiB in a call, each record once', async () => {
    answer(() => stored);
    const many = Array.from({ length: 501 }, () => new Uint8Array(1));
    expect((await stream().put(many, soon())).stored).toEqual(many.map(() => true));
    expect(calls.map((sizes) => sizes.length)).toEqual([500, 1]);
    answer(() => stored);
    await stream().put(
      Array.from({ length: 9 }, () => new Uint8Array(500_000)),
      soon(),
    );
    expect(calls.map((sizes) => sizes.length)).toEqual([8, 1]);
    for (const sizes of calls) expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(4 * 1024 * 1024);
  });

  it('says record by record what the stream holds when time runs out', async () => {
    answer((_, at) => (at === 1 ? refused : stored));
    firehose.on(PutRecordBatchCommand).callsFake(({ Records }: { Records: { Data: Uint8Array }[] }) => ({
      FailedPutCount: 1,
      RequestResponses: Records.map(({ Data }) => (Data[0] === 1 ? refused : stored)),
    }));
    const records = [0, 1, 2].map((byte) => Uint8Array.of(byte));
    expect(await stream().put(records, Date.now() + 300)).toEqual({
      stored: [true, false, true],
      lastError: 'ServiceUnavailableException',
    });
  });

  it('does not try again what cannot succeed', async () => {
    firehose.on(PutRecordBatchCommand).rejects(Object.assign(new Error('no'), { name: 'ResourceNotFoundException' }));
    const startedAt = Date.now();
    expect(await stream().put([new Uint8Array(1)], soon())).toEqual({
      stored: [false],
      lastError: 'ResourceNotFoundException',
    });
    expect(firehose.calls()).toHaveLength(1);
    expect(Date.now() - startedAt).toBeLessThan(1000);
  });
});
