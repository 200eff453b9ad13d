import { axisX, axisY, gridY, plot, rectY, ruleY, type Scale } from '@observablehq/plot';
import { formatMinute } from '../data/format.ts';
import { formatMoneyTick } from '../data/money.ts';
import { heightScale, type Segment } from '../data/stack.ts';

const MINUTE = 60_000;
const GROW_MS = 420;

export interface PlotSettings {
  readonly segments: readonly Segment[];
  readonly currency: string;
  readonly from: number;
  readonly to: number;
  readonly colourOf: (source: string) => string;
  readonly width: number;
  readonly height: number;
}

export interface DrawnPlot {
  readonly svg: Element;
  readonly x: Scale;
  readonly y: Scale;
  /** By `keyOf` of their segment. */
  readonly rects: ReadonlyMap<string, SVGRectElement>;
}

export const keyOf = ({ minute, source }: Pick<Segment, 'minute' | 'source'>): string => `${minute} ${source}`;

/** Gaps between bars only where bars are wide enough to afford them. */
const insetOf = (barWidth: number): number => (barWidth >= 9 ? 1 : barWidth >= 4 ? 0.5 : 0.1);

export const drawPlot = (settings: PlotSettings): DrawnPlot | undefined => {
  const { segments, currency, from, to, colourOf, width, height } = settings;
  const isNarrow = width < 480;
  const margins = { marginLeft: isNarrow ? 46 : 58, marginRight: 18, marginTop: 14, marginBottom: 26 };
  const inset = insetOf(((width - margins.marginLeft - margins.marginRight) * MINUTE) / (to - from));
  const { domain, ticks } = heightScale(segments);
  const drawn = plot({
    ...margins,
    width,
    height,
    style: { background: 'none', overflow: 'visible', fontFamily: 'inherit', fontSize: '11.5px' },
    x: { type: 'time', domain: [new Date(from), new Date(to)] },
    y: { domain: [...domain] },
    marks: [
      gridY(ticks, { className: 'grid' }),
      axisY(ticks, { tickSize: 0, label: null, tickFormat: (value: number) => formatMoneyTick(value, currency) }),
      axisX({
        ticks: isNarrow ? 4 : 8,
        tickSize: 0,
        tickPadding: 8,
        label: null,
        tickFormat: (value: Date) => formatMinute(value.getTime()),
      }),
      rectY(segments, {
        x1: ({ minute }: Segment) => new Date(minute),
        x2: ({ minute }: Segment) => new Date(minute + MINUTE),
        y1: 'y1',
        y2: 'y2',
        fill: ({ source }: Segment) => colourOf(source),
        insetLeft: inset,
        insetRight: inset,
        className: 'bars',
      }),
      ruleY([0], { className: 'zero' }),
    ],
    color: { type: 'identity' },
  });
  const x = drawn.scale('x');
  const y = drawn.scale('y');
  if (!x || !y) return undefined;
  const drawnRects = [...drawn.querySelectorAll<SVGRectElement>('.bars rect')];
  const rects = new Map(
    segments.flatMap((segment, index) => {
      const rect = drawnRects[index];
      return rect ? [[keyOf(segment), rect] as const] : [];
    }),
  );
  return { svg: drawn, x, y, rects };
};

interface Box {
  readonly y: number;
  readonly height: number;
}

const boxOf = (rect: SVGRectElement): Box => ({ y: rect.y.baseVal.value, height: rect.height.baseVal.value });

/** Lets the bars of a new drawing start from where the old ones stood, and new bars from zero, so that the chart grows. */
export const growFrom = (before: DrawnPlot | undefined, after: DrawnPlot): void => {
  if (!before || matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const zero = Number(after.y.apply(0));
  for (const [key, rect] of after.rects) {
    const old = before.rects.get(key);
    const from = old ? boxOf(old) : { y: zero, height: 0 };
    const to = boxOf(rect);
    if (from.y === to.y && from.height === to.height) continue;
    const keyframes = [from, to].map(({ y, height }) => ({ y: `${y}px`, height: `${height}px` }));
    rect.animate(keyframes, { duration: GROW_MS, easing: 'cubic-bezier(0.2, 0.7, 0.2, 1)' });
  }
};
