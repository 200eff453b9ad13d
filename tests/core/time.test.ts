import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime, toTimestamp } from '#core/time.ts';

const at = Date.UTC(2026, 10, 22, 10, 0, 0, 123);

describe('parseTime', () => {
  it.each([
    ['2026-11-22T10:00:00.123Z'],
    ['2026-11-22T10:00:00.123'],
    ['2026-11-22 10:00:00.123456'],
    ['2026-11-22T11:00:00.123+01:00'],
    ['2026-11-22T05:30:00.123-0430'],
    [at],
    [at * 1000],
    [`${at}`],
    [at / 1000],
  ])('reads %s', (value) => expect(parseTime(value)).toBe(at));

  it.each([
    '',
    'now',
    '2026-13-01T00:00:00Z',
    '2026-02-29T00:00:00.000Z',
    '2026-11-22T24:00:00.000Z',
    '22.11.2026',
    12,
    null,
    {},
    true,
  ])('answers undefined for %s', (value) => expect(parseTime(value)).toBeUndefined());

  it('reads back every time that a Date writes, on its fast path and on the other', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1970-01-01'), max: new Date('2999-12-31'), noInvalidDate: true }),
        (date) => {
          expect(parseTime(date.toISOString())).toBe(date.getTime());
          expect(parseTime(date.toISOString().replace('Z', '+00:00'))).toBe(date.getTime());
          expect(toTimestamp(date.getTime())).toBe(date.toISOString().replace('T', ' ').replace('Z', ''));
        },
      ),
    );
  });
});
