import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemRandom } from '#local/random.ts';
import { md5OfAttributes } from '#local/sqs/message.ts';
import { createSqs } from '#local/sqs/sqs.ts';
import { openStore } from '#local/store.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';

const settings = (name: string) => ({
  name,
  arn: `arn:aws:sqs:us-east-1:000000000000:${name}`,
  url: `http://localhost:8788/000000000000/${name}`,
  visibilityTimeoutSeconds: 30,
  messageRetentionSeconds: 3_600,
});

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const setUp = (maxReceiveCount = 2) => {
  const clock = createVirtualClock();
  const sqs = createSqs({ store: openStore(':memory:'), clock, random: systemRandom });
  const dead = sqs.createQueue(settings('dead'));
  const queue = sqs.createQueue({
    ...settings('landed'),
    redrive: { deadLetterQueueArn: dead.settings.arn, maxReceiveCount },
  });
  return { clock, sqs, queue, dead };
};

const bodies = (messages: readonly { readonly body: string }[]) => messages.map(({ body }) => body);

describe('a queue', () => {
  it('hides a received message until its visibility timeout ends, then gives it again with a higher count', async () => {
    const { clock, queue } = setUp();
    const messageId = queue.send({ body: 'a' });
    const [first] = queue.receive({ max: 10 });
    expect(first).toMatchObject({ messageId, body: 'a', receiveCount: 1, sentAt: clock.now() });
    await clock.advance(29_999);
    expect(queue.receive({ max: 10 })).toEqual([]);
    await clock.advance(1);
    const [second] = queue.receive({ max: 10 });
    expect(second).toMatchObject({ messageId, receiveCount: 2, firstReceivedAt: first?.firstReceivedAt });
    expect(second?.receiptHandle).not.toBe(first?.receiptHandle);
  });

  it('removes by the latest receipt only', async () => {
    const { clock, queue } = setUp();
    queue.send({ body: 'a' });
    const [first] = queue.receive({ max: 1 });
    await clock.advance(30_000);
    const [second] = queue.receive({ max: 1 });
    queue.remove(first?.receiptHandle ?? '');
    expect(queue.depth()).toMatchObject({ inFlight: 1 });
    queue.remove(second?.receiptHandle ?? '');
    expect(queue.depth()).toEqual({ visible: 0, inFlight: 0, delayed: 0, oldest: undefined });
    expect(() => queue.remove('nonsense')).toThrow('not a valid receipt handle');
  });

  it('moves a message to the dead-letter queue when it would be received once too often', async () => {
    const { clock, queue, dead } = setUp(2);
    const messageId = queue.send({ body: 'poison' });
    for (let time = 0; time < 2; time += 1) {
      expect(queue.receive({ max: 1 })).toHaveLength(1);
      await clock.advance(30_000);
    }
    expect(queue.receive({ max: 1 })).toEqual([]);
    expect(queue.depth()).toMatchObject({ visible: 0, inFlight: 0 });
    expect(dead.receive({ max: 1 })).toMatchObject([
      { messageId, body: 'poison', receiveCount: 1, deadLetterSource: queue.settings.arn },
    ]);
    expect(queue.stats().counts).toMatchObject({ sent: 1, received: 2, deadLettered: 1 });
  });

  it('gives what is behind a run of dead letters in the same receive', async () => {
    const { clock, queue, dead } = setUp(1);
    for (const body of ['a', 'b', 'c']) queue.send({ body });
    queue.receive({ max: 3 });
    await clock.advance(30_000);
    queue.send({ body: 'd' });
    expect(bodies(queue.receive({ max: 1 }))).toEqual(['d']);
    expect(dead.depth().visible).toBe(3);
  });

  it('changes visibility of what is in flight and of nothing else', async () => {
    const { clock, queue } = setUp();
    queue.send({ body: 'a' });
    const [message] = queue.receive({ max: 1 });
    const handle = message?.receiptHandle ?? '';
    queue.changeVisibility(handle, 60);
    await clock.advance(59_999);
    expect(queue.depth()).toMatchObject({ visible: 0, inFlight: 1 });
    queue.changeVisibility(handle, 0);
    expect(queue.depth()).toMatchObject({ visible: 1, inFlight: 0 });
    expect(() => queue.changeVisibility(handle, 10)).toThrow('not in flight');
  });

  it('delays, expires and purges', async () => {
    const { clock, queue } = setUp();
    queue.send({ body: 'late', delaySeconds: 10 });
    expect(queue.depth()).toMatchObject({ visible: 0, inFlight: 0, delayed: 1 });
    await clock.advance(10_000);
    expect(queue.depth()).toMatchObject({ visible: 1, delayed: 0 });
    await clock.advance(3_590_000);
    expect(queue.depth()).toMatchObject({ visible: 0, oldest: undefined });
    queue.send({ body: 'x' });
    queue.purge();
    expect(queue.depth().visible).toBe(0);
  });

  it('refuses a message over 1 MiB', () => {
    const { queue } = setUp();
    queue.send({ body: 'x'.repeat(1_048_576) });
    expect(() => queue.send({ body: 'x'.repeat(1_048_577) })).toThrow('must be shorter than 1048576 bytes');
  });

  it('leaves what a receiver does not accept as it was', () => {
    const { queue } = setUp();
    for (const body of ['a', 'b']) queue.send({ body });
    expect(bodies(queue.receive({ max: 2, accepts: ({ body }) => body === 'a' }))).toEqual(['a']);
    expect(queue.receive({ max: 2 })).toMatchObject([{ body: 'b', receiveCount: 1 }]);
  });
});

