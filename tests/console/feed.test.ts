import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createFeed, type Feed, type FeedState, Refusal } from '#console/data/feed.ts';
import type { Overview } from '#core/status.ts';
import { empty } from '#tests/browser/scenes.ts';

const answer = (minutes: number): Overview => empty({ now: Date.now(), seconds: 0, minutes });

const feeds: Feed[] = [];

const start = (ask: (minutes: number) => Promise<Overview>, isVisible = () => true) => {
  const states: FeedState[] = [];
  const feed = createFeed(60, { ask, isVisible, onState: (state) => states.push(state), everyMs: 1_000 });
  feeds.push(feed);
  return { feed, states };
};

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  for (const feed of feeds.splice(0)) feed.stop();
  vi.useRealTimers();
});

describe('the feed', () => {
  test('asks each second while the page is visible', async () => {
    const ask = vi.fn(async (minutes: number) => answer(minutes));
    start(ask);
    await vi.advanceTimersByTimeAsync(3_500);
    expect(ask).toHaveBeenCalledTimes(4);
  });

  test('rests while the page is hidden, until it is told to ask', async () => {
    const ask = vi.fn(async (minutes: number) => answer(minutes));
    const { feed } = start(ask, () => false);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(ask).toHaveBeenCalledTimes(1);
    feed.refresh();
    await vi.advanceTimersByTimeAsync(0);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  test('keeps the last overview when the laptop falls silent, and forgets the problem when it is back', async () => {
    let isAlive = true;
    const { states } = start(async (minutes) => {
      if (!isAlive) throw new TypeError('Failed to fetch');
      return answer(minutes);
    });
    await vi.advanceTimersByTimeAsync(0);
    isAlive = false;
    await vi.advanceTimersByTimeAsync(1_000);
    const silentSince = states.at(-1)?.problem?.since;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(states.at(-1)).toMatchObject({
      overview: { loadedTo: null },
      problem: { kind: 'silent', since: silentSince },
    });
    isAlive = true;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(states.at(-1)?.problem).toBeNull();
  });

  test('tells an answer that is no overview from silence', async () => {
    const { states } = start(async () => {
      throw new Refusal('it answered 500');
    });
    await vi.advanceTimersByTimeAsync(0);
    expect(states.at(-1)?.problem).toMatchObject({ kind: 'refused', message: 'it answered 500' });
  });

  test('drops an answer to an older question', async () => {
    const { feed, states } = start(async (minutes) => {
      await new Promise((resolve) => setTimeout(resolve, minutes === 60 ? 500 : 10));
      return answer(minutes);
    });
    feed.setMinutes(15);
    await vi.advanceTimersByTimeAsync(600);
    expect(states.map(({ minutes }) => minutes)).toEqual([15]);
  });

  test('says nothing more after it was stopped', async () => {
    const { feed, states } = start(async (minutes) => answer(minutes));
    feed.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(states).toEqual([]);
  });
});
