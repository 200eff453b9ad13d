import type { EventRow } from '../incoming.ts';
import { type Rejection, reject } from '../outcome.ts';
import type { Step } from './step.ts';

type IdColumn = 'event_id' | 'user_id' | 'anonymous_id' | 'session_id';

/** Ids are text; a number becomes its text, an empty or null id counts as none. An event without id gets the derived one. */
export const identify: Step = (parts, incoming, row) => {
  const fault =
    setId(row, 'event_id', parts.id) ??
    setId(row, 'user_id', parts.userId) ??
    setId(row, 'anonymous_id', parts.anonymousId) ??
    setId(row, 'session_id', parts.sessionId);
  row.event_id ??= incoming.deriveId();
  return fault;
};

const setId = (row: EventRow, column: IdColumn, value: unknown): Rejection | undefined => {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') row[column] = value;
  else if (typeof value === 'number' && Number.isFinite(value)) row[column] = String(value);
  else if (JSON.isRawJSON(value)) row[column] = JSON.stringify(value);
  else return reject('invalid_id', column, `${column} is of type ${typeof value}, wanted text or a number`);
  return undefined;
};
