import { toNumber, type Units } from './money.ts';
import { type Bar, groupBy, sumBars } from './revenue.ts';

/** A bar with its place in the stack: up from zero when net is positive, down when refunds were more than orders. */
export interface Segment extends Bar {
  readonly y1: number;
  readonly y2: number;
}

export const OTHER = 'other sources';

/**
 * Which source has which colour. A source keeps its slot while it is in the window, so that nobody's colour changes when
 * another overtakes it; slots that fall free go to the largest source without one. Sources without a slot are drawn as `OTHER`.
 */
export const assignSlots = (
  before: readonly (string | null)[],
  sources: readonly string[],
  size: number,
): readonly (string | null)[] => {
  const kept = Array.from({ length: size }, (_, slot) => {
    const source = before[slot] ?? null;
    return source !== null && sources.includes(source) ? source : null;
  });
  const waiting = sources.filter((source) => !kept.includes(source));
  return kept.map((source) => source ?? waiting.shift() ?? null);
};

/** Joins the bars of every source without a slot into one bar a minute. */
export const foldOthers = (bars: readonly Bar[], slots: readonly (string | null)[]): readonly Bar[] => {
  const named = bars.filter(({ source }) => slots.includes(source));
  const others = bars.filter(({ source }) => !slots.includes(source));
  const joined = [...groupBy(others, ({ minute }) => String(minute))].map(([minute, group]) => ({
    minute: Number(minute),
    source: OTHER,
    ...sumBars(group),
  }));
  return [...named, ...joined];
};

/** Stacks each minute in slot order, `OTHER` last; a bar of exactly zero has no segment. */
export const stackBars = (bars: readonly Bar[], slots: readonly (string | null)[]): readonly Segment[] => {
  const rankOf = ({ source }: Bar): number => (slots.includes(source) ? slots.indexOf(source) : slots.length);
  const ordered = [...bars].sort((a, b) => a.minute - b.minute || rankOf(a) - rankOf(b));
  const tops = new Map<string, Units>();
  return ordered.flatMap((bar) => {
    if (bar.net === 0n) return [];
    const key = `${bar.minute} ${bar.net > 0n}`;
    const from = tops.get(key) ?? 0n;
    tops.set(key, from + bar.net);
    return [{ ...bar, y1: toNumber(from), y2: toNumber(from + bar.net) }];
  });
};

const MINUTE = 60_000;

/** First and last instant of the chart: whole minutes up to and with the one `now` is in, or later where bars are. */
export const windowOf = (now: number, minutes: number, bars: readonly Bar[]): readonly [number, number] => {
  const end = bars.reduce((latest, { minute }) => Math.max(latest, minute), Math.floor(now / MINUTE) * MINUTE) + MINUTE;
  return [end - minutes * MINUTE, end];
};

const TICKS = 5;

/** The distance between about five round ticks: 1, 2, 2.5 or 5 times a power of ten. */
const roundStep = (size: number): number => {
  const raw = size / TICKS;
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * ([1, 2, 2.5, 5].find((factor) => factor * power >= raw) ?? 10);
};

export interface HeightScale {
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

/** Ends on a round tick above, so that the scale seldom moves while bars grow; below zero only as far as bars reach. */
export const heightScale = (segments: readonly Segment[]): HeightScale => {
  const top = segments.reduce((highest, { y2 }) => Math.max(highest, y2), 0);
  const bottom = segments.reduce((lowest, { y2 }) => Math.min(lowest, y2), 0);
  if (top === bottom) return { domain: [0, 1], ticks: [0] };
  const step = roundStep(top - bottom);
  const [first, last] = [Math.ceil(bottom / step), Math.ceil(top / step)];
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  return { domain: [bottom * 1.05, last * step], ticks };
};
