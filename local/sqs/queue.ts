import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { numberOf, optionalNumberOf, optionalTextOf, type Row, rowOf, type Store, textOf } from '../store.ts';
import { invalidParameter, messageNotInflight, receiptHandleIsInvalid } from './errors.ts';
import type { Message, MessageAttributes } from './message.ts';

export interface QueueSettings {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly visibilityTimeoutSeconds: number;
  readonly messageRetentionSeconds: number;
  readonly redrive?: { readonly deadLetterQueueArn: string; readonly maxReceiveCount: number };
}

export interface ReceiveOptions {
  readonly max: number;
  /** Instead of the queue's own. */
  readonly visibilityTimeoutSeconds?: number | undefined;
  /** Asked before a message is taken; the first refusal ends the receive and leaves that message as it was. */
  readonly accepts?: (message: Message) => boolean;
}

export interface QueueStats {
  /** Messages in the queue, visible or not. */
  readonly queued: number;
  /** Epoch milliseconds at which the oldest of them was sent. */
  readonly oldest: number | undefined;
  readonly counts: {
    readonly sent: number;
    readonly received: number;
    readonly deleted: number;
    /** Moved to the dead-letter queue. */
    readonly deadLettered: number;
  };
  readonly lastError: undefined;
}

export interface Depth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Epoch milliseconds at which the oldest message was sent. */
  readonly oldest: number | undefined;
}

/** One standard queue. Every change is in the store when the call returns. */
export interface Queue {
  readonly settings: QueueSettings;
  /** Returns the message id. */
  send(message: {
    readonly body: string;
    readonly attributes?: MessageAttributes;
    readonly delaySeconds?: number;
  }): string;
  receive(options: ReceiveOptions): readonly Message[];
  /** Removes the message if this is its latest receipt; throws ReceiptHandleIsInvalid for what is no receipt at all. */
  remove(receiptHandle: string): void;
  /** Makes the message visible after `seconds` (0..43200) from now. */
  changeVisibility(receiptHandle: string, seconds: number): void;
  purge(): void;
  depth(): Depth;
  stats(): QueueStats;
  /** How many messages could be received now, counted up to `limit`, and the bytes of their bodies. */
  ready(limit: number): { readonly count: number; readonly bytes: number };
  /** Epoch milliseconds at which the next message, invisible now, becomes visible. */
  nextVisibleAt(): number | undefined;
  /** Calls `listener` whenever messages may have become visible before their time was due; returns how to stop it. */
  onMessages(listener: () => void): () => void;
}

/** ("Amazon SQS message quotas", SQS developer guide): 1 MiB with its attributes. */
export const MAX_MESSAGE_BYTES = 1_048_576;

export const QUEUE_SCHEMA = `
  CREATE TABLE IF NOT EXISTS sqs_message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, message_id TEXT NOT NULL, body TEXT NOT NULL, attributes TEXT NOT NULL,
    size INTEGER NOT NULL, sent_at INTEGER NOT NULL, visible_at INTEGER NOT NULL, receive_count INTEGER NOT NULL DEFAULT 0,
    first_received_at INTEGER, receipt TEXT, dead_letter_source TEXT);
  CREATE INDEX IF NOT EXISTS sqs_message_visible ON sqs_message (queue, visible_at, id);
  CREATE INDEX IF NOT EXISTS sqs_message_sent ON sqs_message (queue, sent_at);`;

