import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/traffic/random.ts';
import { createTraffic, type Sending, type Traffic, type TrafficSettings } from '#core/traffic/traffic.ts';

const settings: fc.Arbitrary<TrafficSettings> = fc.record({
  seed: fc.oneof(fc.string(), fc.integer()),
  start: fc.integer({ min: 1_000_000_000_000, max: 4_000_000_000_000 }),
  mix: fc.constantFrom('tutorial', 'shop', 'both'),
  duplicates: fc.double({ min: 0, max: 0.25, noNaN: true }),
  late: fc.double({ min: 0, max: 0.25, noNaN: true }),
  malformed: fc.double({ min: 0, max: 0.25, noNaN: true }),
  refused: fc.double({ min: 0, max: 0.25, noNaN: true }),
});

const take = (traffic: Traffic, count: number): readonly Sending[] =>
  Array.from({ length: count }, () => traffic.next());
const plain = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

/** The tally again, from the events alone and with other arithmetic. */
const recount = (sendings: readonly Sending[]) => {
  const seen = new Set<unknown>();
  const cents = new Map<string, bigint>();
  const counts = { refused: 0, rejected: 0, duplicates: 0, distinct: 0 };
  for (const { event } of sendings) {
    if (typeof event !== 'object' || event === null) {
      counts.refused += 1;
      continue;
    }
    const { event_id, event_name, properties } = plain(event);
    if (String(event_id).slice(14, 16) === '7f') counts.rejected += 1;
    else if (seen.has(event_id)) counts.duplicates += 1;
    else {
      counts.distinct += 1;
      const { currency, total } = plain(properties);
      if (event_name === 'order_completed' || event_name === 'order_refunded') {
        const key = `${event_name} ${currency}`;
        cents.set(key, (cents.get(key) ?? 0n) + BigInt(String(total).replace('.', '')));
      }
    }
    seen.add(event_id);
  }
  return { counts, cents };
};

describe('traffic', () => {
  it('is the same for the same settings', () => {
    fc.assert(
      fc.property(settings, (given) => {
        const [one, other] = [createTraffic(given), createTraffic(given)];
        expect(take(one, 200)).toEqual(take(other, 200));
        expect(one.tally()).toEqual(other.tally());
      }),
      { numRuns: 40 },
    );
  });

  it('tallies what a recount finds', () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 1, max: 800 }), (given, count) => {
        const traffic = createTraffic(given);
        const { counts, cents } = recount(take(traffic, count));
        const tally = traffic.tally();
        expect(tally).toMatchObject({ ...counts, sent: count });
        for (const [currency, { gross, refunded, net }] of Object.entries(tally.revenue)) {
          const [taken, back] = [
            cents.get(`order_completed ${currency}`) ?? 0n,
            cents.get(`order_refunded ${currency}`) ?? 0n,
          ];
          expect([gross, refunded, net].map((text) => BigInt(text.replace('.', '')))).toEqual([
            taken,
            back,
            taken - back,
          ]);
        }
        expect(Object.keys(tally.revenue)).toHaveLength(
          new Set([...cents.keys()].map((key) => key.split(' ')[1])).size,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('keeps to its shares', () => {
    fc.assert(
      fc.property(settings, (given) => {
        const traffic = createTraffic(given);
        const count = 4000;
        take(traffic, count);
        const { duplicates, late, rejected, refused } = traffic.tally();
        // Five standard deviations and one event.
        const near = (found: number, share = 0): boolean =>
          Math.abs(found - share * count) <= 5 * Math.sqrt(count * share * (1 - share)) + 1;
        expect([
          near(duplicates, given.duplicates),
          near(late, given.late),
          near(rejected, given.malformed),
          near(refused, given.refused),
        ]).toEqual([true, true, true, true]);
      }),
      { numRuns: 40 },
    );
  });

  it('times events now, or late by two minutes to three days, and repeats them unchanged', () => {
    fc.assert(
      fc.property(settings, (given) => {
        const traffic = createTraffic(given);
        const texts = new Map<unknown, string>();
        for (let index = 0; index < 300; index += 1) {
          const at = given.start + index * 7;
          const { event, kind } = traffic.next(at);
          const { event_id, event_time } = plain(event);
          const age = at - Date.parse(String(event_time));
          if (kind === 'event') expect(age).toBe(0);
          if (kind === 'late') expect(age >= 120_000 && age <= 3 * 86_400_000).toBe(true);
          if (kind === 'duplicate') expect(JSON.stringify(event)).toBe(texts.get(event_id));
          texts.set(event_id, JSON.stringify(event));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('refuses shares that cannot be', () => {
    expect(() => createTraffic({ seed: 1, start: 0, duplicates: 0.6, late: 0.6 })).toThrow(RangeError);
    expect(() => createTraffic({ seed: 1, start: 0, late: -0.1 })).toThrow(RangeError);
    expect(() => createTraffic({ seed: 1, start: 0, late: Number.NaN })).toThrow(RangeError);
  });
});

describe('random', () => {
  it('draws whole numbers of the whole range and no others', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 9 }), (seed, low, span) => {
        const random = createRandom(seed);
        const drawn = new Set(Array.from({ length: 400 }, () => random.integer(low, low + span)));
        expect([...drawn].sort((a, b) => a - b)).toEqual(Array.from({ length: span + 1 }, (_, index) => low + index));
      }),
      { numRuns: 50 },
    );
  });

  it('never picks by chance 0 and always by chance 1', () => {
    const random = createRandom('chance');
    for (let draw = 0; draw < 1000; draw += 1) expect([random.chance(0), random.chance(1)]).toEqual([false, true]);
  });
});
