import { describe, expect, it } from 'vitest';
import { toLetter } from '#cli/dlq/letters.ts';
import { readAll, redrive } from '#cli/dlq/read.ts';
import { letterLines, type ToldLetter } from '#cli/dlq/view.ts';
import { createPaint } from '#cli/paint.ts';
import type { Output } from '#cli/surroundings.ts';
import { createFakePipeline, goOn } from './support/fake-pipeline.ts';

const sent = Date.UTC(2026, 10, 22, 10);
const toMessage = (id: string, body: string, sentAt = sent) => ({ id, receipt: 'r', body, receiveCount: 5, sentAt });
const notice = (...keys: readonly string[]): string =>
  JSON.stringify({ Records: keys.map((key) => ({ s3: { object: { key, size: 7 } } })) });
const out: Output = {
  isTerminal: false,
  columns: Number.POSITIVE_INFINITY,
  paint: createPaint(false),
  write: async () => undefined,
};

describe('a message of the dead-letter queue', () => {
  it.each([
    [notice('landed/it%27s+a.gz', 'landed/b.gz'), ["landed/it's a.gz", 'landed/b.gz']],
    [notice('landed/%E0%A4%A'), ['landed/%E0%A4%A']],
    ['{"Event":"s3:TestEvent"}', []],
    ['{"Records":[{"s3":null},7,{"s3":{"object":{"key":3}}}]}', []],
    ['no JSON', []],
  ])('tells of objects, or of none: %s', (body, keys) => {
    expect(toLetter(toMessage('m', body)).objects.map(({ key }) => key)).toEqual(keys);
  });
});

const told: readonly ToldLetter[] = [
  {
    message_id: 'm-1',
    received: 5,
    sent_at: '2026-11-22T10:00:00.000Z',
    objects: [
      {
        key: 'landed/a.gz',
        bytes: 1234,
        error: { line: 7, column: 'total', code: 1207, message: 'Invalid digit\u001b[31m', at: '2026-11-22 10:00:00' },
      },
      { key: 'landed/b.gz', bytes: null, error: null },
    ],
  },
  { message_id: 'm-2', received: 6, sent_at: '2026-11-22T11:00:00.000Z', objects: [], body: 'junk\n' },
];

describe('millrace dlq list', () => {
  it('shows each object with what the warehouse said of it, and nothing that moves a cursor', () => {
    expect(letterLines(told, 3, out)).toEqual([
      'object       bytes  received  since',
      'landed/a.gz  1,234         5  2026-11-22T10:00:00.000Z',
      '  line 7, total: Invalid digit\\u001b[31m',
      'landed/b.gz                5  2026-11-22T10:00:00.000Z',
      '  no word of the warehouse on it in millrace.load_errors',
      '(no object)                6  2026-11-22T11:00:00.000Z',
      '  the message is no notification of S3: junk\\n',
      'about 3 messages more are not shown: --limit allows more',
    ]);
    expect(letterLines([], 0, out)).toEqual(['nothing is in the dead-letter queue']);
  });

  it('reads all messages, at most so many, and leaves them where they are', async () => {
    const { pipeline, dead } = createFakePipeline();
    dead.push(...Array.from({ length: 25 }, (_, at) => toMessage(`m-${at}`, 'x')));
    expect(await readAll(pipeline.deadLetters, 1000, goOn)).toHaveLength(25);
    expect(await readAll(pipeline.deadLetters, 10, goOn)).toHaveLength(10);
    expect(await pipeline.deadLetters.depth()).toMatchObject({ waiting: 25, inFlight: 0 });
  });

  it('ends when the first messages are back before the last were read', async () => {
    const { pipeline } = createFakePipeline();
    const receive = async () => [toMessage('m-1', 'x'), toMessage('m-2', 'x')];
    const release = async () => Promise.reject(new Error('not in flight'));
    expect(await readAll({ ...pipeline.deadLetters, receive, release }, 1000, goOn)).toHaveLength(2);
  });
});

describe('millrace dlq redrive', () => {
  it('moves every message, and ends before one that has failed again meanwhile', async () => {
    const { pipeline, dead, landed } = createFakePipeline();
    dead.push(...Array.from({ length: 25 }, (_, at) => toMessage(`m-${at}`, `body ${at}`)));
    dead.push(toMessage('again', 'again', sent + 10));
    expect(await redrive(pipeline, sent + 5, goOn, () => undefined)).toBe(25);
    expect(landed.map(({ body }) => body)).toEqual(Array.from({ length: 25 }, (_, at) => `body ${at}`));
    expect(dead.map(({ id }) => id)).toEqual(['again']);
    expect(await pipeline.deadLetters.depth()).toMatchObject({ waiting: 1, inFlight: 0 });
  });

  it('deletes nothing that was not sent', async () => {
    const { pipeline, dead } = createFakePipeline();
    dead.push(toMessage('m', 'body'));
    const queue = { ...pipeline.queue, send: async () => Promise.reject(new Error('no')) };
    await expect(redrive({ ...pipeline, queue }, sent + 5, goOn, () => undefined)).rejects.toThrow('no');
    expect(dead).toHaveLength(1);
  });

  it('stops between two calls when it is asked to', async () => {
    const { pipeline, dead } = createFakePipeline();
    dead.push(...Array.from({ length: 25 }, (_, at) => toMessage(`m-${at}`, 'x')));
    let moved = 0;
    const stop = { asked: () => moved >= 10, release: () => undefined };
    expect(await redrive(pipeline, sent + 5, stop, (count) => (moved = count))).toBe(10);
    expect(dead).toHaveLength(15);
  });
});