export const createQueue = ({
  store,
  clock,
  random,
  settings,
  onDeadLetters,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: QueueSettings;
  /** Messages have moved to the queue with this ARN. */
  readonly onDeadLetters: (arn: string) => void;
}): Queue & { readonly wake: () => void } => {
  const { arn, redrive } = settings;
  const insert = store.prepare(
    'INSERT INTO sqs_message (queue, message_id, body, attributes, size, sent_at, visible_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const visible = store.prepare(
    'SELECT * FROM sqs_message WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?',
  );
  const take = store.prepare(
    'UPDATE sqs_message SET visible_at = ?, receive_count = ?, first_received_at = ?, receipt = ? WHERE id = ?',
  );
  const bury = store.prepare(
    'UPDATE sqs_message SET queue = ?, visible_at = ?, receive_count = 0, first_received_at = NULL, receipt = NULL, dead_letter_source = ? WHERE id = ?',
  );
  const expire = store.prepare('DELETE FROM sqs_message WHERE queue = ? AND sent_at <= ?');
  const remove = store.prepare('DELETE FROM sqs_message WHERE id = ? AND receipt = ? AND queue = ?');
  const find = store.prepare('SELECT visible_at FROM sqs_message WHERE id = ? AND receipt = ? AND queue = ?');
  const show = store.prepare('UPDATE sqs_message SET visible_at = ? WHERE id = ?');
  const purge = store.prepare('DELETE FROM sqs_message WHERE queue = ?');
  const depth = store.prepare(`SELECT count(*) FILTER (WHERE visible_at <= ?2) AS visible,
    count(*) FILTER (WHERE visible_at > ?2 AND receipt IS NOT NULL) AS in_flight,
    count(*) FILTER (WHERE visible_at > ?2 AND receipt IS NULL) AS delayed, min(sent_at) AS oldest
    FROM sqs_message WHERE queue = ?1`);
  const ready = store.prepare(`SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM (
    SELECT size FROM sqs_message WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?)`);
  const next = store.prepare('SELECT min(visible_at) AS next FROM sqs_message WHERE queue = ? AND visible_at > ?');
  const listeners = new Set<() => void>();
  const counts = { sent: 0, received: 0, deleted: 0, deadLettered: 0 };

  const wake = (): void => {
    for (const listener of [...listeners]) listener();
  };

  const dropExpired = (): void => void expire.run(arn, clock.now() - settings.messageRetentionSeconds * 1_000);

  const currentDepth = (): Depth => {
    dropExpired();
    const row = rowOf(depth.get(arn, clock.now()));
    return {
      visible: numberOf(row, 'visible'),
      inFlight: numberOf(row, 'in_flight'),
      delayed: numberOf(row, 'delayed'),
      oldest: optionalNumberOf(row, 'oldest'),
    };
  };

  return {
    settings,
    wake,
    send: ({ body, attributes = {}, delaySeconds = 0 }) => {
      const text = JSON.stringify(attributes);
      const size = Buffer.byteLength(body) + (text === '{}' ? 0 : Buffer.byteLength(text));
      if (size > MAX_MESSAGE_BYTES) {
        throw invalidParameter(
          `One or more parameters are invalid. Reason: Message must be shorter than ${MAX_MESSAGE_BYTES} bytes.`,
        );
      }
      const now = clock.now();
      const messageId = random.uuid();
      insert.run(arn, messageId, body, text, size, now, now + delaySeconds * 1_000);
      counts.sent += 1;
      wake();
      return messageId;
    },
    receive: ({ max, visibilityTimeoutSeconds = settings.visibilityTimeoutSeconds, accepts = () => true }) => {
      dropExpired();
      const now = clock.now();
      const messages: Message[] = [];
      const deadLetteredBefore = counts.deadLettered;
      /** Looks at `max` messages once, since a visibility timeout of 0 leaves visible what it takes; true if all were dead letters. */
      const takeSome = (): boolean => {
        const rows = visible.all(arn, now, max);
        for (const row of rows) {
          const id = numberOf(row, 'id');
          if (redrive !== undefined && numberOf(row, 'receive_count') >= redrive.maxReceiveCount) {
            bury.run(redrive.deadLetterQueueArn, now, arn, id);
            counts.deadLettered += 1;
            continue;
          }
          const message = toMessage(row, now, `${id}.${random.bytes(24).toString('base64url')}`);
          if (!accepts(message)) return false;
          const { receiveCount, firstReceivedAt, receiptHandle } = message;
          take.run(now + visibilityTimeoutSeconds * 1_000, receiveCount, firstReceivedAt, receiptHandle, id);
          messages.push(message);
        }
        return messages.length === 0 && rows.length > 0;
      };
      store.transaction(() => {
        for (let again = true; again; ) again = takeSome();
      });
      counts.received += messages.length;
      if (redrive !== undefined && counts.deadLettered > deadLetteredBefore) onDeadLetters(redrive.deadLetterQueueArn);
      return messages;
    },
    remove: (receiptHandle) => {
      counts.deleted += Number(remove.run(rowIdOf(receiptHandle), receiptHandle, arn).changes);
    },
    changeVisibility: (receiptHandle, seconds) => {
      const id = rowIdOf(receiptHandle);
      const row = find.get(id, receiptHandle, arn);
      const now = clock.now();
      if (row === undefined || numberOf(row, 'visible_at') <= now) throw messageNotInflight();
      show.run(now + seconds * 1_000, id);
      wake();
    },
    purge: () => void purge.run(arn),
    depth: currentDepth,
    stats: () => {
      const { visible: shown, inFlight, delayed, oldest } = currentDepth();
      return { queued: shown + inFlight + delayed, oldest, counts: { ...counts }, lastError: undefined };
    },
    ready: (limit) => {
      dropExpired();
      const row = rowOf(ready.get(arn, clock.now(), limit));
      return { count: numberOf(row, 'count'), bytes: numberOf(row, 'bytes') };
    },
    nextVisibleAt: () => optionalNumberOf(rowOf(next.get(arn, clock.now())), 'next'),
    onMessages: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};

const rowIdOf = (receiptHandle: string): number => {
  const id = /^(\d{1,15})\.[\w-]{32}$/.exec(receiptHandle)?.[1];
  if (id === undefined) throw receiptHandleIsInvalid(receiptHandle);
  return Number(id);
};

const toMessage = (row: Row, now: number, receiptHandle: string): Message => ({
  messageId: textOf(row, 'message_id'),
  body: textOf(row, 'body'),
  attributes: parseAttributes(textOf(row, 'attributes')),
  receiptHandle,
  sentAt: numberOf(row, 'sent_at'),
  firstReceivedAt: optionalNumberOf(row, 'first_received_at') ?? now,
  receiveCount: numberOf(row, 'receive_count') + 1,
  deadLetterSource: optionalTextOf(row, 'dead_letter_source'),
});

const parseAttributes = (text: string): MessageAttributes => JSON.parse(text) as MessageAttributes;