describe('long polling', () => {
  it('answers as soon as a message comes', async () => {
    const { clock, sqs, queue } = setUp();
    const received = sqs.receiveWaiting(queue, 20, { max: 10 });
    await clock.advance(3_000);
    queue.send({ body: 'a' });
    expect(bodies(await received)).toEqual(['a']);
    expect(clock.pending()).toBe(0);
  });

  it('answers when a message in flight becomes visible again', async () => {
    const { clock, sqs, queue } = setUp();
    queue.send({ body: 'a' });
    queue.receive({ max: 1, visibilityTimeoutSeconds: 5 });
    let answered = 0;
    const received = sqs.receiveWaiting(queue, 20, { max: 1 }).then((messages) => {
      answered = clock.now();
      return messages;
    });
    const start = clock.now();
    await clock.advance(6_000);
    expect(bodies(await received)).toEqual(['a']);
    expect(answered - start).toBe(5_000);
  });

  it('answers with nothing when the time is over, and at once when stopped', async () => {
    const { clock, sqs, queue } = setUp();
    const timedOut = sqs.receiveWaiting(queue, 2, { max: 1 });
    await clock.advance(2_000);
    expect(await timedOut).toEqual([]);
    const stopped = sqs.receiveWaiting(queue, 20, { max: 1 });
    sqs.stop();
    expect(await stopped).toEqual([]);
  });
});

describe('a restart', () => {
  it('keeps messages and counts, and shows again what was in flight', () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-sqs-'));
    folders.push(folder);
    const clock = createVirtualClock();
    const boot = () => {
      const store = openStore(join(folder, 'store.sqlite'));
      const sqs = createSqs({ store, clock, random: systemRandom });
      return { store, queue: sqs.createQueue(settings('landed')) };
    };
    const before = boot();
    before.queue.send({ body: 'in flight' });
    before.queue.receive({ max: 1 });
    before.queue.send({ body: 'waiting' });
    before.queue.send({ body: 'delayed', delaySeconds: 60 });
    before.store.close();

    const after = boot();
    expect(after.queue.depth()).toMatchObject({ visible: 2, inFlight: 0, delayed: 1 });
    expect(after.queue.receive({ max: 10 }).map(({ body, receiveCount }) => [body, receiveCount])).toEqual([
      ['in flight', 2],
      ['waiting', 1],
    ]);
    after.store.close();
  });
});

describe('the digest of message attributes', () => {
  it('is the one that SQS gives', () => {
    // The expected value comes from the same rule written in Python over hashlib.
    expect(
      md5OfAttributes({
        a: { DataType: 'String', StringValue: 'x' },
        b: { DataType: 'Binary', BinaryValue: 'YUdrPQ==' },
      }),
    ).toBe('951c8e57d8f3f3e64fc731cf8a31d926');
    expect(md5OfAttributes({})).toBeUndefined();
  });
});
