import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Arrival,
  envelopeBytes,
  eventBytes,
  type NumberRange,
  packEvents,
  parseEnvelope,
  toEnvelope,
  voidRanges,
} from '#core/envelope.ts';

const arrival: Arrival = {
  producer: '0199aa00-0000-7000-8000-000000000000',
  receivedAt: '2026-11-22T10:00:00.123Z',
  source: 'web',
  protocol: 'native',
  client: { ip: '203.0.113.77' },
};

const pair: NumberRange = [Number.MAX_SAFE_INTEGER - 2, Number.MAX_SAFE_INTEGER - 1];

const parse = (batch: object) =>
  parseEnvelope({ millrace: 1, batch: { producer: 'p', seq: 7, count: 0, ...batch }, events: [] });

describe('an envelope', () => {
  it('tells what was acknowledged and which numbers are void, and nothing where there is nothing to tell', () => {
    const batchOf = (told: Partial<Arrival>) => JSON.parse(toEnvelope({ ...arrival, ...told }, 412, ['{}'])).batch;
    const base = { producer: arrival.producer, seq: 412, count: 1 };
    expect(batchOf({})).toEqual(base);
    expect(batchOf({ acknowledged: 9000, void: [] })).toEqual({ ...base, acknowledged: 9000 });
    expect(batchOf({ acknowledged: 9000, void: [[409, 410]] })).toEqual({
      ...base,
      acknowledged: 9000,
      void: [[409, 410]],
    });
  });

  it('comes back as it was written', () => {
    const ranges = fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { maxLength: voidRanges });
    fc.assert(
      fc.property(fc.option(fc.maxSafeNat(), { nil: undefined }), ranges, (acknowledged, pairs) => {
        const told = pairs.map(([first, more]): NumberRange => [first, first + more]);
        const text = toEnvelope(
          { ...arrival, ...(acknowledged !== undefined && { acknowledged }), void: told },
          200,
          [],
        );
        expect(parseEnvelope(JSON.parse(text))).toMatchObject({
          seq: 200,
          acknowledged,
          void: told.length === 0 ? undefined : told,
        });
      }),
    );
  });

  it.each([
    ['acknowledged', -1],
    ['acknowledged', 1.5],
    ['acknowledged', null],
    ['acknowledged', '7'],
    ['acknowledged', Number.MAX_SAFE_INTEGER + 1],
    ['void', null],
    ['void', {}],
    ['void', [3]],
    ['void', [[3]]],
    ['void', [[3, 4, 5]]],
    ['void', [[4, 3]]],
    ['void', [[-1, 3]]],
    ['void', [[3, '4']]],
    ['void', [[3, 3.5]]],
    ['void', [[3, 7]]],
    ['void', Array.from({ length: voidRanges + 1 }, () => [3, 3])],
  ])('whose %s is malformed (%j) says so', (member, value) => {
    expect(parse({ [member]: value })).toMatch(`batch.${member} is not`);
  });

  it('takes as many ranges as it may hold', () => {
    const ranges = Array.from({ length: voidRanges }, (): NumberRange => [3, 6]);
    expect(parse({ void: ranges })).toMatchObject({ void: ranges });
  });

  it('stays under its limit with the longest ranges, even around the largest event', () => {
    const told: Arrival = {
      ...arrival,
      client: { ip: '203.0.113.77', user_agent: '"'.repeat(1024) },
      acknowledged: Number.MAX_SAFE_INTEGER,
      void: Array.from({ length: voidRanges }, () => pair),
    };
    const sizeOf = (group: readonly { readonly text: string }[]): number =>
      Buffer.byteLength(
        toEnvelope(
          told,
          Number.MAX_SAFE_INTEGER,
          group.map(({ text }) => text),
        ),
      );
    const events = (bytes: number, count: number) =>
      Array.from({ length: count }, () => ({ text: 'x'.repeat(bytes), bytes }));
    for (const [each, envelopes] of [
      [events(eventBytes, 2), 2],
      [events(90, 12_000), 3],
    ] as const) {
      const groups = packEvents(told, each);
      expect(groups).toHaveLength(envelopes);
      for (const group of groups) expect(sizeOf(group)).toBeLessThan(envelopeBytes);
    }
  });
});
