import type { RevenueRow } from '#core/status.ts';
import { parseTime } from './format.ts';
import { averageUnits, parseUnits, sumUnits, type Units } from './money.ts';

/** What a bar, a source or the whole window adds up to. */
export interface Sums {
  readonly orders: number;
  readonly refunds: number;
  readonly gross: Units;
  readonly refunded: Units;
  readonly net: Units;
}

export interface Bar extends Sums {
  readonly minute: number;
  readonly source: string;
}

const toBar = (row: RevenueRow): Bar => ({
  minute: parseTime(row.minute),
  source: row.source,
  orders: row.orders,
  refunds: row.refunds,
  gross: parseUnits(row.gross) ?? 0n,
  refunded: parseUnits(row.refunded) ?? 0n,
  net: parseUnits(row.net) ?? 0n,
});

export const sumBars = (bars: readonly Sums[]): Sums => ({
  orders: bars.reduce((total, { orders }) => total + orders, 0),
  refunds: bars.reduce((total, { refunds }) => total + refunds, 0),
  gross: sumUnits(bars.map(({ gross }) => gross)),
  refunded: sumUnits(bars.map(({ refunded }) => refunded)),
  net: sumUnits(bars.map(({ net }) => net)),
});

/** Gross over orders, as the report defines it; undefined without orders. */
export const averageOrder = ({ gross, orders }: Sums): Units | undefined => averageUnits(gross, orders);

/** Currencies of the window, the one with most orders first. */
export const currenciesOf = (rows: readonly RevenueRow[]): readonly string[] => {
  const orders = new Map<string, number>();
  for (const row of rows) orders.set(row.currency, (orders.get(row.currency) ?? 0) + row.orders);
  return [...orders].sort(([a, x], [b, y]) => y - x || a.localeCompare(b)).map(([currency]) => currency);
};

export const barsOf = (rows: readonly RevenueRow[], currency: string): readonly Bar[] =>
  rows.filter((row) => row.currency === currency).map(toBar);

export const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
};

/** Sums per source, the largest net first. */
export const bySource = (bars: readonly Bar[]): readonly (Sums & { readonly source: string })[] =>
  [...groupBy(bars, ({ source }) => source)]
    .map(([source, group]) => ({ source, ...sumBars(group) }))
    .sort((a, b) => (b.net > a.net ? 1 : b.net < a.net ? -1 : a.source.localeCompare(b.source)));
