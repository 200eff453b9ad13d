/** How fast to go; batches are due at even distances from the beginning, so a late one does not delay those after it. */
export interface Pace {
  /** Events a second. */
  readonly rate: number;
  /** Events a batch. */
  readonly batch: number;
  /** Events in all. */
  readonly count: number;
  /** No batch begins later than so many milliseconds after the first. */
  readonly longestMs: number;
  /** Batches under way at once. */
  readonly concurrency: number;
}

export interface Timing {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Resolves after `ms`, or as soon as the signal says stop. */
  sleep(ms: number): Promise<void>;
  /** Begin no more batches. */
  readonly stop: AbortSignal;
}

/** Sends up to `size` events; `count` says at once how many went into the batch, `done` when it is answered for. */
export type SendBatch = (size: number) => { readonly count: number; readonly done: Promise<void> };

/**
 * Sends batches when they are due and resolves to the events sent, once all are answered for. Where the collector is slower
 * than the rate, batches wait for one of `concurrency` places and catch up after. Rejects with the first batch's failure.
 */
export const pace = async (
  { rate, batch, count, longestMs, concurrency }: Pace,
  { now, sleep, stop }: Timing,
  send: SendBatch,
): Promise<number> => {
  const begun = now();
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  let sent = 0;
  while (sent < count && !stop.aborted && failures.length === 0) {
    const early = begun + (sent / rate) * 1000 - now();
    if (early > 0) await sleep(early);
    if (underWay.size >= concurrency) await Promise.race(underWay);
    if (stop.aborted || failures.length > 0 || now() - begun > longestMs) break;
    const { count: taken, done } = send(Math.min(batch, count - sent));
    sent += taken;
    const settled = done
      .catch((error: unknown) => {
        failures.push(error);
      })
      .then(() => {
        underWay.delete(settled);
      });
    underWay.add(settled);
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
  return sent;
};
