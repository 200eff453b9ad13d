import { expect, test } from 'vitest';
import { parseView, toSearch } from '#console/data/address.ts';

test('the window comes from the address, and is an hour for anything unknown', () => {
  expect(parseView('?minutes=240').minutes).toBe(240);
  expect(['', '?minutes=', '?minutes=17', '?minutes=x'].map((search) => parseView(search).minutes)).toEqual([
    60, 60, 60, 60,
  ]);
});

test('the address keeps what is not ours', () => {
  expect(toSearch('?a=b&currency=USD', { minutes: 15, currency: null })).toBe('?a=b&minutes=15');
  expect(parseView(toSearch('', { minutes: 15, currency: 'A&B' }))).toEqual({ minutes: 15, currency: 'A&B' });
});
