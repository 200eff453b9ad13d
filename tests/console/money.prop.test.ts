import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseUnits, sumUnits, toDecimal } from '#console/data/money.ts';

const amount = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });

describe('decimal money', () => {
  test('survives being written and read', () => {
    fc.assert(
      fc.property(amount, (units) => {
        expect(parseUnits(toDecimal(units))).toBe(units);
      }),
    );
  });

  test('adds up the same in any order', () => {
    fc.assert(
      fc.property(fc.array(amount), (amounts) => {
        const texts = amounts.map((units) => toDecimal(units));
        const back = texts.map((text) => parseUnits(text) ?? 0n);
        expect(sumUnits(back.toReversed())).toBe(sumUnits(amounts));
      }),
    );
  });
});
