import { toDecimalText } from './money.ts';

/** What must become of a sending: a row of `events`, dropped as already there, a row of `rejected_events`, or refused at the door. */
export type Expected = 'loaded' | 'duplicate' | 'rejected' | 'refused';

/** Money of one currency as decimal text with two places. `gross` is of order_completed, `refunded` of order_refunded. */
interface Revenue {
  readonly orders: number;
  readonly refunds: number;
  readonly gross: string;
  readonly refunded: string;
  readonly net: string;
}

/** Exactly what must be found once everything sent has gone through. sent = refused + rejected + duplicates + distinct. */
export interface Tally {
  readonly sent: number;
  /** Refused at the door: never in the warehouse. */
  readonly refused: number;
  /** Malformed events: rows of `rejected_events`, but for those that the door already refuses by index (no name, name not a text). */
  readonly rejected: number;
  /** Second sendings, which the warehouse drops. */
  readonly duplicates: number;
  /** Rows of `events`, each once. */
  readonly distinct: number;
  /** Of the distinct, those whose event_time is minutes to days old. */
  readonly late: number;
  /** Per currency, over the distinct events. */
  readonly revenue: Readonly<Record<string, Revenue>>;
}

export interface TallyKeeper {
  count(expected: Expected, isLate: boolean): void;
  order(currency: string, cents: number): void;
  refund(currency: string, cents: number): void;
  read(): Tally;
}

interface Cents {
  orders: number;
  refunds: number;
  gross: number;
  refunded: number;
}

export const createTally = (): TallyKeeper => {
  const counts: Record<Expected, number> = { loaded: 0, duplicate: 0, rejected: 0, refused: 0 };
  const money = new Map<string, Cents>();
  let late = 0;
  const of = (currency: string): Cents => {
    const found = money.get(currency) ?? { orders: 0, refunds: 0, gross: 0, refunded: 0 };
    money.set(currency, found);
    return found;
  };
  const revenueOf = ({ orders, refunds, gross, refunded }: Cents): Revenue => ({
    orders,
    refunds,
    gross: toDecimalText(gross),
    refunded: toDecimalText(refunded),
    net: toDecimalText(gross - refunded),
  });
  return {
    count: (expected, isLate) => {
      counts[expected] += 1;
      if (isLate) late += 1;
    },
    order: (currency, cents) => {
      const sums = of(currency);
      sums.orders += 1;
      sums.gross += cents;
    },
    refund: (currency, cents) => {
      const sums = of(currency);
      sums.refunds += 1;
      sums.refunded += cents;
    },
    read: () => ({
      sent: counts.loaded + counts.duplicate + counts.rejected + counts.refused,
      refused: counts.refused,
      rejected: counts.rejected,
      duplicates: counts.duplicate,
      distinct: counts.loaded,
      late,
      revenue: Object.fromEntries(
        [...money].sort(([a], [b]) => (a < b ? -1 : 1)).map(([currency, cents]) => [currency, revenueOf(cents)]),
      ),
    }),
  };
};
