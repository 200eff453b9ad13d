import { setTimeout as sleep } from 'node:timers/promises';
import { refuseOperands } from '../arguments.ts';
import { type Command, type ExitCode, urlOption } from '../command.ts';
import { Failure } from '../errors.ts';
import type { Output, Surroundings } from '../surroundings.ts';
import { parseUrl } from '../values.ts';
import { createHealthReader, type HealthReader } from './health.ts';
import { statusLines } from './view.ts';

interface Shown {
  readonly lines: readonly string[];
  readonly code: ExitCode;
}

const look = async (reader: HealthReader, out: Output, isJson: boolean): Promise<Shown> => {
  const { health, raw } = await reader.read();
  return { lines: isJson ? [JSON.stringify(raw)] : statusLines(health, out), code: health.status === 'ok' ? 0 : 1 };
};

/** Redraws in place on a terminal; elsewhere one view after another. Ends with Ctrl-C, and then with 0. */
const watch = async (reader: HealthReader, isJson: boolean, { out, onInterrupt }: Surroundings): Promise<ExitCode> => {
  const stopped = new AbortController();
  const release = onInterrupt(() => stopped.abort());
  const redraws = out.isTerminal && !isJson;
  try {
    while (!stopped.signal.aborted) {
      const { lines } = await look(reader, out, isJson).catch((error: unknown): Shown => {
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

export const status: Command = {
  name: 'status',
  summary: 'what each stage has passed, what waits and how long, and the latest failures',
  operands: '',
  description:
    'Shows the stages of a running laptop in the order an event meets them, and the names of stream, bucket and queue.',
  options: {
    url: urlOption,
    watch: { help: 'again each second, until Ctrl-C; with --json one object a line' },
    json: { help: 'print the health object of GET /health on stdout and nothing else there' },
  },
  examples: [
    { command: 'npx millrace status --watch', meaning: 'keep an eye on the flow' },
    { command: "npx millrace status --json | jq -r '.resources.stream'", meaning: 'the name of the delivery stream' },
  ],
  exits: { ok: 'every stage is well', failed: 'no laptop answers, or it is degraded, starting or stopping' },
  run: async (given, surroundings) => {
    refuseOperands('status', given);
    const reader = createHealthReader(parseUrl('url', given.value('url') ?? ''));
    const isJson = given.has('json');
    try {
      if (given.has('watch')) return await watch(reader, isJson, surroundings);
      const { lines, code } = await look(reader, surroundings.out, isJson);
      await surroundings.out.write(`${lines.join('\n')}\n`);
      return code;
    } finally {
      reader.close();
    }
  },
};
