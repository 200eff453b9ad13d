import { createTraffic } from '#core/traffic/traffic.ts';
import type { Clock } from '../clock.ts';

/** Traffic that the console's button starts: a shop's and a community's, through the front door like anyone's. */
export interface SampleTraffic {
  /** Starts sending; false when some is under way. */
  start(events: number, seconds: number): boolean;
  progress(): { readonly sent: number; readonly total: number } | null;
  stop(): void;
}

export interface SampleSettings {
  readonly collectorUrl: string;
  readonly writeKey: string;
  readonly clock: Clock;
}

/** Milliseconds between two requests. */
const tickMs = 250;
/** Shares of what a pipeline must bear: the page then shows rejections and duplicates too. */
const shares = { duplicates: 0.02, late: 0.05, malformed: 0.01 };

export const createSampleTraffic = ({ collectorUrl, writeKey, clock }: SampleSettings): SampleTraffic => {
  let run: { sent: number; readonly total: number; readonly cancel: () => void } | undefined;

  /** Whether the collector answered for these events; it refuses some by index, as they are meant to be. */
  const send = async (events: readonly unknown[]): Promise<boolean> => {
    const response = await fetch(collectorUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-write-key': writeKey },
      body: JSON.stringify(events),
    });
    await response.arrayBuffer();
    return response.ok;
  };

  return {
    start(total, seconds) {
      if (run !== undefined) return false;
      const startedAt = clock.now();
      const traffic = createTraffic({
        seed: startedAt,
        start: startedAt,
        mix: 'both',
        ...shares,
        intervalMs: (seconds * 1000) / total,
      });
      let cancel = (): void => undefined;
      const state = { sent: 0, total, cancel: () => cancel() };
      let batch: unknown[] = [];
      const tick = async (): Promise<void> => {
        const due = Math.min(total, Math.ceil((total * (clock.now() - startedAt + tickMs)) / (seconds * 1000)));
        while (state.sent + batch.length < due) batch.push(traffic.next(clock.now()).event);
        // What was not answered is sent again at the next tick; its ids make that safe.
        if (await send(batch).catch(() => false)) {
          state.sent += batch.length;
          batch = [];
        }
        if (run !== state) return;
        if (state.sent >= total) run = undefined;
        else cancel = clock.after(tickMs, () => void tick());
      };
      run = state;
      void tick();
      return true;
    },
    progress: () => (run === undefined ? null : { sent: run.sent, total: run.total }),
    stop: () => {
      run?.cancel();
      run = undefined;
    },
  };
};
