import { describe, expect, it } from 'vitest';
import { AwsError } from '#local/aws-error.ts';
import type { Invocation } from '#local/invoke.ts';
import { systemRandom } from '#local/random.ts';
import { parseBatchResponse } from '#local/sqs/batch-response.ts';
import { createEventSourceMapping, type EventSourceMappingSettings } from '#local/sqs/event-source-mapping.ts';
import { createSqs } from '#local/sqs/sqs.ts';
import { openStore } from '#local/store.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';

interface Record {
  readonly messageId: string;
  readonly body: string;
}

const setUp = (settings: Partial<EventSourceMappingSettings> = {}) => {
  const clock = createVirtualClock();
  const sqs = createSqs({ store: openStore(':memory:'), clock, random: systemRandom });
  const queue = sqs.createQueue({
    name: 'landed',
    arn: 'arn:aws:sqs:us-east-1:000000000000:landed',
    url: 'http://localhost:8788/000000000000/landed',
    visibilityTimeoutSeconds: 30,
    messageRetentionSeconds: 3_600,
  });
  const batches: { readonly at: number; readonly records: readonly Record[]; readonly event: string }[] = [];
  const start = clock.now();
  let answer: (records: readonly Record[]) => Promise<Invocation> = async () => ({
    payload: '{"batchItemFailures":[]}',
  });
  const mapping = createEventSourceMapping({
    clock,
    queue,
    functionName: 'loader',
    region: 'us-east-1',
    accountId: '000000000000',
    reportsBatchItemFailures: true,
    invoke: (_name, event) => {
      const { Records: records } = JSON.parse(event);
      batches.push({ at: clock.now() - start, records, event });
      return answer(records);
    },
    ...settings,
  });
  return {
    clock,
    queue,
    mapping,
    batches,
    sizes: () => batches.map(({ records }) => records.length),
    answer: (next: typeof answer) => {
      answer = next;
    },
  };
};

const failing = (records: readonly Record[]): Invocation => ({
  payload: JSON.stringify({ batchItemFailures: records.map(({ messageId }) => ({ itemIdentifier: messageId })) }),
});

