import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../errors.ts';
import type { Output } from '../surroundings.ts';
import { cut, spoken, visible } from '../text.ts';

/** What one look found: the end, or what is still to come, in words that follow "waiting for". */
export type Look = { readonly done: true } | { readonly done: false; readonly awaits: string };

export interface Waiting {
  /** May throw Failure when waiting on is in vain. */
  look(): Promise<Look>;
  readonly betweenMs: number;
  readonly timeoutMs: number;
  /** Where progress is shown; undefined for silence. */
  readonly err: Output | undefined;
  /** Follows "still waiting for …" when the time is up. */
  readonly hint: string;
}

/** Looks until the end is found. Throws Failure when the time is up. Resolves with the seconds it took. */
export const waitFor = async ({ look, betweenMs, timeoutMs, err, hint }: Waiting): Promise<number> => {
  const begun = Date.now();
  const ticker = createTicker(err);
  for (;;) {
    const found = await look();
    const seconds = (Date.now() - begun) / 1000;
    if (found.done) {
      await ticker.end();
      return seconds;
    }
    if (Date.now() + betweenMs - begun > timeoutMs) {
      await ticker.end();
      throw new Failure(`after ${spoken(timeoutMs / 1000)} still waiting for ${found.awaits}: ${hint}`);
    }
    await ticker.tell(`waiting for ${found.awaits}`, seconds);
    await sleep(betweenMs);
  }
};

/** One line that is redrawn on a terminal; elsewhere a line whenever the words change. */
const createTicker = (err: Output | undefined) => {
  let last = '';
  return {
    tell: async (words: string, seconds: number): Promise<void> => {
      const line = visible(words);
      if (err?.isTerminal === true)
        await err.write(`\r\u001b[2K${cut(`${line} (${spoken(Math.round(seconds))})`, err.columns - 1)}`);
      else if (line !== last) await err?.write(`${line}\n`);
      last = line;
    },
    end: async (): Promise<void> => {
      if (err?.isTerminal === true && last !== '') await err.write('\r\u001b[2K');
    },
  };
};
