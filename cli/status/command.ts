import { setTimeout as sleep } from 'node:timers/promises';
import { refuseOperands } from '../arguments.ts';
import { type Command, type ExitCode, type Given, regionOption, stackOption, urlOption } from '../command.ts';
import { Failure, UsageError } from '../errors.ts';
import type { Output, Surroundings } from '../surroundings.ts';
import { spoken } from '../text.ts';
import { parseDuration, parseUrl } from '../values.ts';
import { type EventRow, parseEventId } from './event-row.ts';
import { createHealthReader } from './health.ts';
import { pictureLines, statusLines } from './view.ts';

interface Shown {
  readonly lines: readonly string[];
  readonly code: ExitCode;
}

interface WaitSettings {
  readonly timeoutMs: number | undefined;
  readonly err: Output | undefined;
}

/** What is looked at: a laptop or a deployed stack. */
interface Target {
  show(out: Output, isJson: boolean): Promise<Shown>;
  awaitAccepted(wait: WaitSettings): Promise<number>;
  awaitEvent(wait: WaitSettings, eventId: string): Promise<EventRow>;
  close(): void;
}

/** Waiting is behind doors of its own, and so is the SDK, which takes longer to load than a laptop to answer. */
const openLaptop = (url: string): Target => {
  const reader = createHealthReader(url);
  return {
    show: async (out, isJson) => {
      const { health, raw } = await reader.read();
      const { readLaptopFacts } = await import('./laptop-facts.ts');
      const { loads, problems } = await readLaptopFacts(health, url === urlOption.default ? '' : ` --url ${url}`);
      return {
        lines: isJson ? [JSON.stringify({ ...raw, loads, problems })] : statusLines({ health, loads, problems }, out),
        code: health.status === 'ok' && problems.length === 0 ? 0 : 1,
      };
    },
    awaitAccepted: async (wait) => (await import('./await-laptop.ts')).awaitAccepted({ ...wait, reader }),
    awaitEvent: async (wait, eventId) => (await import('./await-laptop.ts')).awaitEvent({ ...wait, reader }, eventId),
    close: reader.close,
  };
};

const openDeployed = async (name: string, given: Given): Promise<Target> => {
  const { openStack } = await import('../stack/open.ts');
  const stack = await openStack(name, given.value('region'));
  const asksWarehouse = !given.has('no-warehouse');
  return {
    show: async (out, isJson) => {
      const { readPicture } = await import('./stack.ts');
      const picture = await readPicture(stack, { asksWarehouse });
      return {
        lines: isJson ? [JSON.stringify(picture)] : pictureLines(picture, out),
        code: picture.status === 'ok' ? 0 : 1,
      };
    },
    awaitAccepted: async (wait) => (await import('./await-stack.ts')).awaitAccepted({ ...wait, stack }),
    awaitEvent: async (wait, eventId) => (await import('./await-stack.ts')).awaitEvent({ ...wait, stack }, eventId),
    close: () => undefined,
  };
};

