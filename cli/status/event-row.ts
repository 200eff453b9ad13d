import { Failure, UsageError } from '../errors.ts';

/** A row that an event became; times as the warehouse writes them. */
export interface EventRow {
  readonly received_at: string;
  readonly loaded_at: string;
}

/** Rows of the last statement, first column first; null is SQL's NULL. */
export type RunQuery = (sql: string) => Promise<readonly (readonly unknown[])[]>;

/** Throws UsageError for what cannot be an event_id, or could end the text it is written into. */
export const parseEventId = (text: string): string => {
  if (text === '' || text.length > 128 || /['\\\p{Cc}]/u.test(text))
    throw new UsageError(`--event ${text} is no event_id: give up to 128 characters without quotes and backslashes`);
  return text;
};

/** Bounds the search, so that years of events are not read at each look. */
const sinceYesterday = 'received_at >= DATEADD(day, -1, GETDATE())';

const search = (
  eventId: string,
): string => `SELECT received_at, loaded_at, CAST(NULL AS VARCHAR(32)) AS reason, CAST(NULL AS VARCHAR(1024)) AS detail
FROM millrace.events WHERE event_id = '${eventId}' AND ${sinceYesterday}
UNION ALL
SELECT received_at, loaded_at, reason, detail
FROM millrace.rejected_events WHERE event_id = '${eventId}' AND ${sinceYesterday}`;

/** The row of an event received within the last day; undefined while there is none. Throws Failure when it was rejected. */
export const findEventRow = async (run: RunQuery, eventId: string): Promise<EventRow | undefined> => {
  const [row] = await run(search(eventId));
  if (row === undefined) return undefined;
  const [receivedAt, loadedAt, reason, detail] = row;
  if (reason !== null)
    throw new Failure(`event ${eventId} was rejected: ${reason}: ${detail ?? ''}: see millrace.rejected_events`);
  return { received_at: String(receivedAt), loaded_at: String(loadedAt) };
};
