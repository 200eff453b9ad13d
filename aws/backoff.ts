import { setTimeout as sleep } from 'node:timers/promises';

/** Waits before another try, longer each time. False, at once, when `deadline` (epoch ms) leaves no time for one. */
export type Pause = (tries: number, deadline: number) => Promise<boolean>;

export interface Pace {
  /** Epoch milliseconds. */
  readonly clock: () => number;
  /** 0 to 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

export const realPace: Pace = { clock: Date.now, random: Math.random, sleep: (ms) => sleep(ms) };

const firstMs = 200;
const longestMs = 10_000;
/** Kept for the last try itself. */
const lastTryMs = 1000;

/** 200 ms the first time, doubling to 10 s; the half of it is chance, so that those refused together do not come back together. */
export const createPause =
  ({ clock, random, sleep }: Pace): Pause =>
  async (tries, deadline) => {
    const left = deadline - clock() - lastTryMs;
    if (left <= 0) return false;
    await sleep(Math.min(left, Math.min(longestMs, firstMs * 2 ** tries) * (0.5 + random() / 2)));
    return true;
  };
