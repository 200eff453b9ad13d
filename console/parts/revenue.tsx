import { useMemo, useRef, useState } from 'preact/hooks';
import type { Overview } from '#core/status.ts';
import { type View, WINDOWS } from '../data/address.ts';
import { parseTime } from '../data/format.ts';
import { barsOf, bySource, currenciesOf, sumBars } from '../data/revenue.ts';
import { assignSlots, foldOthers, OTHER, stackBars, windowOf } from '../data/stack.ts';
import { Choice } from './choice.tsx';
import { Kpis } from './kpis.tsx';
import { RevenueChart } from './revenue-chart.tsx';
import { SourceTable } from './source-table.tsx';

/** As many as there are `--series-n` colours in the style sheet that one can tell apart. */
const SLOTS = 8;

const windowName = (minutes: number): string => (minutes < 120 ? `${minutes} min` : `${minutes / 60} h`);

const useSlots = (sources: readonly string[], currency: string): readonly (string | null)[] => {
  const held = useRef({ currency, slots: assignSlots([], sources, SLOTS) });
  const before = held.current.currency === currency ? held.current.slots : [];
  const slots = assignSlots(before, sources, SLOTS);
  held.current = { currency, slots };
  return slots;
};

interface Props {
  readonly overview: Overview;
  readonly view: View;
  readonly onView: (view: View) => void;
  /** Window that the overview was asked for; for a moment after a change it is not yet the view's. */
  readonly minutes: number;
}

export const Revenue = ({ overview, view, onView, minutes }: Props) => {
  const [pointed, setPointed] = useState<string | null>(null);
  const currencies = currenciesOf(overview.revenue);
  const currency = (view.currency !== null && currencies.includes(view.currency) ? view.currency : currencies[0]) ?? '';
  // Each poll brings equal rows in new objects; by their text the chart knows that there is nothing to draw.
  const rowsText = JSON.stringify(overview.revenue);
  const bars = useMemo(() => barsOf(overview.revenue, currency), [rowsText, currency]);
  const sources = useMemo(() => bySource(bars), [bars]);
  const slots = useSlots(
    sources.map(({ source }) => source),
    currency,
  );
  const slotsText = JSON.stringify(slots);
  const segments = useMemo(() => stackBars(foldOthers(bars, slots), slots), [bars, slotsText]);
  const [from, to] = windowOf(parseTime(overview.health.now), minutes, bars);
  const colourOf = (source: string): string => {
    const slot = slots.indexOf(source);
    return `var(--series-${slot < 0 ? 'other' : slot + 1})`;
  };

  return (
    <section class="panel revenue" aria-labelledby="revenue">
      <div class="panel-head">
        <h2 id="revenue">Revenue by source per minute</h2>
        <div class="pickers">
          {currencies.length > 1 && (
            <Choice
              label="Currency"
              name="currency"
              options={currencies.map((value) => ({ value, text: value }))}
              chosen={currency}
              onChoose={(chosen) => onView({ ...view, currency: chosen })}
            />
          )}
          <Choice
            label="Window"
            name="minutes"
            options={WINDOWS.map((value) => ({ value, text: windowName(value) }))}
            chosen={view.minutes}
            onChoose={(chosen) => onView({ ...view, minutes: chosen })}
          />
        </div>
      </div>
      {bars.length === 0 ? (
        <p class="nothing">
          No orders in the last {windowName(minutes)}. Orders arrive as <code>order_completed</code> events, refunds as{' '}
          <code>order_refunded</code>.
        </p>
      ) : (
        <>
          <Kpis sums={sumBars(bars)} currency={currency} />
          <div class="chart-and-sources">
            <RevenueChart {...{ segments, currency, from, to, colourOf, pointed }} />
            <SourceTable {...{ sources, currency, colourOf, onPoint: setPointed }} />
          </div>
          {sources.length > SLOTS && (
            <p class="note">
              Sources beyond the largest {SLOTS} are drawn as “{OTHER}”.
            </p>
          )}
        </>
      )}
    </section>
  );
};
