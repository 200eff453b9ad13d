import { envelopeBytes, eventBytes } from './envelope.ts';
import { elementTexts, isObject, type JsonObject, peekJson } from './json.ts';
import { isSegment } from './steps/recognise.ts';
import { utf8Length } from './text.ts';

/** Why the collector refuses an event or a whole body; `field` and the way to mend it stand in the message. */
export interface DoorRejection {
  readonly index: number;
  readonly code: DoorCode;
  readonly field?: string;
  readonly message: string;
}
export type DoorCode = 'not_json' | 'not_object' | 'missing_name' | 'too_large' | 'stream_unavailable';

/** An event as accepted: its text as it came, with an id put in where it brought none. */
export interface AcceptedEvent {
  readonly index: number;
  readonly text: string;
  readonly bytes: number;
}

export type SplitBody =
  | { readonly ok: true; readonly accepted: readonly AcceptedEvent[]; readonly rejected: readonly DoorRejection[] }
  | { readonly ok: false; readonly code: 'not_json' | 'too_many_events'; readonly message: string };

/**
 * Splits a body into events: one object, an array, or NDJSON. Texts are kept as they came, so that no number and no key
 * changes on the way. `newId` is called for each event without an id. A fault of one event refuses that event alone.
 */
export const splitBody = (body: string, newId: () => string): SplitBody => {
  const whole = peekJson(body);
  if (!whole.ok) return splitLines(body, whole.position, newId);
  if (!Array.isArray(whole.value)) return sort([{ value: whole.value, text: body.trim() }], newId);
  if (whole.value.length > requestEvents) return tooMany(whole.value.length);
  const texts = elementTexts(body, body.indexOf('['));
  return sort(
    whole.value.map((value, at) => ({ value, text: texts[at] ?? '' })),
    newId,
  );
};

/** NDJSON, if any of several lines is an object of its own; a line that is none is refused alone. */
const splitLines = (body: string, faultOffset: number, newId: () => string): SplitBody => {
  const lines = toLines(body);
  if (lines.length > requestEvents) return tooMany(lines.length);
  const candidates = lines.length > 1 ? lines.map(toCandidate) : [];
  if (candidates.some(({ value }) => isObject(value))) return sort(candidates, newId);
  return { ok: false, code: 'not_json', message: faultAt(body, faultOffset) };
};

/** A request holds at most this many events, whatever their size: each costs memory beside its bytes. */
const requestEvents = 10_000;

const tooMany = (count: number): SplitBody => ({
  ok: false,
  code: 'too_many_events',
  message: `the body holds ${count} events, the limit is ${requestEvents}: send fewer in one request`,
});

interface Line {
  readonly text: string;
  /** Counted from 1. */
  readonly number: number;
}

const toLines = (body: string): Line[] =>
  body.split('\n').flatMap((text, at) => (text.trim() === '' ? [] : [{ text, number: at + 1 }]));

interface Candidate {
  readonly value: unknown;
  readonly text: string;
  readonly fault?: string;
}

const toCandidate = ({ text, number }: Line): Candidate => {
  const parsed = peekJson(text);
  if (parsed.ok) return { value: parsed.value, text: text.trim() };
  return { value: undefined, text, fault: `not JSON at character ${parsed.position} of line ${number}` };
};

const faultAt = (text: string, position: number): string => {
  if (text.trim() === '') return 'the body is empty: send one event, an array of events, or one event a line';
  const before = text.slice(0, position);
  const line = before.split('\n').length;
  const column = position - before.lastIndexOf('\n');
  return `not JSON at character ${position} (line ${line}, column ${column})`;
};

const sort = (candidates: readonly Candidate[], newId: () => string): SplitBody => {
  const accepted: AcceptedEvent[] = [];
  const rejected: DoorRejection[] = [];
  candidates.forEach((candidate, index) => {
    const refusal = refuse(candidate, index);
    if (refusal !== undefined) rejected.push(refusal);
    else {
      const text = withId(candidate, newId);
      const bytes = utf8Length(text);
      if (bytes > eventBytes) rejected.push(tooLarge(index, bytes));
      else accepted.push({ index, text, bytes });
    }
  });
  return { ok: true, accepted, rejected };
};

const refuse = ({ value, fault }: Candidate, index: number): DoorRejection | undefined => {
  if (fault !== undefined) return { index, code: 'not_json', message: `${fault}: send one JSON object a line` };
  if (!isObject(value))
    return { index, code: 'not_object', message: 'the event is not a JSON object: send {"event_name": "…"}' };
  if (!isSegment(value) && (typeof value.event_name !== 'string' || value.event_name.trim() === ''))
    return {
      index,
      code: 'missing_name',
      field: 'event_name',
      message: 'event_name is missing or not a text: give the event a name such as "order_completed"',
    };
  return undefined;
};

const tooLarge = (index: number, bytes: number): DoorRejection => ({
  index,
  code: 'too_large',
  message: `the event has ${bytes} bytes, the limit is ${eventBytes}: send less in one event (an envelope holds ${envelopeBytes})`,
});

/** The event's text, with `event_id` put in front when it brings neither `event_id` nor Segment's `messageId`. */
const withId = ({ value, text }: Candidate, newId: () => string): string => {
  if (!isObject(value) || hasId(value)) return text;
  const rest = text.slice(1).trimStart();
  return `{"event_id":"${newId()}"${rest.startsWith('}') ? '' : ','}${rest}`;
};

const hasId = (event: JsonObject): boolean =>
  Object.hasOwn(event, 'event_id') && event.event_id !== null && event.event_id !== ''
    ? true
    : typeof event.messageId === 'string' && event.messageId !== '';
