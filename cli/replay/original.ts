import { eventBytes } from '#core/envelope.ts';
import { isObject, type JsonObject, peekJson } from '#core/json.ts';
import { isSegment, recognise } from '#core/steps/recognise.ts';
import type { RejectedRow } from './rejected-rows.ts';

/** How an original goes back: as an element of an envelope, or as a record of its own. */
export type Returned =
  | { readonly kind: 'element'; readonly text: string; readonly keepsId: boolean }
  | { readonly kind: 'record'; readonly bytes: Uint8Array; readonly keepsId: boolean };

/** These were whole records, not events of one. */
const recordReasons: ReadonlySet<string> = new Set(['empty', 'not_utf8', 'not_json', 'bad_envelope']);

/**
 * The text as it came. An event that brought no id gets the one that its rejected row has, so that it stays the same event;
 * what can carry none gets a new one.
 */
export const toReturned = ({ original, eventId, reason }: RejectedRow): Returned => {
  const asRecord = (text: string | Uint8Array, keepsId: boolean): Returned => ({
    kind: 'record',
    bytes: Buffer.from(text),
    keepsId,
  });
  if (typeof original !== 'string' || recordReasons.has(reason)) return asRecord(original, false);
  const parsed = peekJson(original);
  if (!parsed.ok || parsed.value === null) return asRecord(original, false);
  const named = isObject(parsed.value)
    ? nameEvent(parsed.value, original, eventId)
    : { text: original, keepsId: false };
  // An envelope says "taken out" with null, and holds no larger event than this.
  if (Buffer.byteLength(named.text) > eventBytes) return asRecord(named.text, named.keepsId);
  return { kind: 'element', ...named };
};

const nameEvent = (event: JsonObject, text: string, eventId: string): { text: string; keepsId: boolean } => {
  const { id } = recognise(event);
  const hasId = id !== undefined && id !== null && id !== '';
  // An id of the wrong type is what the event came with; one that is too long is not what its row is called.
  if (hasId) return { text, keepsId: String(id) === eventId };
  const member = isSegment(event) && event.messageId === '' ? 'messageId' : 'event_id';
  const open = text.trimEnd().slice(0, -1);
  const comma = Object.keys(event).length === 0 ? '' : ',';
  // At the end: of two members of a name the last one counts, and an empty id may be there.
  return { text: `${open}${comma}"${member}":${JSON.stringify(eventId)}}`, keepsId: true };
};
