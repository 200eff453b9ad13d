import { describe, expect, it } from 'vitest';
import type { NumberRange } from '#core/envelope.ts';
import { createNumbering, type Numbering } from '#functions/producer/numbering.ts';

/** A request of `fates.length` envelopes of one event each; answers what its envelopes say of earlier ones. */
const request = (numbering: Numbering, fates: readonly boolean[]) => {
  const numbered = numbering.begin();
  const numbers = fates.map(() => numbered.takeNumber());
  const stored = numbers.filter((_, at) => fates[at]);
  numbered.settle(stored, stored.length);
  return { numbers, acknowledged: numbered.acknowledged, void: numbered.void };
};

/** The numbers of ranges, one by one. */
const spread = (ranges: readonly NumberRange[]): number[] =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at));

describe('the numbering', () => {
  it('tells the void numbers in each envelope until one is acknowledged, neighbours as one range', () => {
    const numbering = createNumbering();
    expect(request(numbering, [true])).toEqual({ numbers: [0], acknowledged: 0, void: [] });
    expect(request(numbering, [false])).toEqual({ numbers: [1], acknowledged: 1, void: [] });
    expect(request(numbering, [false, false])).toEqual({ numbers: [2, 3], acknowledged: 1, void: [[1, 1]] });
    expect(request(numbering, [true, false])).toEqual({ numbers: [4, 5], acknowledged: 1, void: [[1, 3]] });
    expect(request(numbering, [true])).toMatchObject({ acknowledged: 2, void: expect.arrayContaining([[5, 5]]) });
  });

  it('tells a range ever more rarely after that, as an acknowledged envelope may be lost', () => {
    const numbering = createNumbering();
    request(numbering, [false]);
    const told = Array.from({ length: 70 }, (_, at) => (request(numbering, [true]).void.length > 0 ? [at] : []));
    expect(told.flat()).toEqual([0, 1, 3, 7, 15, 31, 63]);
  });

  it('joins what concurrent requests leave void, and counts what they tell at once as told once', () => {
    const numbering = createNumbering();
    const [left, right, third] = [numbering.begin(), numbering.begin(), numbering.begin()];
    for (const each of [left, right, third]) each.takeNumber();
    third.settle([], 0);
    left.settle([], 0);
    const [one, other] = [numbering.begin(), numbering.begin()];
    expect(one.void).toEqual([
      [0, 0],
      [2, 2],
    ]);
    one.settle([one.takeNumber()], 1);
    other.settle([other.takeNumber()], 1);
    expect(request(numbering, [true])).toMatchObject({ acknowledged: 2, void: one.void });
    right.settle([], 0);
    expect(request(numbering, [true]).void).toEqual([[0, 2]]);
  });

  it('tells a hundred ranges in an envelope, the oldest first, and the others in the next', () => {
    const numbering = createNumbering();
    request(
      numbering,
      Array.from({ length: 300 }, (_, at) => at % 2 === 0),
    );
    const odd = Array.from({ length: 150 }, (_, at) => 2 * at + 1);
    expect(spread(request(numbering, [true]).void)).toEqual(odd.slice(0, 100));
    expect(spread(request(numbering, [true]).void).slice(0, 50)).toEqual(odd.slice(100));
  });

  it('remembers a thousand ranges, the latest', () => {
    const numbering = createNumbering();
    request(
      numbering,
      Array.from({ length: 3000 }, (_, at) => at % 2 === 0),
    );
    const told = new Set(Array.from({ length: 40 }, () => spread(request(numbering, [true]).void)).flat());
    expect([...told].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, at) => 1001 + 2 * at));
  });
});
