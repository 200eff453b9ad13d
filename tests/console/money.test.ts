import { describe, expect, test } from 'vitest';
import {
  averageUnits,
  formatMoney,
  formatMoneyTick,
  isDecimal,
  parseUnits,
  sumUnits,
  toDecimal,
} from '#console/data/money.ts';

const units = (text: string): bigint => parseUnits(text) ?? expect.fail(`${text} is not decimal text`);

describe('parseUnits', () => {
  test('reads decimal text exactly', () => {
    expect(parseUnits('12.5')).toBe(125_000n);
    expect(parseUnits('-0.0001')).toBe(-1n);
    expect(parseUnits('99999999999999.9999')).toBe(999_999_999_999_999_999n);
  });

  test('rounds digits beyond the fourth half away from zero', () => {
    expect(parseUnits('0.00005')).toBe(1n);
    expect(parseUnits('-0.00005')).toBe(-1n);
    expect(parseUnits('0.00004999')).toBe(0n);
    expect(parseUnits('0.99999')).toBe(10_000n);
  });

  test.each(['', '1e3', '1,5', '.5', '5.', 'NaN', ' 1', '--1'])('refuses %j', (text) => {
    expect(isDecimal(text)).toBe(false);
    expect(parseUnits(text)).toBeUndefined();
  });
});

describe('sums', () => {
  test('add up where floats do not', () => {
    expect(toDecimal(sumUnits(Array.from({ length: 10 }, () => units('0.1'))))).toBe('1.0000');
    expect(toDecimal(sumUnits([units('90071992547409.9301'), units('0.0001')]))).toBe('90071992547409.9302');
  });

  test('an average is rounded to the scale, and there is none of nothing', () => {
    expect(averageUnits(units('10'), 3)).toBe(33_333n);
    expect(averageUnits(units('-0.0003'), 2)).toBe(-2n);
    expect(averageUnits(0n, 0)).toBeUndefined();
  });
});

describe('formatMoney', () => {
  test('writes separators and the digits of the currency', () => {
    expect(formatMoney(units('1234567.891'), 'EUR', 'en-US')).toBe('€1,234,567.89');
    expect(formatMoney(units('1234.5'), 'JPY', 'en-US')).toBe('¥1,235');
    expect(formatMoney(units('1.2345'), 'KWD', 'en-US')).toMatch(/1\.235$/);
    expect(formatMoney(units('-0.5'), 'USD', 'en-US')).toBe('-$0.50');
  });

  test('stays exact beyond what a float can hold', () => {
    expect(formatMoney(units('90071992547409.93'), 'USD', 'en-US')).toBe('$90,071,992,547,409.93');
  });

  test('shows a word that is no currency code behind the amount', () => {
    expect(formatMoney(units('12'), 'POINTS', 'en-US')).toBe('12.00 POINTS');
    expect(formatMoneyTick(1200, 'POINTS', 'en-US')).toBe('1.2K POINTS');
  });

  test('shortens axis ticks', () => {
    expect(formatMoneyTick(2500, 'EUR', 'en-US')).toBe('€2.5K');
    expect(formatMoneyTick(0, 'EUR', 'en-US')).toBe('€0');
  });
});