/** Redraws in place on a terminal; elsewhere one view after another. Ends with Ctrl-C, and then with 0. */
const watch = async (target: Target, isJson: boolean, { out, onInterrupt }: Surroundings): Promise<ExitCode> => {
  const stopped = new AbortController();
  const release = onInterrupt(() => stopped.abort());
  const redraws = out.isTerminal && !isJson;
  try {
    while (!stopped.signal.aborted) {
      const { lines } = await target.show(out, isJson).catch((error: unknown): Shown => {
        if (!(error instanceof Failure) || isJson) throw error;
        return { lines: [out.paint.red(error.message)], code: 1 };
      });
      // Home, each line cleared to its end, then the rest of the screen: no flicker.
      const text = redraws
        ? `\u001b[H${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`
        : `${lines.join('\n')}\n${isJson ? '' : '\n'}`;
      await out.write(text);
      await sleep(1000, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
    return 0;
  } finally {
    release();
  }
};

/** Waits, then says what for: of an event its row, of everything the state that was reached. */
const wait = async (target: Target, given: Given, { out, err }: Surroundings): Promise<ExitCode> => {
  const [event, timeout, isJson] = [given.value('event'), given.value('timeout'), given.has('json')];
  const settings = {
    timeoutMs: timeout === undefined ? undefined : parseDuration('timeout', timeout),
    err: isJson ? undefined : err,
  };
  if (event !== undefined) {
    const begun = Date.now();
    const row = await target.awaitEvent(settings, event);
    const seconds = (Date.now() - begun) / 1000;
    await out.write(
      isJson
        ? `${JSON.stringify({ event_id: event, ...row, seconds })}\n`
        : `event ${event} is a row: received ${row.received_at}, loaded ${row.loaded_at} (UTC), seen after ${spoken(seconds)}\n`,
    );
    return 0;
  }
  const seconds = await target.awaitAccepted(settings);
  await settings.err?.write(`everything accepted is in the tables, seen after ${spoken(seconds)}\n`);
  const { lines } = await target.show(out, isJson);
  await out.write(`${lines.join('\n')}\n`);
  return 0;
};

const checkTogether = (given: Given): void => {
  const isWaiting = given.has('wait');
  if (isWaiting && given.has('watch')) throw new UsageError('--wait ends and --watch does not: give one of them');
  for (const option of ['event', 'timeout'] as const)
    if (given.value(option) !== undefined && !isWaiting)
      throw new UsageError(`--${option} goes with --wait: give both`);
  const event = given.value('event');
  if (event !== undefined) parseEventId(event);
  if (given.value('stack') !== undefined) {
    if (given.has('watch'))
      throw new UsageError('--watch is for a laptop: each look at a stack costs money; repeat it by hand');
    return;
  }
  if (given.has('no-warehouse'))
    throw new UsageError('--no-warehouse goes with --stack: a laptop costs nothing to ask');
  if (given.value('region') !== undefined) throw new UsageError('--region goes with --stack: give both');
};

export const status: Command = {
  name: 'status',
  summary: 'what each stage has passed, what waits and how long, and the latest failures',
  operands: '',
  description: `Shows the stages of a running laptop, or with --stack of a deployed stack, in the order an event meets them, and the
names of stream, bucket and queue. With --wait it first waits until everything accepted is in the tables, or with --event
until that event is a row. Asking a stack wakes its warehouse, and Redshift Serverless bills a minute of it at least:
--no-warehouse leaves it asleep, and shows no loads.`,
  options: {
    url: urlOption,
    stack: stackOption,
    region: regionOption,
    watch: { help: 'again each second, until Ctrl-C; with --json one object a line' },
    wait: { help: 'until everything accepted is in the tables; progress is on stderr' },
    event: { value: 'ID', help: 'with --wait: until this event, sent within the last day, is a row' },
    timeout: {
      value: 'TIME',
      help: "with --wait: longest wait, such as 90s or 20m (default: the dial's waits, and some minutes)",
    },
    'no-warehouse': { help: 'with --stack: do not ask the warehouse, so that it is not woken' },
    json: {
      help: 'print one object on stdout and nothing else there: the health of GET /health with what the warehouse knows of loads, the same of a stack, or the row of --event',
    },
  },
  examples: [
    { command: 'npx millrace status --watch', meaning: 'keep an eye on the flow' },
    { command: "npx millrace status --json | jq -r '.resources.stream'", meaning: 'the name of the delivery stream' },
    {
      command: 'npx millrace status --stack millrace-staging --wait --timeout 5m',
      meaning: 'a deployed stack, once all that it took is in the tables',
    },
  ],
  exits: {
    ok: 'every stage is well; with --wait: it arrived',
    failed:
      'no laptop or stack answers, it is degraded, starting or stopping, something is lost, or it did not arrive in time',
  },
  run: async (given, surroundings) => {
    refuseOperands('status', given);
    checkTogether(given);
    const url = parseUrl('url', given.value('url') ?? '');
    const stack = given.value('stack');
    const target = stack === undefined ? openLaptop(url) : await openDeployed(stack, given);
    try {
      if (given.has('wait')) return await wait(target, given, surroundings);
      if (given.has('watch')) return await watch(target, given.has('json'), surroundings);
      const { lines, code } = await target.show(surroundings.out, given.has('json'));
      await surroundings.out.write(`${lines.join('\n')}\n`);
      return code;
    } finally {
      target.close();
    }
  },
};
