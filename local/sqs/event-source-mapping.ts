import { AwsError } from '../aws-error.ts';
import type { Clock } from '../clock.ts';
import type { Invocation, Invoke } from '../invoke.ts';
import { createTimers } from '../timers.ts';
import { parseBatchResponse } from './batch-response.ts';
import { createEventBuilder } from './lambda-event.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';

export interface EventSourceMappingSettings {
  readonly clock: Clock;
  readonly invoke: Invoke;
  readonly queue: Queue;
  /** Name or ARN. */
  readonly functionName: string;
  readonly region: string;
  readonly accountId: string;
  /** 1..10000, default 10; above 10 a batching window is needed. */
  readonly batchSize?: number;
  /** 0..300, default 0. */
  readonly maximumBatchingWindowInSeconds?: number;
  /** Batches at once, 2..1000; 5 unless given, as a mapping starts on AWS. */
  readonly maximumConcurrency?: number;
  /** Whether `FunctionResponseTypes` has `ReportBatchItemFailures`. */
  readonly reportsBatchItemFailures?: boolean;
}

export interface EventSourceMappingStats {
  /** Messages with the function right now. */
  readonly queued: number;
  /** Epoch milliseconds at which the longest running batch was taken. */
  readonly oldest: number | undefined;
  readonly counts: {
    readonly invocations: number;
    readonly messages: number;
    /** Messages that the function, or its failure, left in the queue. */
    readonly failures: number;
    /** Invocations refused for want of concurrency and tried again. */
    readonly throttles: number;
  };
  readonly lastError: { readonly at: number; readonly message: string } | undefined;
}

/** Feeds a function from a queue in batches; a message leaves the queue when its batch succeeded. */
export interface EventSourceMapping {
  start(): void;
  /** Hands over what is ready without waiting for a window; resolves when nothing is ready and nothing runs. */
  drain(): Promise<void>;
  /** Ends at once, as a crash would: running batches come back when their visibility timeout ends. */
  stop(): void;
  stats(): EventSourceMappingStats;
}

interface Batch {
  readonly messages: readonly Message[];
  readonly event: string;
  readonly takenAt: number;
}

const DEFAULT_BATCH_SIZE = 10;
const DEFAULT_CONCURRENCY = 5;
/** A batch is handed over early when the bodies alone come near the 6 MB that an invocation takes. */
const FULL_BYTES = 5_000_000;
const REPAIR_MS = 1_000;
const THROTTLE_BACKOFF_MS = { first: 500, most: 10_000 };

