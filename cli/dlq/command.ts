import { canStandInStatement } from '#core/sql-text.ts';
import { refuseOperandsBut } from '../arguments.ts';
import type { Command, Given } from '../command.ts';
import { Failure, UsageError } from '../errors.ts';
import type { Pipeline } from '../pipeline/open.ts';
import { createStop, type Stop } from '../pipeline/stop.ts';
import { parsePipeline, pipelineOptions, withPipeline } from '../pipeline/with-pipeline.ts';
import { createProgress, noProgress } from '../simulate/progress.ts';
import type { Output, Surroundings } from '../surroundings.ts';
import { grouped } from '../text.ts';
import { parseWhole } from '../values.ts';
import { letterLines, type ToldLetter } from './view.ts';

const parseOperand = (given: Given): 'list' | 'redrive' => {
  refuseOperandsBut(1, 'dlq', given);
  parsePipeline(given);
  const [word = 'list'] = given.operands;
  if (word !== 'list' && word !== 'redrive')
    throw new UsageError(`dlq ${word} is not known: write dlq list or dlq redrive`);
  if (word === 'list' && given.has('dry-run'))
    throw new UsageError('--dry-run goes with dlq redrive: dlq list changes nothing');
  return word;
};

const readLetters = async (pipeline: Pipeline, limit: number, stop: Stop): Promise<readonly ToldLetter[]> => {
  const [{ readAll, readErrors }, { toLetter }] = await Promise.all([import('./read.ts'), import('./letters.ts')]);
  const letters = (await readAll(pipeline.deadLetters, limit, stop)).map(toLetter);
  const keys = [...new Set(letters.flatMap(({ objects }) => objects.map(({ key }) => key)))];
  const nameable = keys.filter(canStandInStatement);
  const errors = nameable.length === 0 ? new Map() : await readErrors(pipeline, nameable);
  return letters.map(({ message, objects }) => ({
    message_id: message.id,
    // Not counting this look.
    received: message.receiveCount - 1,
    sent_at: new Date(message.sentAt).toISOString(),
    objects: objects.map(({ key, bytes }) => ({ key, bytes, error: errors.get(key) ?? null })),
    ...(objects.length === 0 && { body: message.body }),
  }));
};

const list = async (given: Given, limit: number, stop: Stop, out: Output): Promise<void> => {
  const { letters, depth } = await withPipeline(given, async (pipeline) => ({
    letters: await readLetters(pipeline, limit, stop),
    depth: await pipeline.deadLetters.depth(),
  }));
  const left = Math.max(0, depth.waiting + depth.inFlight - letters.length);
  if (given.has('json')) await out.write(`${JSON.stringify({ messages: letters.length, not_shown: left, letters })}\n`);
  else await out.write(`${letterLines(letters, left, out).join('\n')}\n`);
};

const move = async (given: Given, stop: Stop, { out, err }: Surroundings): Promise<void> => {
  const isJson = given.has('json');
  const say = (report: { dry_run: boolean; moved: number }, words: string): Promise<void> =>
    out.write(isJson ? `${JSON.stringify(report)}\n` : `${words}\n`);
  if (given.has('dry-run')) {
    const { waiting, inFlight } = await withPipeline(given, ({ deadLetters }) => deadLetters.depth());
    const count = waiting + inFlight;
    return say({ dry_run: true, moved: count }, `${grouped(count)} messages would go back to the queue`);
  }
  let moved = 0;
  const done = (isJson ? noProgress : createProgress(err)).show(() => ({ done: 0, words: `${grouped(moved)} moved` }));
  try {
    await withPipeline(given, async (pipeline) => {
      const { redrive } = await import('./read.ts');
      await redrive(pipeline, Date.now(), stop, (count) => (moved = count));
    });
  } finally {
    await done();
  }
  await say({ dry_run: false, moved }, `${grouped(moved)} messages are back in the queue and are loaded from there`);
  if (stop.asked()) throw new Failure('stopped: run the same again for the rest');
};

export const dlq: Command = {
  name: 'dlq',
  summary: 'what could not be loaded and why (list), and load it again (redrive)',
  operands: '[list | redrive]',
  description: `dlq list shows the messages of the dead-letter queue: objects of the lake that could not be loaded in five tries, with the
latest word of the warehouse on each (millrace.load_errors). They stay there, at most 14 days.
dlq redrive sends them to the loader once more, after what was wrong was put right.`,
  options: {
    ...pipelineOptions,
    limit: { value: 'N', help: 'with list: at most so many messages', default: '1000' },
    'dry-run': { help: 'with redrive: say how many would go back, and change nothing' },
    json: {
      help: 'print one object on stdout and nothing else there: messages, not_shown and letters of list; dry_run and moved of redrive',
    },
  },
  examples: [
    { command: 'npx millrace dlq list', meaning: 'objects, how often they were tried, line, column and reason' },
    { command: 'npx millrace dlq redrive --stack millrace', meaning: 'try them again' },
  ],
  exits: { ok: 'listed, or all of it is back in the queue', failed: 'it was stopped, or no laptop or stack answers' },
  run: async (given, surroundings) => {
    const word = parseOperand(given);
    const limit = parseWhole('limit', given.value('limit') ?? '', { low: 1, high: 100_000 });
    const stop = createStop(surroundings.onInterrupt);
    try {
      await (word === 'list' ? list(given, limit, stop, surroundings.out) : move(given, stop, surroundings));
      return 0;
    } finally {
      stop.release();
    }
  },
};
