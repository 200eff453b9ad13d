import { Failure } from '../errors.ts';
import { explained } from '../stack/failure.ts';
import type { OpenStack } from '../stack/open.ts';
import type { Output } from '../surroundings.ts';
import { type EventRow, findEventRow } from './event-row.ts';
import { readLoadFacts, warehouseOf } from './load-facts.ts';
import { type Look, waitFor } from './wait.ts';

export interface StackWait {
  readonly stack: OpenStack;
  /** undefined: as long as the dial makes an event wait, and ten minutes. */
  readonly timeoutMs: number | undefined;
  readonly err: Output | undefined;
}

/** Looks are as far apart as the dial allows: one second at realtime, five at the others. */
const betweenMs = (bufferMs: number): number => Math.min(5_000, Math.max(1_000, bufferMs / 5));
const workMs = 600_000;
/** Between an object in the lake and its message in the queue. */
const noticeSeconds = 3;
const queryMs = 120_000;

interface Depth {
  readonly landed: number;
  readonly dead: number;
}

const readDepth = async ({ account, names }: OpenStack): Promise<Depth> => {
  const [landed, dead] = await Promise.all([
    account.readQueueDepth(names.queueUrl),
    account.readQueueDepth(names.deadLetterQueueUrl),
  ]);
  return {
    landed: landed.waiting + landed.inFlight + landed.delayed,
    dead: dead.waiting + dead.inFlight + dead.delayed,
  };
};

const inVain = (stack: OpenStack, dead: number): Failure =>
  new Failure(
    `${dead} objects could not be loaded and are in the dead-letter queue: millrace.load_errors says why, millrace status --stack ${stack.name} shows the latest`,
  );

const begin = async ({ stack, timeoutMs }: StackWait) => {
  const { bufferSeconds } = await stack.account.readDeliveryStream(stack.names.stream);
  const bufferMs = (bufferSeconds + noticeSeconds) * 1000;
  return {
    /** Everything accepted before now is out of the stream's buffers then. */
    flushedAt: Date.now() + bufferMs,
    betweenMs: betweenMs(bufferMs),
    timeoutMs: timeoutMs ?? bufferMs + workMs,
    hint: `millrace status --stack ${stack.name} shows the stages; --timeout allows more`,
  };
};

/**
 * Waits until what was accepted before now is in the tables. What is in the stream's buffers cannot be seen: they are given
 * their time, then the queue must be empty in two looks (AWS calls its counts approximate) or the tables must have gone past
 * that time, and no envelope may be missing. The warehouse is asked last, so that it is not woken early.
 */
export const awaitAccepted = (wait: StackWait): Promise<number> =>
  explained(async () => {
    const { stack, err } = wait;
    const { flushedAt, ...pace } = await begin(wait);
    let emptyInARow = 0;
    const look = async (): Promise<Look> => {
      const { landed, dead } = await readDepth(stack);
      if (dead > 0) throw inVain(stack, dead);
      if (Date.now() < flushedAt) return { done: false, awaits: "the stream's buffers" };
      emptyInARow = landed === 0 ? emptyInARow + 1 : 0;
      if (landed === 0 && emptyInARow < 2) return { done: false, awaits: 'the queue to stay empty' };
      const { loadedTo, missingEnvelopes } = await readLoadFacts(warehouseOf(stack));
      const isPast = loadedTo !== null && Date.parse(loadedTo) >= flushedAt;
      if (landed > 0 && !isPast) return { done: false, awaits: `${landed} objects to be loaded` };
      if (missingEnvelopes > 0) return { done: false, awaits: `${missingEnvelopes} envelopes that are missing so far` };
      return { done: true };
    };
    return waitFor({ look, err, ...pace });
  });

/** Waits until an event is a row. The warehouse is asked at once, and again when the event can have left the stream. */
export const awaitEvent = (wait: StackWait, eventId: string): Promise<EventRow> =>
  explained(async () => {
    const { stack, err } = wait;
    const { flushedAt, ...pace } = await begin(wait);
    const warehouse = warehouseOf(stack);
    const run = (sql: string) => warehouse.query(sql, Date.now() + queryMs);
    const { dead: deadBefore } = await readDepth(stack);
    let row: EventRow | undefined;
    let looks = 0;
    const look = async (): Promise<Look> => {
      if (looks === 0 || Date.now() >= flushedAt) row = await findEventRow(run, eventId);
      looks += 1;
      if (row !== undefined) return { done: true };
      const { landed, dead } = await readDepth(stack);
      if (dead > deadBefore) throw inVain(stack, dead);
      return {
        done: false,
        awaits: `event ${eventId}: ${Date.now() < flushedAt ? "the stream's buffers" : `${landed} objects to be loaded`}`,
      };
    };
    await waitFor({ look, err, ...pace });
    if (row === undefined) throw new Failure(`event ${eventId} is no row`);
    return row;
  });
