import type { Clock } from '../clock.ts';
import type { Invoke } from '../invoke.ts';
import { createTimers } from '../timers.ts';

export interface AsyncInvokeSettings {
  readonly clock: Clock;
  readonly invoke: Invoke;
  /** Times that an event is tried again when the function failed; 0 to 2. */
  readonly maximumRetryAttempts?: number;
  /** How old an event may become; 6 hours unless given. */
  readonly maximumEventAgeInSeconds?: number;
}

export interface AsyncInvokeStats {
  /** Runs under way. */
  readonly running: number;
  readonly counts: { readonly events: number; readonly retries: number; readonly dropped: number };
  readonly lastError: { readonly at: number; readonly message: string } | undefined;
}

/** Lambda's asynchronous invocation: nobody waits for the answer, and a failure is tried again. */
export interface AsyncInvoke {
  /** Resolves when the first run has ended, well or not; further runs come by themselves. Nothing happens once stopped. */
  send(functionName: string, event: string): Promise<void>;
  /** Tries nothing again from now on, and resolves when nothing runs. */
  drain(): Promise<void>;
  stop(): void;
  stats(): AsyncInvokeStats;
}

/** Waits before the second and the third run ("How Lambda handles errors … with asynchronous invocation", developer guide). */
const RETRY_MS = [60_000, 120_000];
const SIX_HOURS_S = 21_600;

export const createAsyncInvoke = (settings: AsyncInvokeSettings): AsyncInvoke => {
  const { clock, invoke, maximumRetryAttempts = RETRY_MS.length } = settings;
  const ageMs = (settings.maximumEventAgeInSeconds ?? SIX_HOURS_S) * 1_000;
  const timers = createTimers(clock);
  const running = new Set<Promise<void>>();
  const counts = { events: 0, retries: 0, dropped: 0 };
  let lastError: AsyncInvokeStats['lastError'];
  let isStopped = false;

  /** What went wrong, undefined when nothing did. A function that could not be invoked counts as one that failed. */
  const run = async (functionName: string, event: string): Promise<string | undefined> => {
    try {
      const { payload, functionError } = await invoke(functionName, event);
      return functionError === undefined ? undefined : payload.slice(0, 500);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  const attempt = async (functionName: string, event: string, sentAt: number, retry: number): Promise<void> => {
    const failure = await run(functionName, event);
    if (failure === undefined) return;
    lastError = { at: clock.now(), message: `${functionName}: ${failure}` };
    const wait = RETRY_MS[retry];
    if (wait === undefined || retry >= maximumRetryAttempts || clock.now() + wait - sentAt > ageMs) {
      counts.dropped += 1;
      return;
    }
    timers.after(wait, () => {
      counts.retries += 1;
      void track(attempt(functionName, event, sentAt, retry + 1));
    });
  };

  const track = (work: Promise<void>): Promise<void> => {
    const tracked = work.finally(() => running.delete(tracked));
    running.add(tracked);
    return tracked;
  };

  const stop = (): void => {
    isStopped = true;
    timers.stop();
  };

  return {
    async send(functionName, event) {
      if (isStopped) return;
      counts.events += 1;
      await track(attempt(functionName, event, clock.now(), 0));
    },
    async drain() {
      stop();
      await Promise.all([...running]);
    },
    stop,
    stats: () => ({ running: running.size, counts: { ...counts }, lastError }),
  };
};
