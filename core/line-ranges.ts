import { isObject, parseJson } from './json.ts';
import { parseTime } from './time.ts';

/** Lines of an object, both ends included; in order, and no two that touch. */
export type LineRanges = readonly (readonly [first: number, last: number])[];

export const holdsLine = (ranges: LineRanges, line: number): boolean =>
  ranges.some(([first, last]) => line >= first && line <= last);

/** The same lines and these. */
export const addLines = (ranges: LineRanges, lines: readonly number[]): LineRanges => {
  const all = [...ranges, ...lines.map((line) => [line, line] as const)].sort(([a], [b]) => a - b);
  const merged: [number, number][] = [];
  for (const [first, last] of all) {
    const before = merged.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
};

/** What `millrace replay` writes beside a failed object: which of its lines it has put back onto the stream. */
export interface ReplayMarker {
  readonly lines: LineRanges;
  /** Epoch milliseconds of the latest; undefined where the marker does not say. */
  readonly replayedAt: number | undefined;
}

/** Key of the marker of a failed object, in the same bucket. */
export const replayMarkerKey = (objectKey: string): string => `state/replayed/${objectKey}.json`;

/** undefined for a text that is no marker. */
export const parseReplayMarker = (text: string): ReplayMarker | undefined => {
  const parsed = parseJson(text);
  const value = parsed.ok && isObject(parsed.value) ? parsed.value : {};
  const lines: unknown = value.lines;
  if (!Array.isArray(lines) || !lines.every(isRange)) return undefined;
  return { lines, replayedAt: parseTime(value.replayed_at) };
};

const isRange = (value: unknown): value is [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger);
