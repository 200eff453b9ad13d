import type { Queue, QueueMessage } from '#aws/sqs.ts';
import type { Pipeline } from '../pipeline/open.ts';
import { literals, operation } from '../pipeline/sql.ts';
import { rowsOf } from '../pipeline/statements.ts';
import type { Stop } from '../pipeline/stop.ts';

/** Nobody else sees a message for so long while we hold it; what a run that died held is back after it. */
const hiddenSeconds = 120;
/** A wait asks all servers of the queue: an answer without messages means that there are none. */
const waitSeconds = 1;

/** All messages of a queue, at most `limit`, given back when they have been read. */
export const readAll = async (queue: Queue, limit: number, stop: Stop): Promise<readonly QueueMessage[]> => {
  const found = new Map<string, QueueMessage>();
  try {
    while (found.size < limit && !stop.asked()) {
      const messages = await queue.receive(hiddenSeconds, waitSeconds);
      // None is left, or the first ones are back already.
      if (messages.every(({ id }) => found.has(id))) break;
      for (const message of messages) found.set(message.id, message);
    }
  } finally {
    // What cannot be given back comes back by itself.
    await queue.release([...found.values()]).catch(() => undefined);
  }
  return [...found.values()].slice(0, limit);
};

/**
 * Moves messages of the dead-letter queue to the queue of landed objects: sent first, then deleted, so that none is lost; one
 * that is told twice is loaded once. Ends before what came to it after `begun` (epoch ms): that has failed again.
 */
export const redrive = async (
  { queue, deadLetters }: Pipeline,
  begun: number,
  stop: Stop,
  tell: (moved: number) => void,
): Promise<number> => {
  let moved = 0;
  while (!stop.asked()) {
    const messages = await deadLetters.receive(hiddenSeconds, waitSeconds);
    const ours = messages.filter(({ sentAt }) => sentAt < begun);
    await queue.send(ours.map(({ body }) => body));
    await deadLetters.remove(ours);
    moved += ours.length;
    tell(moved);
    if (ours.length === messages.length && messages.length > 0) continue;
    await deadLetters.release(messages.filter((message) => !ours.includes(message)));
    break;
  }
  return moved;
};

/** Where in an object Redshift stopped, and why. */
export interface LetterError {
  readonly line: number | null;
  readonly column: string | null;
  readonly code: number | null;
  readonly message: string;
  /** As the warehouse writes it, UTC. */
  readonly at: string;
}

const keysPerStatement = 80;

/** The latest row of load_errors of each of these objects that has one. */
export const readErrors = async (
  { warehouse }: Pipeline,
  keys: readonly string[],
): Promise<ReadonlyMap<string, LetterError>> => {
  const errors = new Map<string, LetterError>();
  for (let at = 0; at < keys.length; at += keysPerStatement) {
    const some = literals(keys.slice(at, at + keysPerStatement));
    for (const [key, line, column, code, message, time] of await rowsOf(
      warehouse,
      operation('latest-errors', { object_keys: some }),
    ))
      errors.set(String(key), {
        line: line === null ? null : Number(line),
        column: column === null ? null : String(column),
        code: code === null ? null : Number(code),
        message: String(message ?? ''),
        at: String(time),
      });
  }
  return errors;
};
