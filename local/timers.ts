import type { Clock } from './clock.ts';

/** The timers of one stand-in, which end with it: after `stop` none fires any more. */
export interface Timers {
  /** Runs `task` once after `ms` milliseconds; the returned function cancels it. */
  after(ms: number, task: () => void): () => void;
  /** Resolves after `ms` milliseconds; never, once stopped. */
  sleep(ms: number): Promise<void>;
  stop(): void;
}

export const createTimers = (clock: Clock): Timers => {
  const running = new Set<() => void>();
  let stopped = false;

  const after: Timers['after'] = (ms, task) => {
    if (stopped) return () => {};
    const cancel = (): void => {
      running.delete(cancel);
      cancelTimer();
    };
    const cancelTimer = clock.after(Math.max(0, ms), () => {
      running.delete(cancel);
      task();
    });
    running.add(cancel);
    return cancel;
  };

  return {
    after,
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    stop: () => {
      stopped = true;
      for (const cancel of [...running]) cancel();
    },
  };
};
