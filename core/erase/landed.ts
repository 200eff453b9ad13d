import { Buffer } from 'node:buffer';
import { isObject, type JsonObject, parseJson, peekJson } from '../json.ts';
import { toTimestamp } from '../time.ts';
import { applyEdits, type Edit, type Line, linesOf } from './edits.ts';
import { isNamedIn, isOfPerson, isSentBy, type Person } from './person.ts';

/** An envelope that held rows of the person, and the number of dropped events it has now. */
export interface Thinned {
  readonly producer: string;
  readonly seq: number;
  readonly droppedCount: number;
}

/** How the row of a rejected event is found in the warehouse. */
export interface RejectedRow {
  readonly eventId: string;
  readonly receivedAt: string;
}

export interface ErasedLanded {
  /** The same text where nothing was the person's. */
  readonly text: string;
  readonly events: number;
  readonly rejected: readonly RejectedRow[];
  readonly envelopes: readonly Thinned[];
}

interface BatchLine {
  readonly line: Line;
  readonly row: JsonObject;
  taken: number;
}

/**
 * Takes a person's rows out of a landed object's text. Each that is gone counts as dropped in the row of its envelope, which is
 * the last one of that number before it: a record that was delivered twice has its rows twice. All else stays byte for byte.
 */
export const eraseLanded = (text: string, person: Person): ErasedLanded => {
  const isGone = createTest(person);
  const batches = new Map<string, BatchLine>();
  const thinned = new Set<BatchLine>();
  const edits: Edit[] = [];
  const rejected: RejectedRow[] = [];
  let events = 0;
  for (const line of linesOf(text)) {
    const source = text.slice(line.from, line.end);
    if (!isGone.couldBe(source)) continue;
    const row = toRow(source);
    if (row === undefined) continue;
    const name = `${row.seq} ${row.producer}`;
    if (row.kind === 'batch') {
      // Numbers that nobody bears (void_to) are no envelope and hold no events.
      if (row.void_to === undefined || row.void_to === null) batches.set(name, { line, row, taken: 0 });
    } else if (isGone.is(row)) {
      edits.push({ from: line.from, to: line.to, text: '' });
      if (row.kind === 'rejected')
        rejected.push({ eventId: String(row.event_id), receivedAt: String(row.received_at) });
      else events++;
      const batch = batches.get(name);
      if (batch === undefined) continue;
      batch.taken++;
      thinned.add(batch);
    }
  }
  for (const { line, row, taken } of thinned)
    edits.push({ from: line.from, to: line.end, text: withDropped(text.slice(line.from, line.end), row, taken) });
  return {
    text: edits.length === 0 ? text : applyEdits(text, edits),
    events,
    rejected,
    envelopes: [...thinned].map(({ row, taken }) => ({
      producer: String(row.producer),
      seq: Number(row.seq),
      droppedCount: droppedOf(row) + taken,
    })),
  };
};

const toRow = (line: string): JsonObject | undefined => {
  const parsed = peekJson(line);
  return parsed.ok && isObject(parsed.value) ? parsed.value : undefined;
};

/** How the transformer begins the row of an event that names its user (core/steps/identify.ts). */
const withUser = /^\{"kind":"event","event_id":"[^"\\]*","user_id":"/;

const createTest = (person: Person) => {
  const until = toTimestamp(person.until);
  const needle = JSON.stringify(person.userId);
  return {
    /** Quick, of a line: a text without a backslash can spell an id in one way alone. */
    couldBe: (line: string): boolean =>
      !line.startsWith('{"kind":"event"') ||
      line.includes(needle) ||
      line.includes('\\') ||
      (person.hasDevices && !withUser.test(line)),
    is: (row: JsonObject): boolean => {
      if (typeof row.received_at === 'string' && row.received_at > until) return false;
      if (row.kind === 'event') return isOfPerson(person, textOf(row.user_id), textOf(row.anonymous_id));
      return row.kind === 'rejected' && isOriginalOf(person, row.original);
    },
  };
};

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const isOriginalOf = (person: Person, original: unknown): boolean => {
  const text = Array.isArray(original)
    ? Buffer.from(original.join(''), 'base64').toString('utf8')
    : String(original ?? '');
  const parsed = parseJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  return parsed.ok ? isSentBy(person, parsed.value) : isNamedIn(person, text);
};

const droppedOf = (row: JsonObject): number => (typeof row.dropped_count === 'number' ? row.dropped_count : 0);

/** No quote inside a string of JSON stands without its backslash, so what this finds is the member. */
const droppedMember = /"dropped_count":\d+/;

const withDropped = (line: string, row: JsonObject, taken: number): string => {
  const dropped = droppedOf(row) + taken;
  return droppedMember.test(line)
    ? line.replace(droppedMember, `"dropped_count":${dropped}`)
    : JSON.stringify({ ...row, dropped_count: dropped });
};
