import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../errors.ts';
import type { Arrival } from './arrival.ts';

/** Keeps the number of loaded events up to date while sending. */
export interface Following {
  /** undefined until the first look. */
  loaded(): number | undefined;
  stop(): Promise<void>;
}

const betweenLooksMs = 2000;
/** Looking must not slow what is looked at: at most a tenth of the time is spent on it. */
const rest = 9;

export const followLoading = (arrival: Arrival): Following => {
  const over = new AbortController();
  let loaded: number | undefined;
  const look = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const begun = Date.now();
      try {
        loaded = (await arrival.counts()).distinct;
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
      }
      await sleep(Math.max(betweenLooksMs, (Date.now() - begun) * rest), undefined, { signal: over.signal }).catch(
        () => undefined,
      );
    }
  };
  const looking = look();
  return {
    loaded: () => loaded,
    stop: async () => {
      over.abort();
      await looking;
    },
  };
};
