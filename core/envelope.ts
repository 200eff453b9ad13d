import { batchColumns } from './columns.ts';
import { isObject, type JsonObject, typeName } from './json.ts';
import { fits, isStorable } from './text.ts';

/** What the collector knows of one request; stands once for all its events. */
export interface Arrival {
  readonly producer: string;
  /** Moment of the request, ISO 8601 with milliseconds. */
  readonly receivedAt: string;
  /** Whose write key it was; undefined where nobody knows, as of a record that was put onto the stream directly. */
  readonly source: string | undefined;
  readonly protocol: Protocol;
  readonly client: { readonly ip?: string; readonly user_agent?: string };
  /** Events of this producer that clients had been told are accepted, before this request began. */
  readonly acknowledged?: number;
  /** Numbers of this producer's envelopes whose requests were not acknowledged; at most `voidRanges`. */
  readonly void?: readonly NumberRange[];
}

/** Numbers of envelopes, both ends included. */
export type NumberRange = readonly [first: number, last: number];

/** An envelope tells of at most this many ranges: each becomes a row. */
export const voidRanges = 100;

export type Protocol = 'native' | 'segment';

/** Version of the envelope's form; the `millrace` member holds it. */
const envelopeVersion = 1;

/** An envelope stays under this many bytes, so that eight of them fit one PutRecordBatch call of 4 MiB. */
export const envelopeBytes = 500_000;

/**
 * One Firehose record: the events of one request, as the texts that came, never printed anew. `seq` counts 0, 1, 2 … within
 * `arrival.producer` and is never used again; a gap in it that no later envelope calls void is a loss.
 */
export const toEnvelope = (arrival: Arrival, seq: number, eventTexts: readonly string[]): string =>
  `${head(arrival, seq, eventTexts.length)}${eventTexts.join(',')}]}`;

const head = (arrival: Arrival, seq: number, count: number): string =>
  `{"millrace":${envelopeVersion},"batch":{"producer":${JSON.stringify(arrival.producer)},"seq":${seq},"count":${count}${tellPast(arrival)}},` +
  `"received_at":${JSON.stringify(arrival.receivedAt)},${arrival.source === undefined ? '' : `"source":${JSON.stringify(arrival.source)},`}` +
  `"protocol":${JSON.stringify(arrival.protocol)},"client":${JSON.stringify(arrival.client)},"events":[`;

const tellPast = ({ acknowledged, void: ranges = [] }: Arrival): string => {
  const told = acknowledged === undefined ? '' : `,"acknowledged":${acknowledged}`;
  return ranges.length === 0 ? told : `${told},"void":${JSON.stringify(ranges)}`;
};

export interface Measured {
  readonly text: string;
  readonly bytes: number;
}

/** Bytes that an envelope needs beside its events: header fields, void ranges, and room for the numbers. */
const overhead = (arrival: Arrival): number => head(arrival, 0, 0).length * 3 + 64;

/** Largest event that fits an envelope, in bytes of its text; the collector refuses a larger one with 413. */
export const eventBytes = 480_000;

/** Splits a request's events, in order, into as few groups as fit an envelope each. */
export const packEvents = <Event extends Measured>(arrival: Arrival, events: readonly Event[]): Event[][] => {
  const room = envelopeBytes - overhead(arrival);
  const groups: Event[][] = [];
  let group: Event[] = [];
  let used = 0;
  for (const event of events) {
    if (group.length > 0 && used + event.bytes + 1 > room) {
      groups.push(group);
      group = [];
      used = 0;
    }
    group.push(event);
    used += event.bytes + 1;
  }
  if (group.length > 0) groups.push(group);
  return groups;
};

/** An envelope as the transformer reads it. */
export interface Envelope {
  readonly producer: string;
  readonly seq: number;
  readonly receivedAt: unknown;
  readonly source: string | undefined;
  readonly ip: string | undefined;
  readonly acknowledged: number | undefined;
  readonly void: readonly NumberRange[] | undefined;
  /** An element that is null has been taken out: an event of an erased person. */
  readonly events: readonly unknown[];
}

/** True when a record claims to be an envelope, well-formed or not. */
export const claimsEnvelope = (value: unknown): value is JsonObject => isObject(value) && 'millrace' in value;

/** The envelope, or what is wrong with it, in words that hold nothing of what was sent. */
export const parseEnvelope = (value: JsonObject): Envelope | string => {
  if (value.millrace !== envelopeVersion) return `millrace is not the version ${envelopeVersion}`;
  const batch = value.batch;
  if (!isObject(batch)) return `batch is ${typeName(batch)}, wanted an object`;
  const { producer, seq, count, acknowledged, void: ranges } = batch;
  if (!isColumnText(producer, batchColumns.producer.bytes)) return 'batch.producer is not a text of 1 to 36 bytes';
  if (!isWhole(seq)) return 'batch.seq is not a whole number';
  if (acknowledged !== undefined && !isWhole(acknowledged)) return 'batch.acknowledged is not a whole number';
  if (ranges !== undefined && !areRanges(ranges, seq))
    return `batch.void is not a list of at most ${voidRanges} pairs [first, last] of whole numbers below batch.seq`;
  if (!Array.isArray(value.events)) return `events is ${typeName(value.events)}, wanted an array`;
  if (count !== value.events.length) return `batch.count is not the number of events, ${value.events.length}`;
  const { source } = value;
  if (source !== undefined && !isColumnText(source, batchColumns.source.bytes))
    return 'source is not a text of 1 to 64 bytes';
  const ip = isObject(value.client) ? value.client.ip : undefined;
  return {
    producer,
    seq,
    receivedAt: value.received_at,
    source,
    ip: typeof ip === 'string' ? ip : undefined,
    acknowledged,
    void: ranges,
    events: value.events,
  };
};

const isWhole = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** An envelope can tell only of numbers that were given before its own. */
const areRanges = (value: unknown, below: number): value is readonly NumberRange[] =>
  Array.isArray(value) && value.length <= voidRanges && value.every((range: unknown) => isRange(range, below));

const isRange = (value: unknown, below: number): boolean => {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [first, last]: unknown[] = value;
  return isWhole(first) && isWhole(last) && first <= last && last < below;
};

const isColumnText = (value: unknown, bytes: number): value is string =>
  typeof value === 'string' && value !== '' && fits(value, bytes) && isStorable(value);
