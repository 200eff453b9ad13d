import type { Clock } from '../clock.ts';
import { numberOf, optionalNumberOf, rowOf, type Store, textOf } from '../store.ts';
import type { Timers } from '../timers.ts';

/** Notifications that are written together with their object, and leave when their queue has taken them. */
export interface Outbox {
  add(queueArn: string, body: string): void;
  /** Hands every waiting message to its queue; what a queue refuses is tried again a second later. */
  deliver(): void;
  waiting(): { readonly count: number; readonly oldest: number | undefined };
}

const RETRY_MS = 1_000;
const PAGE_ROWS = 500;

export const createOutbox = ({
  store,
  clock,
  timers,
  notify,
  onDelivered,
  onRefused,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly notify: (queueArn: string, body: string) => void;
  readonly onDelivered: () => void;
  readonly onRefused: (error: unknown) => void;
}): Outbox => {
  store.exec(`CREATE TABLE IF NOT EXISTS s3_outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT, queue_arn TEXT NOT NULL, body TEXT NOT NULL, created_at INTEGER NOT NULL)`);
  const insert = store.prepare('INSERT INTO s3_outbox (queue_arn, body, created_at) VALUES (?, ?, ?)');
  const page = store.prepare('SELECT id, queue_arn, body FROM s3_outbox WHERE id > ? ORDER BY id LIMIT ?');
  const remove = store.prepare('DELETE FROM s3_outbox WHERE id = ?');
  const summary = store.prepare('SELECT count(*) AS count, min(created_at) AS oldest FROM s3_outbox');
  let cancelRetry: (() => void) | undefined;

  const deliver = (): void => {
    cancelRetry?.();
    cancelRetry = undefined;
    let refused = false;
    let after = 0;
    for (let rows = page.all(after, PAGE_ROWS); rows.length > 0; rows = page.all(after, PAGE_ROWS)) {
      for (const row of rows) {
        after = numberOf(row, 'id');
        try {
          notify(textOf(row, 'queue_arn'), textOf(row, 'body'));
          remove.run(after);
          onDelivered();
        } catch (error) {
          refused = true;
          onRefused(error);
        }
      }
    }
    if (refused) cancelRetry = timers.after(RETRY_MS, deliver);
  };

  return {
    add: (queueArn, body) => void insert.run(queueArn, body, clock.now()),
    deliver,
    waiting: () => {
      const row = rowOf(summary.get());
      return { count: numberOf(row, 'count'), oldest: optionalNumberOf(row, 'oldest') };
    },
  };
};
