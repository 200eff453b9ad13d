import { formatCount, formatMinute, formatUtc } from '../data/format.ts';
import { formatMoney } from '../data/money.ts';
import type { Segment } from '../data/stack.ts';
import type { DrawnPlot } from './revenue-plot.ts';

const WIDTH = 220;
const GAP = 10;

/** All of a bar as one sentence, for screen readers. */
export const sayBar = (bar: Segment, currency: string): string =>
  `${bar.source}, ${formatMinute(bar.minute)}: ${formatCount(bar.orders)} orders, gross ${formatMoney(bar.gross, currency)}, ` +
  `refunded ${formatMoney(bar.refunded, currency)}, net ${formatMoney(bar.net, currency)}`;

interface Props {
  readonly bar: Segment;
  readonly currency: string;
  readonly colour: string;
  readonly plot: DrawnPlot;
  readonly width: number;
}

/** Beside the bar, on whichever side has room. */
export const ChartTip = ({ bar, currency, colour, plot, width }: Props) => {
  const left = Number(plot.x.apply(new Date(bar.minute)));
  const right = Number(plot.x.apply(new Date(bar.minute + 60_000)));
  const roomRight = width - right - GAP;
  const place = roomRight >= WIDTH ? right + GAP : Math.max(0, left - GAP - WIDTH);
  const top = Math.max(0, Math.min(Number(plot.y.apply(Math.max(bar.y1, bar.y2))), 120));
  const figures = [
    ['Orders', formatCount(bar.orders)],
    ['Gross', formatMoney(bar.gross, currency)],
    [`Refunded (${formatCount(bar.refunds)})`, formatMoney(bar.refunded, currency)],
    ['Net', formatMoney(bar.net, currency)],
  ] as const;
  return (
    <div class="tip" role="tooltip" style={{ left: `${place}px`, top: `${top}px`, width: `${WIDTH}px` }}>
      <p class="tip-head">
        <span class="swatch" style={{ background: colour }} />
        <strong>{bar.source}</strong>
        <span title={formatUtc(new Date(bar.minute).toISOString())}>{formatMinute(bar.minute)}</span>
      </p>
      <dl>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
};
