import { backfill } from '#cli/backfill/command.ts';
import { cost } from '#cli/cost/command.ts';
import { dlq } from '#cli/dlq/command.ts';
import { erase } from '#cli/erase/command.ts';
import { createPaint } from '#cli/paint.ts';
import { createProgram } from '#cli/program.ts';
import { query } from '#cli/query/command.ts';
import { rebuild } from '#cli/rebuild/command.ts';
import { replay } from '#cli/replay/command.ts';
import { send } from '#cli/send/command.ts';
import { simulate } from '#cli/simulate/command.ts';
import { start } from '#cli/start.ts';
import { status } from '#cli/status/command.ts';
import type { Output } from '#cli/surroundings.ts';
import type { Ended } from './cli.ts';

const program = createProgram([start, send, simulate, query, status, cost, replay, backfill, rebuild, dlq, erase]);

interface Looks {
  /** Columns, where a terminal is meant. */
  readonly terminal?: number;
  /** Called with the function that Ctrl-C would call. */
  readonly onInterrupt?: (press: () => void) => void;
}

/** The same command line inside this process: quicker, and a terminal can be played. */
export const inProcess = async (
  args: readonly string[],
  input = '',
  { terminal, onInterrupt }: Looks = {},
): Promise<Ended> => {
  const said = { out: '', err: '' };
  const toOutput = (name: 'out' | 'err'): Output => ({
    isTerminal: terminal !== undefined,
    columns: terminal ?? Number.POSITIVE_INFINITY,
    paint: createPaint(terminal !== undefined),
    write: async (text) => {
      said[name] += text;
    },
  });
  const code = await program(args, {
    out: toOutput('out'),
    err: toOutput('err'),
    readStdin: async () => input,
    onInterrupt: (task) => {
      onInterrupt?.(task);
      return () => undefined;
    },
  });
  return { code, ...said };
};
