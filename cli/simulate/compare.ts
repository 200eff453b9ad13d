import type { Tally } from '#core/traffic/tally.ts';
import type { Arrived, ArrivedRevenue } from './arrival.ts';
import type { Flow } from './flow.ts';

/** One thing that was expected, beside what was found; counts as numbers, money as decimal text. */
export interface Check {
  readonly name: string;
  readonly expected: number | string;
  readonly found: number | string;
  readonly ok: boolean;
}

export interface Held {
  readonly counts: Arrived;
  readonly revenue: Readonly<Record<string, ArrivedRevenue>>;
}

const check = (name: string, expected: number | string, found: number | string): Check => ({
  name,
  expected,
  found,
  ok: expected === found,
});

/** Decimal text without needless zeros but with two places at least: `129.9000` is `129.90`. Anything else stays as it is. */
export const tidyDecimal = (text: string): string => {
  const [, whole, fraction = ''] = /^(-?\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  return whole === undefined ? text : `${whole}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`;
};

/**
 * The tally with malformed events that were refused at the door moved there: where a malformed event is refused is the
 * pipeline's choice, that it is refused once is not.
 */
export const withDoor = (tally: Tally, { malformedAtDoor }: Flow): Tally => ({
  ...tally,
  refused: tally.refused + malformedAtDoor,
  rejected: tally.rejected - malformedAtDoor,
});

/** What the collector said, against what was sent. */
export const compareAtDoor = (tally: Tally, flow: Flow): readonly Check[] => [
  check('accepted', tally.sent - tally.refused, flow.accepted),
  check('refused at the door', tally.refused, flow.refused),
  ...(flow.misjudged === 0 ? [] : [check('misjudged at the door', 0, flow.misjudged)]),
  ...(flow.unconfirmed === 0 ? [] : [check('never answered for', 0, flow.unconfirmed)]),
];

const none: ArrivedRevenue = { gross: '0', refunded: '0' };

/** What the warehouse holds, against what was sent: every accepted event is loaded once, a removed duplicate, or rejected. */
export const compareInWarehouse = (tally: Tally, flow: Flow, { counts, revenue }: Held): readonly Check[] => {
  const missing = Math.max(0, tally.distinct - counts.distinct) + Math.max(0, tally.rejected - counts.rejected);
  const currencies = [...new Set([...Object.keys(tally.revenue), ...Object.keys(revenue)])].sort();
  return [
    check('duplicates removed', tally.duplicates, flow.accepted - counts.loaded - counts.rejected - missing),
    check('rejected', tally.rejected, counts.rejected),
    check('loaded', tally.distinct, counts.distinct),
    check('missing', 0, missing),
    check('loaded twice', 0, counts.loaded - counts.distinct),
    ...(counts.misjudged === 0 ? [] : [check('loaded or rejected wrongly', 0, counts.misjudged)]),
    ...currencies.flatMap((currency) => {
      const sent = tally.revenue[currency] ?? none;
      const held = revenue[currency] ?? none;
      return [
        check(`revenue ${currency}`, tidyDecimal(sent.gross), tidyDecimal(held.gross)),
        check(`refunded ${currency}`, tidyDecimal(sent.refunded), tidyDecimal(held.refunded)),
      ];
    }),
  ];
};
