import type { Output } from '../surroundings.ts';
import { cut, grouped } from '../text.ts';

export interface Reading {
  /** From 0 to 1. */
  readonly done: number;
  /** Said beside the bar. */
  readonly words: string;
}

export interface Progress {
  /** Shows what `read` says until the returned function is called. */
  show(read: () => Reading): () => Promise<void>;
  /** A line of its own. */
  say(line: string): Promise<void>;
}

const barWidth = 24;

const bar = (done: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, done)) * barWidth);
  return `${'█'.repeat(full)}${'░'.repeat(barWidth - full)}`;
};

/** A bar that is redrawn on a terminal, a plain line each three seconds elsewhere. */
export const createProgress = (err: Output): Progress => ({
  show: (read) => {
    const draw = (): void => {
      const { done, words } = read();
      const line = `${bar(done)} ${String(Math.floor(done * 100)).padStart(3)} %  ${words}`;
      void err.write(err.isTerminal ? `\r\u001b[2K${cut(line, err.columns - 1)}` : `${words}\n`);
    };
    const timer = setInterval(draw, err.isTerminal ? 150 : 3000);
    return async () => {
      clearInterval(timer);
      if (err.isTerminal) await err.write('\r\u001b[2K');
    };
  },
  say: (line) => err.write(`${line}\n`),
});

/** With --json: silence. */
export const noProgress: Progress = { show: () => async () => undefined, say: async () => undefined };

interface Sent {
  readonly sent: number;
  readonly accepted: number;
  readonly retries: number;
  readonly loaded: number | undefined;
  readonly seconds: number;
}

export const sendingWords = ({ sent, accepted, retries, loaded, seconds }: Sent): string =>
  [
    `${grouped(sent)} sent`,
    `${grouped(seconds > 0 ? sent / seconds : 0)}/s`,
    `${grouped(accepted)} accepted`,
    ...(retries === 0 ? [] : [`${grouped(retries)} requests sent again`]),
    ...(loaded === undefined ? [] : [`${grouped(loaded)} loaded so far`]),
  ].join(' · ');

interface Found {
  readonly distinct: number;
  readonly rejected: number;
}

/** `isDraining`: all is loaded, and duplicates may still be under way. */
export const waitingReading = (expected: Found, found: Found, isDraining: boolean): Reading => ({
  done: (found.distinct + found.rejected) / Math.max(1, expected.distinct + expected.rejected),
  words: isDraining
    ? 'all loaded; waiting for duplicates to go through'
    : [
        `waiting for the warehouse: ${grouped(found.distinct)} of ${grouped(expected.distinct)} loaded`,
        ...(expected.rejected === 0 ? [] : [`${grouped(found.rejected)} of ${grouped(expected.rejected)} rejected`]),
      ].join(' · '),
});
