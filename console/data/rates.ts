import type { Health, StageStatus } from '#core/status.ts';
import { parseTime } from './format.ts';

/** Rates come from the difference of two polls, on the laptop's own clock: the page's timers are late when the tab is busy. */

const KEEP = 61;
const SMOOTH_MS = 5_000;

interface Sample {
  readonly at: number;
  readonly stages: readonly StageStatus[];
}

/** Oldest first, at most a minute of polls. */
export type History = readonly Sample[];

const countIn = (sample: Sample, stage: string, word: string): number | undefined =>
  sample.stages.find(({ name }) => name === stage)?.counts[word];

/** An answer of the same instant tells nothing new; a clock set back starts the history anew. */
export const addSample = (history: History, health: Health): History => {
  const next: Sample = { at: parseTime(health.now), stages: health.stages };
  const last = history.at(-1);
  if (!last || next.at < last.at) return [next];
  return next.at === last.at ? history : [...history, next].slice(-KEEP);
};

/** A count that fell (the laptop was started anew, dead letters were sent again) has no rate, rather than one below zero. */
const rateBetween = (from: Sample, to: Sample, stage: string, word: string): number | null => {
  const after = countIn(to, stage, word);
  const before = countIn(from, stage, word) ?? 0;
  if (after === undefined || after < before || to.at <= from.at) return null;
  return ((after - before) * 1000) / (to.at - from.at);
};

/** Per second over about the last five seconds; null until there are two polls to compare. */
export const rateOf = (history: History, stage: string, word: string): number | null => {
  const last = history.at(-1);
  const before = history.at(-2);
  if (!last || !before) return null;
  const from = history.find(({ at }) => last.at - at <= SMOOTH_MS && at < last.at) ?? before;
  return rateBetween(from, last, stage, word);
};

/** One rate per poll, oldest first: the sparkline. */
export const rateSeries = (history: History, stage: string, word: string): readonly number[] =>
  history.slice(1).map((sample, index) => {
    const before = history[index];
    return before ? (rateBetween(before, sample, stage, word) ?? 0) : 0;
  });
