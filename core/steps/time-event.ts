import { reject } from '../outcome.ts';
import { parseTime, toTimestamp } from '../time.ts';
import type { Step } from './step.ts';

/** An event may be this far ahead of its receipt: a client's clock in the wrong zone, not a wrong year. */
const aheadMs = 24 * 60 * 60 * 1000;
/** 2000-01-01: before it no client of ours existed. */
const earliest = 946_684_800_000;

/** `event_time` in UTC with milliseconds; without one, the moment of receipt. */
export const timeEvent: Step = ({ time, protocol }, incoming, row) => {
  row.received_at = incoming.received;
  if (time === undefined || time === null) {
    row.event_time = row.received_at;
    return undefined;
  }
  const field = protocol === 'segment' ? 'timestamp' : 'event_time';
  const parsed = parseTime(time);
  if (parsed === undefined)
    return reject(
      'invalid_time',
      field,
      `${field} is neither ISO 8601 nor an epoch in seconds, milliseconds or microseconds`,
    );
  if (parsed < earliest) return reject('time_out_of_range', field, `${field} is before 2000-01-01`);
  if (parsed > incoming.receivedAt + aheadMs)
    return reject('time_out_of_range', field, `${field} is more than 24 hours after the event was received`);
  row.event_time = toTimestamp(parsed);
  return undefined;
};
