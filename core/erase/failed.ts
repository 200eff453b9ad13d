import { Buffer } from 'node:buffer';
import { claimsEnvelope } from '../envelope.ts';
import { isObject, type JsonObject, parseJson } from '../json.ts';
import { parseTime } from '../time.ts';
import { applyEdits, type Edit, linesOf } from './edits.ts';
import { isNamedIn, isSentBy, type Person } from './person.ts';
import { arrayOfMember, elementSpans } from './spans.ts';

export interface ErasedFailed {
  /** The same text where nothing was the person's. */
  readonly text: string;
  readonly events: number;
  /** Numbers, from 1, of the lines that are empty now: all that their records held was the person's. */
  readonly emptied: readonly number[];
}

/**
 * Takes a person's events out of the text of an object that Firehose wrote for records it could not process. An envelope's
 * event becomes `null`, which counts as dropped when the envelope comes back; a record of nothing else leaves an empty line, so
 * that the numbers of the others stay.
 */
export const eraseFailed = (text: string, person: Person): ErasedFailed => {
  const edits: Edit[] = [];
  const emptied: number[] = [];
  let events = 0;
  let number = 0;
  for (const { from, end } of linesOf(text)) {
    number++;
    const line = text.slice(from, end);
    const parsed = parseJson(line);
    if (!parsed.ok || !isObject(parsed.value)) continue;
    const raw = toRaw(parsed.value);
    const left = raw === undefined ? undefined : eraseRaw(raw, person, parseTime(parsed.value.arrivalTimestamp));
    if (left === undefined || left.events === 0) continue;
    events += left.events;
    if (left.text === undefined) emptied.push(number);
    edits.push({ from, to: end, text: left.text === undefined ? '' : withRaw(line, parsed.value, left.text) });
  }
  return { text: edits.length === 0 ? text : applyEdits(text, edits), events, emptied };
};

const toRaw = ({ rawData }: JsonObject): string | undefined =>
  typeof rawData === 'string' ? Buffer.from(rawData, 'base64').toString('utf8') : undefined;

const withRaw = (line: string, record: JsonObject, raw: string): string => {
  const rawData = Buffer.from(raw).toString('base64');
  const before = `"${String(record.rawData)}"`;
  return line.includes(before) ? line.replace(before, () => `"${rawData}"`) : JSON.stringify({ ...record, rawData });
};

interface Left {
  /** undefined where nothing is left. */
  readonly text: string | undefined;
  readonly events: number;
}

const same = (text: string): Left => ({ text, events: 0 });

/** A record as core/record.ts opens it: an envelope, one event, an array of events, or lines of these. */
const eraseRaw = (text: string, person: Person, arrivedAt: number | undefined): Left => {
  const parsed = parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  if (parsed.ok) return eraseValue(parsed.value, text, person, arrivedAt);
  const lines = text.split('\n');
  if (lines.filter((line) => line.trim() !== '').length < 2)
    return isEarly(person, arrivedAt) && isNamedIn(person, text) ? { text: undefined, events: 1 } : same(text);
  const left = lines.map((line) => (line.trim() === '' ? same(line) : eraseRaw(line, person, arrivedAt)));
  const kept = left.flatMap((each) => each.text ?? []);
  return {
    text: kept.some((line) => line.trim() !== '') ? kept.join('\n') : undefined,
    events: left.reduce((sum, each) => sum + each.events, 0),
  };
};

const isEarly = (person: Person, receivedAt: number | undefined): boolean =>
  receivedAt === undefined || receivedAt <= person.until;

const eraseValue = (value: unknown, text: string, person: Person, arrivedAt: number | undefined): Left => {
  const isEnvelope = claimsEnvelope(value);
  const receivedAt = isEnvelope ? (parseTime(value.received_at) ?? arrivedAt) : arrivedAt;
  if (!isEarly(person, receivedAt) || !isSentBy(person, value)) return same(text);
  if (isEnvelope) return emptyElements(value.events, text, person);
  return Array.isArray(value) ? removeElements(value, text, person) : { text: undefined, events: 1 };
};

const emptyElements = (events: unknown, text: string, person: Person): Left => {
  const spans = elementSpans(text, arrayOfMember(text, 'events'));
  const elements = Array.isArray(events) ? events : [];
  const edits = spans.flatMap((span, at) => (isSentBy(person, elements[at]) ? [{ ...span, text: 'null' }] : []));
  return { text: applyEdits(text, edits), events: edits.length };
};

const removeElements = (elements: readonly unknown[], text: string, person: Person): Left => {
  const spans = elementSpans(text, text.indexOf('['));
  const kept = spans.filter((_, at) => !isSentBy(person, elements[at]));
  return {
    text: kept.length === 0 ? undefined : `[${kept.map(({ from, to }) => text.slice(from, to)).join(',')}]`,
    events: spans.length - kept.length,
  };
};