describe('an event source mapping', () => {
  it('invokes at once without a window and removes what succeeded', async () => {
    const { clock, queue, mapping, batches } = setUp();
    mapping.start();
    const sentAt = clock.now();
    const messageId = queue.send({ body: '{"a":1}' });
    await clock.advance(0);
    expect(JSON.parse(batches[0]?.event ?? '')).toEqual({
      Records: [
        {
          messageId,
          receiptHandle: expect.any(String),
          body: '{"a":1}',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: String(sentAt),
            SenderId: '000000000000',
            ApproximateFirstReceiveTimestamp: String(sentAt),
          },
          messageAttributes: {},
          md5OfBody: 'bb6cb5c68df4652941caf652a366f2d8',
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:landed',
          awsRegion: 'us-east-1',
        },
      ],
    });
    expect(queue.depth()).toMatchObject({ visible: 0, inFlight: 0 });
    expect(mapping.stats().counts).toEqual({ invocations: 1, messages: 1, failures: 0, throttles: 0 });
  });

  it('waits for the window, counted from the first message, and no longer', async () => {
    const { clock, queue, mapping, batches, sizes } = setUp({ batchSize: 100, maximumBatchingWindowInSeconds: 5 });
    mapping.start();
    await clock.advance(60_000);
    queue.send({ body: '1' });
    await clock.advance(4_000);
    queue.send({ body: '2' });
    await clock.advance(999);
    expect(batches).toEqual([]);
    await clock.advance(1);
    expect(sizes()).toEqual([2]);
    expect(batches[0]?.at).toBe(65_000);
  });

  it('does not wait for the window when a batch is full', async () => {
    const { clock, queue, mapping, sizes } = setUp({ batchSize: 20, maximumBatchingWindowInSeconds: 300 });
    mapping.start();
    for (let n = 0; n < 50; n += 1) queue.send({ body: `${n}` });
    await clock.advance(0);
    expect(sizes()).toEqual([20, 20]);
    await clock.advance(300_000);
    expect(sizes()).toEqual([20, 20, 10]);
  });

  it('cuts a batch at 6 MB', async () => {
    const { clock, queue, mapping, batches } = setUp({ batchSize: 100, maximumBatchingWindowInSeconds: 1 });
    mapping.start();
    for (let n = 0; n < 10; n += 1) queue.send({ body: '"'.repeat(1_000_000) });
    await clock.advance(1_000);
    await mapping.drain();
    expect(batches.reduce((sum, { records }) => sum + records.length, 0)).toBe(10);
    expect(batches.length).toBeGreaterThan(3);
    for (const { event } of batches) expect(Buffer.byteLength(event)).toBeLessThanOrEqual(6_291_556);
  });

  it('runs no more batches at once than its concurrency', async () => {
    const { clock, queue, mapping, batches, answer } = setUp({ batchSize: 1, maximumConcurrency: 2 });
    const finish: (() => void)[] = [];
    answer(() => new Promise((resolve) => finish.push(() => resolve({ payload: 'null' }))));
    mapping.start();
    for (let n = 0; n < 5; n += 1) queue.send({ body: `${n}` });
    await clock.advance(0);
    expect(batches).toHaveLength(2);
    expect(queue.depth()).toMatchObject({ visible: 3, inFlight: 2 });
    expect(mapping.stats()).toMatchObject({ queued: 2 });
    finish.shift()?.();
    await clock.advance(0);
    expect(batches).toHaveLength(3);
  });

  it('leaves reported failures in the queue until their visibility timeout ends', async () => {
    const { clock, queue, mapping, batches, answer } = setUp();
    for (const body of ['good', 'bad']) queue.send({ body });
    answer(async (records) => failing(records.filter(({ body }) => body === 'bad')));
    mapping.start();
    await clock.advance(29_999);
    expect(batches).toHaveLength(1);
    expect(queue.depth()).toMatchObject({ visible: 0, inFlight: 1 });
    await clock.advance(1);
    expect(batches[1]?.records).toMatchObject([{ body: 'bad', attributes: { ApproximateReceiveCount: '2' } }]);
    expect(mapping.stats()).toMatchObject({ counts: { messages: 1, failures: 2 } });
  });

  it.each([
    ['the function throws', { payload: '{"errorMessage":"no"}', functionError: 'Unhandled' }],
    ['the answer is not JSON', { payload: 'oops' }],
    ['an id is unknown', { payload: '{"batchItemFailures":[{"itemIdentifier":"who"}]}' }],
    ['an id is empty', { payload: '{"batchItemFailures":[{"itemIdentifier":""}]}' }],
  ] as const)('fails the whole batch when %s', async (_why, invocation) => {
    const { clock, queue, mapping, answer } = setUp();
    for (const body of ['1', '2']) queue.send({ body });
    answer(async () => invocation);
    mapping.start();
    await clock.advance(0);
    expect(queue.depth()).toMatchObject({ visible: 0, inFlight: 2 });
    expect(mapping.stats().counts.failures).toBe(2);
    expect(mapping.stats().lastError?.message).toContain('loader, batch of 2');
  });

  it('takes any answer as success without ReportBatchItemFailures', async () => {
    const { clock, queue, mapping, answer } = setUp({ reportsBatchItemFailures: false });
    queue.send({ body: '1' });
    answer(async (records) => failing(records));
    mapping.start();
    await clock.advance(0);
    expect(queue.depth()).toMatchObject({ visible: 0, inFlight: 0 });
  });

  it('tries a throttled batch again without receiving it again', async () => {
    const { clock, queue, mapping, batches, answer } = setUp();
    queue.send({ body: '1' });
    answer(() => Promise.reject(new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429)));
    mapping.start();
    await clock.advance(2_000);
    expect(batches.length).toBeGreaterThan(1);
    answer(async () => ({ payload: '' }));
    await clock.advance(10_000);
    expect(batches.at(-1)?.records).toMatchObject([{ attributes: { ApproximateReceiveCount: '1' } }]);
    expect(queue.depth()).toMatchObject({ visible: 0, inFlight: 0 });
  });

  it('gives a batch back when it was throttled for its whole visibility timeout', async () => {
    const { clock, queue, mapping, answer } = setUp();
    queue.send({ body: '1' });
    answer(() => Promise.reject(new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429)));
    mapping.start();
    await clock.advance(29_999);
    mapping.stop();
    await clock.advance(1);
    expect(queue.depth()).toMatchObject({ visible: 1 });
    expect(mapping.stats().counts.throttles).toBeGreaterThan(3);
  });

  it('drains without waiting for a window, and waits for what runs', async () => {
    const { clock, queue, mapping, sizes, answer } = setUp({ batchSize: 100, maximumBatchingWindowInSeconds: 300 });
    mapping.start();
    for (const body of ['1', '2']) queue.send({ body });
    let finish = (): void => {};
    answer(
      () =>
        new Promise((resolve) => {
          finish = () => resolve({ payload: '{}' });
        }),
    );
    let drained = false;
    const done = mapping.drain().then(() => {
      drained = true;
    });
    await clock.advance(0);
    expect(sizes()).toEqual([2]);
    expect(drained).toBe(false);
    finish();
    await done;
    expect(queue.depth()).toMatchObject({ visible: 0, inFlight: 0 });
  });

  it('acknowledges nothing after it was stopped', async () => {
    const { clock, queue, mapping, answer } = setUp();
    queue.send({ body: '1' });
    let finish = (): void => {};
    answer(
      () =>
        new Promise((resolve) => {
          finish = () => resolve({ payload: '{}' });
        }),
    );
    mapping.start();
    await clock.advance(0);
    mapping.stop();
    finish();
    await clock.advance(0);
    expect(queue.depth()).toMatchObject({ inFlight: 1 });
  });

  it.each([
    [{ batchSize: 11 }, 'greater than 0'],
    [{ batchSize: 10_001, maximumBatchingWindowInSeconds: 1 }, 'between 1 and 10000'],
    [{ maximumConcurrency: 1 }, 'between 2 and 1000'],
  ])('refuses %j', (settings, message) => {
    expect(() => setUp(settings)).toThrow(message);
  });
});

describe('a batch response', () => {
  const ids = new Set(['a', 'b']);

  it.each(['', 'null', '{}', '{"batchItemFailures":null}', '{"batchItemFailures":[]}'])(
    'is full success as %j',
    (payload) => {
      expect(parseBatchResponse(payload, ids)).toEqual(new Set());
    },
  );

  it('names failures', () => {
    expect(parseBatchResponse('{"batchItemFailures":[{"itemIdentifier":"b"}]}', ids)).toEqual(new Set(['b']));
  });

  it.each([
    '{',
    '"ok"',
    '[]',
    '{"batchItemFailures":{}}',
    '{"batchItemFailures":["a"]}',
    '{"batchItemFailures":[{"itemIdentifier":null}]}',
    '{"batchItemFailures":[{"itemIdentifier":"a"},{"itemIdentifier":"c"}]}',
    '{"batchItemFailures":[{"id":"a"}]}',
  ])('is full failure as %j', (payload) => {
    expect(parseBatchResponse(payload, ids)).toBeUndefined();
  });
});
