import { describe, expect, test } from 'vitest';
import { addSample, type History, rateOf, rateSeries } from '#console/data/rates.ts';
import type { Health } from '#core/status.ts';
import { empty } from '#tests/browser/scenes.ts';

const START = Date.UTC(2026, 10, 22);

const healthAt = (seconds: number, events: number): Health => {
  const { health } = empty({ now: START + seconds * 1000, seconds, minutes: 60 });
  return {
    ...health,
    stages: [{ name: 'producer', resource: 'p', queued: 0, lagSeconds: 0, counts: { events } }],
  };
};

const polled = (...polls: readonly (readonly [number, number])[]): History =>
  polls.reduce<History>((history, [seconds, events]) => addSample(history, healthAt(seconds, events)), []);

describe('rateOf', () => {
  test('is unknown until two polls', () => {
    expect(rateOf([], 'producer', 'events')).toBeNull();
    expect(rateOf(polled([0, 5]), 'producer', 'events')).toBeNull();
  });

  test('uses the laptop clock, not the number of polls', () => {
    expect(rateOf(polled([0, 100], [2, 300]), 'producer', 'events')).toBe(100);
  });

  test('smooths over five seconds', () => {
    const history = polled([0, 0], [1, 0], [2, 0], [3, 0], [4, 0], [5, 0], [6, 50]);
    expect(rateOf(history, 'producer', 'events')).toBe(10);
  });

  test('after a pause compares with the last poll before it', () => {
    expect(rateOf(polled([0, 0], [100, 500]), 'producer', 'events')).toBe(5);
  });

  test('is unknown across a restart of the laptop, never negative, and known again soon after', () => {
    const restarted = polled([0, 1000], [1, 1100], [2, 7]);
    expect(rateOf(restarted, 'producer', 'events')).toBeNull();
    expect(rateSeries(restarted, 'producer', 'events')).toEqual([100, 0]);
    expect(rateOf(polled([0, 1000], [2, 7], [6, 27], [7, 32]), 'producer', 'events')).toBe(5);
  });

  test('counts a word from zero when it appears, and knows none that is absent', () => {
    expect(rateOf(polled([0, 0], [1, 3]), 'producer', 'refusals')).toBeNull();
    expect(rateOf(polled([0, 0], [1, 3]), 'nobody', 'events')).toBeNull();
  });
});

describe('history', () => {
  test('ignores an answer of the same instant', () => {
    expect(polled([0, 1], [0, 1])).toHaveLength(1);
  });

  test('starts anew when the clock was set back', () => {
    expect(polled([10, 1], [11, 2], [3, 3])).toHaveLength(1);
  });

  test('keeps a minute', () => {
    const history = polled(...Array.from({ length: 100 }, (_, second) => [second, second * 2] as const));
    expect(rateSeries(history, 'producer', 'events')).toEqual(Array.from({ length: 60 }, () => 2));
  });
});
