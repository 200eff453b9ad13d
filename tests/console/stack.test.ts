import { describe, expect, test } from 'vitest';
import { parseUnits } from '#console/data/money.ts';
import type { Bar } from '#console/data/revenue.ts';
import { assignSlots, foldOthers, heightScale, OTHER, stackBars, windowOf } from '#console/data/stack.ts';

const MINUTE = 60_000;

const bar = (minute: number, source: string, net: string): Bar => ({
  minute: minute * MINUTE,
  source,
  orders: 1,
  refunds: 0,
  gross: parseUnits(net) ?? 0n,
  refunded: 0n,
  net: parseUnits(net) ?? 0n,
});

describe('stackBars', () => {
  test('stacks a minute in slot order without gap or overlap', () => {
    const segments = stackBars([bar(0, 'b', '3'), bar(0, 'a', '2'), bar(1, 'a', '5')], ['a', 'b']);
    expect(segments.map(({ minute, source, y1, y2 }) => [minute, source, y1, y2])).toEqual([
      [0, 'a', 0, 2],
      [0, 'b', 2, 5],
      [MINUTE, 'a', 0, 5],
    ]);
  });

  test('puts what was refunded beyond the orders below zero', () => {
    const segments = stackBars([bar(0, 'a', '-2'), bar(0, 'b', '3'), bar(0, 'c', '-1')], ['a', 'b', 'c']);
    expect(segments.map(({ source, y1, y2 }) => [source, y1, y2])).toEqual([
      ['a', 0, -2],
      ['b', 0, 3],
      ['c', -2, -3],
    ]);
  });

  test('draws nothing for a bar of zero', () => {
    expect(stackBars([bar(0, 'a', '0')], ['a'])).toEqual([]);
  });
});

describe('colours', () => {
  test('stay with their source when another overtakes it', () => {
    const before = assignSlots([], ['google', 'bing'], 3);
    expect(assignSlots(before, ['bing', 'google'], 3)).toEqual(['google', 'bing', null]);
  });

  test('pass on to a new source when their own has left the window', () => {
    expect(assignSlots(['google', 'bing', 'direct'], ['new', 'bing', 'direct'], 3)).toEqual(['new', 'bing', 'direct']);
  });

  test('run out: the rest is one bar a minute, on top', () => {
    const slots = assignSlots([], ['a', 'b', 'c'], 1);
    const bars = foldOthers([bar(0, 'c', '1.5'), bar(0, 'a', '2'), bar(0, 'b', '1')], slots);
    const segments = stackBars(bars, slots);
    expect(segments.map(({ source, y1, y2 }) => [source, y1, y2])).toEqual([
      ['a', 0, 2],
      [OTHER, 2, 4.5],
    ]);
  });
});

describe('scales', () => {
  test('the window ends with the minute that now is in, or later where bars are', () => {
    expect(windowOf(90_000, 15, [])).toEqual([2 * MINUTE - 15 * MINUTE, 2 * MINUTE]);
    expect(windowOf(90_000, 15, [bar(3, 'a', '1')])).toEqual([4 * MINUTE - 15 * MINUTE, 4 * MINUTE]);
  });

  test('the height ends on a round tick, and does not waste the half below zero', () => {
    const { domain, ticks } = heightScale(stackBars([bar(0, 'a', '2100'), bar(1, 'a', '-40')], ['a']));
    expect(domain).toEqual([-42, 2500]);
    expect(ticks).toEqual([0, 500, 1000, 1500, 2000, 2500].map((tick) => expect.closeTo(tick)));
  });

  test('the height of nothing is a scale all the same', () => {
    expect(heightScale([])).toEqual({ domain: [0, 1], ticks: [0] });
  });
});
