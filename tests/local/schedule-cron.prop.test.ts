import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCron } from '#local/schedule/cron.ts';

const minuteMs = 60_000;
const monthWords = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const dayWords = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** A field's text, and the values that it stands for. */
interface Spelt {
  readonly text: string;
  readonly values: ReadonlySet<number>;
}

const between = (from: number, to: number, step = 1): number[] => {
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(value);
  return values;
};

/** A field from `min` to `max`, written with values of `among` only. */
const field = (min: number, max: number, words?: readonly string[], among = { min, max }): fc.Arbitrary<Spelt> => {
  const value = fc.integer(among);
  const spell = (number: number, asWord: boolean): string => (asWord && words?.[number - min]) || String(number);
  const one = fc.tuple(value, fc.boolean()).map(([each, asWord]) => ({ text: spell(each, asWord), values: [each] }));
  const ends = fc.tuple(value, value).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const range = fc.tuple(ends, fc.boolean()).map(([[from, to], asWord]) => ({
    text: `${spell(from, asWord)}-${spell(to, asWord)}`,
    values: between(from, to),
  }));
  const step = fc.integer({ min: 1, max: 20 });
  const stepped = fc.oneof(
    fc.tuple(value, step).map(([from, by]) => ({ text: `${from}/${by}`, values: between(from, max, by) })),
    fc.tuple(ends, step).map(([[from, to], by]) => ({ text: `${from}-${to}/${by}`, values: between(from, to, by) })),
    step.map((by) => ({ text: `*/${by}`, values: between(min, max, by) })),
  );
  const items = fc.array(fc.oneof(one, range, stepped), { minLength: 1, maxLength: 4 }).map((all) => ({
    text: all.map(({ text }) => text).join(','),
    values: new Set(all.flatMap(({ values }) => values)),
  }));
  return fc.oneof(fc.constant({ text: '*', values: new Set(between(min, max)) }), items);
};

const cron = fc
  .record({
    minutes: field(0, 59),
    hours: field(0, 23),
    day: field(1, 31),
    month: field(1, 12, monthWords),
    weekday: field(1, 7, dayWords),
    year: field(1970, 2199, undefined, { min: 2026, max: 2040 }),
    byWeekday: fc.boolean(),
  })
  .map(({ minutes, hours, day, month, weekday, year, byWeekday }) => ({
    text: [minutes, hours, byWeekday ? { text: '?' } : day, month, byWeekday ? weekday : { text: '?' }, year]
      .map(({ text }) => text)
      .join(' '),
    /** By the calendar's own spelling of the time, not by the code under test. */
    includes: (at: number): boolean => {
      const [, y, mo, d, h, mi] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)/.exec(new Date(at).toISOString())?.map(Number) ?? [];
      const word = new Date(at).toUTCString().slice(0, 3).toUpperCase();
      return (
        minutes.values.has(mi ?? -1) &&
        hours.values.has(h ?? -1) &&
        month.values.has(mo ?? -1) &&
        year.values.has(y ?? -1) &&
        (byWeekday ? weekday.values.has(dayWords.indexOf(word) + 1) : day.values.has(d ?? -1))
      );
    },
  }));

const times = fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2036, 0) });

describe('a cron expression', () => {
  it('comes at a whole minute that all fields include, later than asked', () => {
    fc.assert(
      fc.property(cron, times, ({ text, includes }, after) => {
        const parsed = parseCron(text);
        if (typeof parsed === 'string') throw new Error(parsed);
        const next = parsed.next(after);
        if (next === undefined) return;
        expect(next).toBeGreaterThan(after);
        expect(next % minuteMs).toBe(0);
        expect(includes(next)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('passes over no minute that all fields include', () => {
    fc.assert(
      fc.property(
        cron,
        times,
        fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
        ({ text, includes }, after, picks) => {
          const parsed = parseCron(text);
          if (typeof parsed === 'string') throw new Error(parsed);
          const first = after - (after % minuteMs) + minuteMs;
          const next = parsed.next(after) ?? first + 3_000 * 86_400_000;
          const skipped = Math.round((next - first) / minuteMs);
          // Every minute of the first day and of the last, and some between.
          const near = between(0, Math.min(skipped - 1, 1_440));
          const far = skipped > 0 ? picks.map((pick) => pick % skipped) : [];
          const passed = [...near, ...near.map((each) => skipped - 1 - each), ...far];
          expect(passed.filter((at) => includes(first + at * minuteMs))).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([
    ['0 12 * * ? *', '2026-11-22T12:00:00Z', '2026-11-23T12:00:00.000Z'],
    ['15 10 ? * 2-6 *', '2026-11-20T10:15:00Z', '2026-11-23T10:15:00.000Z'],
    ['0/15 8-17 ? * MON-FRI *', '2026-11-20T17:46:00Z', '2026-11-23T08:00:00.000Z'],
    ['0 8 1 * ? *', '2026-11-22T00:00:00Z', '2026-12-01T08:00:00.000Z'],
    ['0 0 29 2 ? *', '2026-11-22T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['59 23 31 12 ? 2026', '2026-12-31T23:58:59.999Z', '2026-12-31T23:59:00.000Z'],
  ])('%s comes after %s at %s', (text, after, next) => {
    const parsed = parseCron(text);
    const at = typeof parsed === 'string' ? undefined : parsed.next(Date.parse(after));
    expect(new Date(at ?? 0).toISOString()).toBe(next);
  });

  it.each(['0 0 31 2 ? *', '0 0 1 1 ? 2020'])('%s never comes', (text) => {
    const parsed = parseCron(text);
    expect(typeof parsed === 'string' ? parsed : parsed.next(Date.UTC(2026, 0))).toBeUndefined();
  });

  it.each([
    ['0 12 * * *', /has 5 fields/],
    ['0 12 1 * MON *', /one of day-of-month and day-of-week must be \?/],
    ['0 12 * * * *', /one of day-of-month and day-of-week must be \?/],
    ['0 12 ? * ? *', /one of day-of-month and day-of-week must be \?/],
    ['? 12 * * ? *', /only day-of-month or day-of-week may be \?/],
    ['60 12 * * ? *', /"60" is no minutes/],
    ['0 24 * * ? *', /"24" is no hours/],
    ['0 12 0 * ? *', /"0" is no day-of-month/],
    ['0 12 L * ? *', /"L" is no day-of-month/],
    ['0 12 ? * 2#1 *', /"2#1" is no day-of-week/],
    ['0 12 ? * FRI-MON *', /"FRI-MON" is no day-of-week/],
    ['0 12 ? * MON 1969', /"1969" is no year/],
    ['0/0 12 * * ? *', /"0\/0" is no minutes/],
    ['1,,2 12 * * ? *', /"" is no minutes/],
    ['1-2-3 12 * * ? *', /"1-2-3" is no minutes/],
    ['JAN 12 * * ? *', /"JAN" is no minutes/],
  ])('%s is refused', (text, message) => {
    expect(parseCron(text)).toMatch(message);
  });
});
