import { describe, expect, test } from 'vitest';
import { toDecimal } from '#console/data/money.ts';
import { averageOrder, barsOf, bySource, currenciesOf, sumBars } from '#console/data/revenue.ts';
import type { RevenueRow } from '#core/status.ts';

const row = (source: string, net: string, more: Partial<RevenueRow> = {}): RevenueRow => ({
  minute: '2026-11-22T10:00:00.000Z',
  source,
  currency: 'EUR',
  orders: 1,
  refunds: 0,
  gross: net,
  refunded: '0.0000',
  net,
  ...more,
});

describe('sums of the window', () => {
  test('are exact', () => {
    const rows = Array.from({ length: 3 }, () => row('google', '0.1'));
    expect(toDecimal(sumBars(barsOf(rows, 'EUR')).net)).toBe('0.3000');
  });

  test('count one currency only', () => {
    const rows = [row('google', '5'), row('google', '700', { currency: 'JPY' })];
    expect(sumBars(barsOf(rows, 'EUR'))).toMatchObject({ orders: 1, net: 50_000n });
  });

  test('of nothing are zero, with no average order', () => {
    expect(averageOrder(sumBars([]))).toBeUndefined();
  });

  test('take the average order from gross, so refunds do not lower it', () => {
    const rows = [row('a', '10'), row('a', '-10', { orders: 0, refunds: 1, gross: '0', refunded: '10' })];
    expect(averageOrder(sumBars(barsOf(rows, 'EUR')))).toBe(100_000n);
  });
});

test('currencies come with the most used first', () => {
  const rows = [row('a', '1', { currency: 'USD' }), row('a', '1'), row('b', '1')];
  expect(currenciesOf(rows)).toEqual(['EUR', 'USD']);
});

test('sources come with the largest net first, equal ones by name', () => {
  const bars = barsOf([row('b', '1'), row('a', '1'), row('c', '2')], 'EUR');
  expect(bySource(bars).map(({ source }) => source)).toEqual(['c', 'a', 'b']);
});
