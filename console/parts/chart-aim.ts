import type { Segment } from '../data/stack.ts';
import type { DrawnPlot } from './revenue-plot.ts';

/** Which bar is meant: by a pointer over the chart, or by an arrow key. */
export interface Aim {
  readonly minute: number;
  readonly source: string;
}

const MINUTE = 60_000;
const REACH_PX = 10;

const middle = ({ y1, y2 }: Segment): number => (y1 + y2) / 2;

const nearest = (segments: readonly Segment[], distance: (segment: Segment) => number): Segment | undefined =>
  segments.reduce<Segment | undefined>(
    (best, segment) => (best === undefined || distance(segment) < distance(best) ? segment : best),
    undefined,
  );

/** The bar under a point of the drawing, or the closest of the closest minute: one-pixel bars cannot be hit exactly. */
export const aimAt = (plot: DrawnPlot, segments: readonly Segment[], x: number, y: number): Aim | null => {
  const awayX = ({ minute }: Segment): number => {
    const from = Number(plot.x.apply(new Date(minute)));
    const to = Number(plot.x.apply(new Date(minute + MINUTE)));
    return Math.max(from - x, x - to, 0);
  };
  const closest = nearest(segments, awayX);
  if (!closest || awayX(closest) > REACH_PX) return null;
  const awayY = ({ y1, y2 }: Segment): number => {
    const [a, b] = [Number(plot.y.apply(y1)), Number(plot.y.apply(y2))];
    return Math.max(Math.min(a, b) - y, y - Math.max(a, b), 0);
  };
  const column = segments.filter(({ minute }) => minute === closest.minute);
  return nearest(column, awayY) ?? null;
};

/** Left and right go to the next minute that has bars, up and down through its stack; undefined for any other key. */
export const aimByKey = (key: string, segments: readonly Segment[], aim: Aim | null): Aim | null | undefined => {
  if (key === 'Escape') return null;
  if (!['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(key)) return undefined;
  const current = segments.find(({ minute, source }) => minute === aim?.minute && source === aim.source);
  const minutes = [...new Set(segments.map(({ minute }) => minute))].sort((a, b) => a - b);
  const last = minutes.length - 1;
  if (!current || key === 'Home' || key === 'End') {
    const minute = minutes[key === 'Home' ? 0 : last];
    return segments.find((segment) => segment.minute === minute) ?? null;
  }
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    const step = key === 'ArrowLeft' ? -1 : 1;
    const minute = minutes[Math.min(last, Math.max(0, minutes.indexOf(current.minute) + step))];
    const column = segments.filter((segment) => segment.minute === minute);
    const same = column.find(({ source }) => source === current.source);
    return same ?? nearest(column, (segment) => Math.abs(middle(segment) - middle(current))) ?? null;
  }
  const stack = segments.filter(({ minute }) => minute === current.minute).sort((a, b) => middle(a) - middle(b));
  const step = key === 'ArrowUp' ? 1 : -1;
  return stack[Math.min(stack.length - 1, Math.max(0, stack.indexOf(current) + step))] ?? null;
};