export const createEventSourceMapping = (settings: EventSourceMappingSettings): EventSourceMapping => {
  const { clock, invoke, queue, functionName, region, accountId, reportsBatchItemFailures = false } = settings;
  const batchSize = settings.batchSize ?? DEFAULT_BATCH_SIZE;
  const windowMs = (settings.maximumBatchingWindowInSeconds ?? 0) * 1_000;
  const concurrency = settings.maximumConcurrency ?? DEFAULT_CONCURRENCY;
  checkSettings(batchSize, windowMs, settings.maximumConcurrency);

  const timers = createTimers(clock);
  const running = new Set<Batch>();
  const counts = { invocations: 0, messages: 0, failures: 0, throttles: 0 };
  let lastError: EventSourceMappingStats['lastError'];
  let state: 'idle' | 'polling' | 'stopped' = 'idle';
  let windowOpenedAt: number | undefined;
  let cancelTimer = (): void => {};
  let forgetQueue = (): void => {};
  const drained: (() => void)[] = [];

  const fail = (batch: Batch, count: number, message: string): void => {
    counts.failures += count;
    lastError = { at: clock.now(), message: `${functionName}, batch of ${batch.messages.length}: ${message}` };
  };

  const take = (): Batch | undefined => {
    const builder = createEventBuilder({ queueArn: queue.settings.arn, region, senderId: accountId });
    const messages = queue.receive({ max: batchSize, accepts: builder.add });
    return messages.length === 0 ? undefined : { messages, event: builder.toJson(), takenAt: clock.now() };
  };

  /** Takes batches as long as one is due and there is room, then sets the timer for the next moment that matters. */
  const poll = (): void => {
    cancelTimer();
    try {
      takeDue();
    } catch (error) {
      lastError = { at: clock.now(), message: error instanceof Error ? error.message : String(error) };
      cancelTimer = timers.after(REPAIR_MS, poll);
    }
  };

  const takeDue = (): void => {
    while (state === 'polling' && running.size < concurrency) {
      const ready = queue.ready(batchSize);
      if (ready.count === 0) {
        windowOpenedAt = undefined;
        wakeAt(queue.nextVisibleAt());
        break;
      }
      windowOpenedAt ??= clock.now();
      const isFull = ready.count >= batchSize || ready.bytes >= FULL_BYTES;
      const isDue = clock.now() >= windowOpenedAt + windowMs || drained.length > 0;
      if (!isFull && !isDue) {
        wakeAt(windowOpenedAt + windowMs);
        break;
      }
      windowOpenedAt = undefined;
      const batch = take();
      if (batch !== undefined) void hand(batch);
    }
    if (running.size === 0 && (state !== 'polling' || queue.ready(1).count === 0)) {
      for (const resolve of drained.splice(0)) resolve();
    }
  };

  const wakeAt = (at: number | undefined): void => {
    if (at !== undefined) cancelTimer = timers.after(at - clock.now(), poll);
  };

  const hand = async (batch: Batch): Promise<void> => {
    running.add(batch);
    try {
      const invocation = await invokeUntilTaken(batch);
      if (state === 'polling' && invocation !== undefined) settle(batch, invocation);
    } catch (error) {
      fail(batch, batch.messages.length, error instanceof Error ? error.message : String(error));
    }
    running.delete(batch);
    poll();
  };

  /** A throttled invocation is tried again as long as the messages are ours, as Lambda's own pollers do. */
  const invokeUntilTaken = async (batch: Batch): Promise<Invocation | undefined> => {
    const deadline = batch.takenAt + queue.settings.visibilityTimeoutSeconds * 1_000;
    for (let backoff = THROTTLE_BACKOFF_MS.first; ; backoff = Math.min(backoff * 2, THROTTLE_BACKOFF_MS.most)) {
      try {
        counts.invocations += 1;
        return await invoke(functionName, batch.event);
      } catch (error) {
        const isThrottled =
          error instanceof AwsError && (error.code === 'TooManyRequestsException' || error.status >= 500);
        if (!isThrottled || state !== 'polling') throw error;
        counts.throttles += 1;
        if (clock.now() + backoff >= deadline) throw error;
        await timers.sleep(backoff);
      }
    }
  };

  const settle = (batch: Batch, { payload, functionError }: Invocation): void => {
    const ids = new Set(batch.messages.map(({ messageId }) => messageId));
    const failed =
      functionError !== undefined ? undefined : reportsBatchItemFailures ? parseBatchResponse(payload, ids) : new Set();
    if (failed === undefined) {
      fail(
        batch,
        batch.messages.length,
        functionError === undefined ? 'invalid batch response' : payload.slice(0, 500),
      );
      return;
    }
    if (failed.size > 0) fail(batch, failed.size, `${failed.size} reported in batchItemFailures`);
    const done = batch.messages.filter(({ messageId }) => !failed.has(messageId));
    for (const { receiptHandle } of done) queue.remove(receiptHandle);
    counts.messages += done.length;
  };

  return {
    start: () => {
      if (state !== 'idle') return;
      state = 'polling';
      forgetQueue = queue.onMessages(poll);
      poll();
    },
    drain: () =>
      new Promise((resolve) => {
        drained.push(resolve);
        poll();
      }),
    stop: () => {
      state = 'stopped';
      forgetQueue();
      timers.stop();
      for (const resolve of drained.splice(0)) resolve();
    },
    stats: () => ({
      queued: [...running].reduce((sum, { messages }) => sum + messages.length, 0),
      oldest: running.size === 0 ? undefined : Math.min(...[...running].map(({ takenAt }) => takenAt)),
      counts: { ...counts },
      lastError,
    }),
  };
};

/** ("CreateEventSourceMapping" in the Lambda API reference.) */
const checkSettings = (batchSize: number, windowMs: number, concurrency: number | undefined): void => {
  const refuse = (message: string): never => {
    throw new AwsError('InvalidParameterValueException', message);
  };
  if (batchSize < 1 || batchSize > 10_000) refuse('Batch size must be between 1 and 10000.');
  if (windowMs < 0 || windowMs > 300_000) refuse('Maximum batch window must be between 0 and 300 seconds.');
  if (batchSize > 10 && windowMs < 1_000) {
    refuse('Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10');
  }
  if (concurrency !== undefined && (concurrency < 2 || concurrency > 1_000)) {
    refuse('Maximum concurrency must be between 2 and 1000.');
  }
};
