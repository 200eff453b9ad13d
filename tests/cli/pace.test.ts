import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Pace, pace } from '#cli/simulate/pace.ts';

/** A virtual clock: sleeping moves it, answers take `answerMs`. */
const play = async (settings: Pace, answerMs: number, stopAt = Number.POSITIVE_INFINITY) => {
  let time = 0;
  const stop = new AbortController();
  const begun: { readonly at: number; readonly size: number }[] = [];
  const pending: { readonly at: number; readonly resolve: () => void }[] = [];
  let most = 0;
  const moveTo = (to: number): void => {
    time = Math.max(time, to);
    if (time >= stopAt) stop.abort();
    for (const each of pending.splice(0)) {
      if (each.at <= time) each.resolve();
      else pending.push(each);
    }
  };
  // Nobody sleeps while all places are taken: then time goes on to the next answer.
  const tick = setInterval(() => moveTo(Math.min(...pending.map(({ at }) => at))), 0);
  const timing = {
    now: () => time,
    sleep: async (ms: number) => moveTo(Math.min(time + ms, stopAt)),
    stop: stop.signal,
  };
  const sent = await pace(settings, timing, (size) => {
    begun.push({ at: time, size });
    const done = new Promise<void>((resolve) => pending.push({ at: time + answerMs, resolve }));
    most = Math.max(most, pending.length);
    return { count: size, done };
  });
  clearInterval(tick);
  return { sent, begun, most };
};

const steady: Pace = { rate: 1000, batch: 100, count: 1050, longestMs: Number.POSITIVE_INFINITY, concurrency: 4 };

describe('pace', () => {
  it('begins each batch when it is due, and a smaller one last', async () => {
    const { sent, begun } = await play(steady, 0);
    expect(sent).toBe(1050);
    expect(begun).toEqual(
      Array.from({ length: 11 }, (_, index) => ({ at: index * 100, size: index === 10 ? 50 : 100 })),
    );
  });

  it('never has more under way than there are places, and sends all the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 2000 }),
        async (concurrency, answerMs) => {
          const { sent, most } = await play({ ...steady, concurrency }, answerMs);
          expect({ sent, within: most <= concurrency }).toEqual({ sent: 1050, within: true });
        },
      ),
      { numRuns: 25 },
    );
  });

  it('begins nothing after its time, nor after it is told to stop', async () => {
    const slow = await play({ ...steady, concurrency: 1, longestMs: 2500 }, 1000);
    expect(slow.begun.map(({ at }) => at)).toEqual([0, 1000, 2000]);
    const stopped = await play(steady, 0, 350);
    expect(stopped.sent).toBe(400);
  });

  it('ends with the first failure once all are answered for', async () => {
    let open = 0;
    const failing = pace(
      { ...steady, rate: 1_000_000 },
      { now: () => performance.now(), sleep: async () => undefined, stop: new AbortController().signal },
      (size) => {
        open += 1;
        const number = open;
        const done = new Promise<void>((resolve, reject) =>
          setTimeout(() => {
            open -= 1;
            if (number === 2) reject(new Error('refused'));
            else resolve();
          }, 5),
        );
        return { count: size, done };
      },
    );
    await expect(failing).rejects.toThrow('refused');
    expect(open).toBe(0);
  });
});
