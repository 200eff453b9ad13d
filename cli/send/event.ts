import { randomUUID } from 'node:crypto';
import { UsageError } from '../errors.ts';
import { isRecord, parseJson } from '../json.ts';

export interface Event {
  readonly id: string;
  /** The event as JSON, with its id. */
  readonly text: string;
}

/** The event that nobody's reports count: it is no order, and its name says what it is for. */
export const testEvent = (now: Date): Event => {
  const id = randomUUID();
  const event = {
    event_id: id,
    event_name: 'pipeline_checked',
    event_time: now.toISOString(),
    anonymous_id: 'millrace-send',
  };
  return { id, text: JSON.stringify(event) };
};

/** Throws UsageError for what is no JSON object. */
export const parseEvent = (text: string): Event => {
  const event = parseJson(text);
  if (!isRecord(event))
    throw new UsageError('the event is not a JSON object: write it as \'{"event_name":"order_completed"}\'');
  if (typeof event.event_id === 'string' && event.event_id !== '') return { id: event.event_id, text };
  if (Object.hasOwn(event, 'event_id'))
    throw new UsageError('event_id of the event is no text: give it one such as "o-1", or leave it out');
  const id = randomUUID();
  // Put in front of what was typed, not into what was parsed: 12.30 and numbers past 2^53 stay as they are.
  const rest = text.slice(text.indexOf('{') + 1);
  return { id, text: `{"event_id":"${id}"${Object.keys(event).length === 0 ? '' : ','}${rest}` };
};
