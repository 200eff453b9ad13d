import { setTimeout as sleep } from 'node:timers/promises';
import type { Tally } from '#core/traffic/tally.ts';
import { Failure } from '../errors.ts';
import { createDrainWatch } from '../status/drain.ts';
import type { HealthReader } from '../status/health.ts';
import type { Arrival, Arrived } from './arrival.ts';
import type { Held } from './compare.ts';

export interface Waiting {
  readonly arrival: Arrival;
  readonly health: HealthReader;
  readonly tally: Tally;
  /** Second sendings are under way: they must have gone through before "none twice" means anything. */
  readonly hasRepeats: boolean;
  /** Longest wait in milliseconds. */
  readonly longestMs: number;
  readonly stop: AbortSignal;
  onCounts(counts: Arrived, isDraining: boolean): void;
}

const betweenLooksMs = 400;

/** A look may fail (a busy warehouse, a stage starting anew); the next one may not. */
const attempt = async <T>(look: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
};

/** Looks until the warehouse holds what was sent, or the time is up; then reads it all once more. Throws Failure when that last look fails. */
export const waitForArrival = async ({
  arrival,
  health,
  tally,
  hasRepeats,
  longestMs,
  stop,
  onCounts,
}: Waiting): Promise<Held> => {
  const begun = Date.now();
  const isDrained = createDrainWatch(begun);
  let isHeld = false;
  while (!stop.aborted && Date.now() - begun < longestMs) {
    const counts = await attempt(arrival.counts);
    if (counts !== undefined) {
      isHeld = counts.distinct >= tally.distinct && counts.rejected >= tally.rejected;
      onCounts(counts, isHeld);
    }
    const seen = hasRepeats ? await attempt(health.read) : undefined;
    const isClear = seen === undefined ? !hasRepeats : isDrained(seen.health, Date.now());
    if (isHeld && isClear) break;
    await sleep(betweenLooksMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return { counts: await arrival.counts(), revenue: await arrival.revenue() };
};
