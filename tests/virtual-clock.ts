import type { Clock } from '#local/clock.ts';

/** A clock that stands still until it is told to move. */
export interface VirtualClock extends Clock {
  /** Moves on by `ms`, running every timer at its own time, and lets what they start get as far as it can by itself. */
  advance(ms: number): Promise<void>;
  /** Timers that have not run. */
  pending(): number;
}

/** Long enough for promises, and for small reads and writes of files, to come to an end. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 12; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Starts at 2026-11-22T10:00:00Z. */
export const createVirtualClock = (start = Date.UTC(2026, 10, 22, 10)): VirtualClock => {
  let now = start;
  let order = 0;
  const timers = new Set<{ readonly at: number; readonly order: number; readonly task: () => void }>();

  const next = (until: number) =>
    [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];

  return {
    now: () => now,
    after: (ms, task) => {
      order += 1;
      const timer = { at: now + Math.max(0, ms), order, task };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pending: () => timers.size,
    advance: async (ms) => {
      const until = now + ms;
      await settle();
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.task();
        await settle();
      }
      now = until;
      await settle();
    },
  };
};
