import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatMinute } from '../data/format.ts';
import { formatMoney, sumUnits } from '../data/money.ts';
import type { Segment } from '../data/stack.ts';
import { useWidth } from '../hooks.ts';
import { type Aim, aimAt, aimByKey } from './chart-aim.ts';
import { ChartTip, sayBar } from './chart-tip.tsx';
import { type DrawnPlot, drawPlot, growFrom, keyOf } from './revenue-plot.ts';

interface Props {
  readonly segments: readonly Segment[];
  readonly currency: string;
  readonly from: number;
  readonly to: number;
  readonly colourOf: (source: string) => string;
  /** Source that is pointed at in the legend: the others step back. */
  readonly pointed: string | null;
}

export const RevenueChart = ({ segments, currency, from, to, colourOf, pointed }: Props) => {
  const [box, width] = useWidth<HTMLElement>();
  const canvas = useRef<HTMLDivElement>(null);
  const shown = useRef<DrawnPlot | undefined>(undefined);
  const [aim, setAim] = useState<Aim | null>(null);
  const [isByKey, setByKey] = useState(false);
  const height = width < 480 ? 240 : 320;

  const drawn = useMemo(
    () => (width > 0 ? drawPlot({ segments, currency, from, to, colourOf, width, height }) : undefined),
    [segments, currency, from, to, width, height],
  );
  useLayoutEffect(() => {
    if (!drawn) return;
    canvas.current?.replaceChildren(drawn.svg);
    growFrom(shown.current, drawn);
    shown.current = drawn;
  }, [drawn]);

  const bar = aim ? segments.find((segment) => keyOf(segment) === keyOf(aim)) : undefined;
  useLayoutEffect(() => {
    if (!drawn) return;
    for (const [key, rect] of drawn.rects) rect.classList.toggle('aimed', bar !== undefined && key === keyOf(bar));
    for (const segment of segments) {
      drawn.rects.get(keyOf(segment))?.classList.toggle('aside', pointed !== null && segment.source !== pointed);
    }
  }, [drawn, bar, pointed]);

  const onPointerMove = (event: PointerEvent): void => {
    const bounds = canvas.current?.getBoundingClientRect();
    if (!drawn || !bounds) return;
    setByKey(false);
    setAim(aimAt(drawn, segments, event.clientX - bounds.left, event.clientY - bounds.top));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const next = aimByKey(event.key, segments, aim);
    if (next === undefined) return;
    event.preventDefault();
    setByKey(true);
    setAim(next);
  };
  const total = formatMoney(sumUnits(segments.map(({ net }) => net)), currency);
  const label = `Stacked bars of net revenue per minute by source, ${formatMinute(from)} to ${formatMinute(to)}, ${total} in all. Arrow keys go from bar to bar.`;

  return (
    <figure
      class="chart"
      ref={box}
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys need a place to arrive
      tabIndex={0}
      style={{ height: `${height}px` }}
      onPointerMove={onPointerMove}
      onPointerDown={onPointerMove}
      onPointerLeave={() => setAim(null)}
      onKeyDown={onKeyDown}
      onBlur={() => setAim(null)}
    >
      <div ref={canvas} aria-hidden="true" class={`canvas${bar ? ' has-aim' : ''}`} />
      {bar && drawn && <ChartTip {...{ bar, currency, width, plot: drawn }} colour={colourOf(bar.source)} />}
      <p class="unseen" aria-live="polite">
        {bar && isByKey ? sayBar(bar, currency) : ''}
      </p>
    </figure>
  );
};
