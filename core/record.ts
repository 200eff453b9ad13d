import { Buffer, isUtf8 } from 'node:buffer';
import { claimsEnvelope, type Envelope, type NumberRange, parseEnvelope } from './envelope.ts';
import type { Incoming } from './incoming.ts';
import { travel } from './journey.ts';
import { elementTexts, isObject, type JsonObject, parseJson } from './json.ts';
import { toBatchLine, toEventLine, toRejectedLine, toVoidLine } from './landing.ts';
import { type Rejection, type RejectReason, reject } from './outcome.ts';
import { parseTime, toTimestamp } from './time.ts';
import { uuidOfHash } from './uuid.ts';

/** One record of the stream, whoever put it there. */
export interface StreamRecord {
  readonly bytes: Uint8Array;
  /** The same on every retry of this record, so that ids made from it are the same too. */
  readonly recordId: string;
  /** Epoch milliseconds at which Firehose took it. */
  readonly arrivedAt: number;
}

/** Hex digest of at least 32 digits. */
export type Hash = (text: string) => string;

/** What became of a record: landing rows, one a line, and how many of each. */
export interface Transformed {
  readonly lines: string;
  readonly kept: number;
  readonly envelopes: number;
  /** Ranges of void numbers that the envelopes told of. */
  readonly voids: number;
  /** Events that had been taken out of their envelope: no row. */
  readonly dropped: number;
  readonly rejected: readonly RejectReason[];
  /** True when the rows are longer than they may be; `lines` is then cut short and of no use. */
  readonly overflowed: boolean;
}

/**
 * Opens one record (an envelope, one event, an array of events, or NDJSON of these) and takes each event through the
 * journey. Every event ends as exactly one row, kept or rejected, and every envelope as one more and one for each range of
 * void numbers. Never throws: what cannot be read is a rejected row with its bytes. Stops once the rows have more than `maxCharacters`, as a megabyte of `[1,1,1,…]`
 * would become a hundred.
 */
export const transformRecord = (
  record: StreamRecord,
  hash: Hash,
  maxCharacters = Number.POSITIVE_INFINITY,
): Transformed => {
  const text = decode(record.bytes);
  const lines = new Lines(record, hash, maxCharacters, text);
  if (text === undefined) lines.refuse(reject('not_utf8', undefined, 'the bytes are not UTF-8'), record.bytes);
  else openText(text, lines);
  return lines;
};

/** Checking and then decoding takes half as long as a decoder that checks; a byte order mark is no part of the text. */
const decode = (bytes: Uint8Array): string | undefined => {
  if (!isUtf8(bytes)) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
};

const openText = (text: string, lines: Lines): void => {
  const whole = parseJson(text);
  if (whole.ok) openValue(whole.value, text, lines);
  else if (text.trim() === '') lines.refuse(reject('empty', undefined, 'the record holds nothing'), text);
  else openLines(text, whole.position, lines);
};

const openLines = (text: string, faultAt: number, lines: Lines): void => {
  const parts = text.split('\n').filter((line) => line.trim() !== '');
  if (parts.length < 2) lines.refuse(notJson(faultAt), text);
  else
    for (const part of parts) {
      const parsed = parseJson(part);
      if (parsed.ok) openValue(parsed.value, part, lines);
      else lines.refuse(notJson(parsed.position), part);
    }
};

const notJson = (position: number): Rejection => reject('not_json', undefined, `not JSON at character ${position}`);

const openValue = (value: unknown, text: string, lines: Lines): void => {
  if (claimsEnvelope(value)) {
    const envelope = parseEnvelope(value);
    if (typeof envelope === 'string') lines.refuse(reject('bad_envelope', 'millrace', envelope), text);
    else lines.openEnvelope(envelope, text);
  } else if (Array.isArray(value)) {
    const originals = lazyElements(text, text.indexOf('['), value);
    for (let at = 0; at < value.length && !lines.overflowed; at++) lines.takeEvent(value[at], () => originals(at));
  } else {
    lines.takeEvent(value, () => text);
  }
};

/** How the producer's envelopes begin (core/envelope.ts): in these, the first `"events":[` is the array of events. */
const ownEnvelope =
  /^\{"millrace":1,"batch":\{"producer":"[^"\\]*","seq":\d+,"count":\d+(?:,"acknowledged":\d+)?(?:,"void":[\d,[\]]*)?\},"received_at":"/;

const offsetOfEvents = (text: string): number => (ownEnvelope.test(text) ? text.indexOf('"events":[') + 9 : -1);

/**
 * Source text of an element, found only when it is needed. An envelope that someone else wrote is printed anew, and what is
 * nested too deeply to be printed is given as the whole record.
 */
const lazyElements = (text: string, from: number, values: readonly unknown[]): ((at: number) => string) => {
  let texts: string[] | undefined;
  return (at) => {
    texts ??= from < 0 ? [] : elementTexts(text, from);
    return (texts.length === values.length ? texts[at] : undefined) ?? print(values[at]) ?? text;
  };
};

const print = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
};

/** An envelope's own time counts unless it is later than its arrival by more than a clock can be wrong. */
const toReceivedAt = (given: unknown, arrivedAt: number): number => {
  const time = parseTime(given);
  return time === undefined || time > arrivedAt + 5 * 60_000 || time < earliestReceipt ? arrivedAt : time;
};
/** 2000-01-01; a replay brings old envelopes back, but none is older than the project. */
const earliestReceipt = 946_684_800_000;

const countNulls = (values: readonly unknown[]): number => {
  let count = 0;
  for (const value of values) if (value === null) count++;
  return count;
};

/** Where in which envelope an event stands. */
interface Place {
  readonly envelope: Envelope;
  readonly receivedAt: number;
  readonly received: string;
  readonly at: number;
}

class Lines implements Transformed {
  lines = '';
  kept = 0;
  envelopes = 0;
  voids = 0;
  dropped = 0;
  readonly rejected: RejectReason[] = [];
  #bareEvents = 0;
  readonly #record: StreamRecord;
  readonly #hash: Hash;
  readonly #hasEscapes: boolean;
  readonly #maxCharacters: number;

  constructor(record: StreamRecord, hash: Hash, maxCharacters: number, text = '') {
    this.#record = record;
    this.#hash = hash;
    this.#maxCharacters = maxCharacters;
    this.#hasEscapes = text.includes('\\u');
  }

  get overflowed(): boolean {
    return this.lines.length > this.#maxCharacters;
  }

  openEnvelope(envelope: Envelope, text: string): void {
    const receivedAt = toReceivedAt(envelope.receivedAt, this.#record.arrivedAt);
    const originals = lazyElements(text, offsetOfEvents(text), envelope.events);
    const received = toTimestamp(receivedAt);
    const takenOut = countNulls(envelope.events);
    this.envelopes++;
    this.dropped += takenOut;
    this.lines += toBatchLine(envelope, received, takenOut);
    if (envelope.void !== undefined) this.#tellVoid(envelope, envelope.void, received);
    for (let at = 0; at < envelope.events.length && !this.overflowed; at++)
      if (envelope.events[at] !== null)
        this.takeEvent(envelope.events[at], () => originals(at), { envelope, receivedAt, received, at });
  }

  #tellVoid(envelope: Envelope, ranges: readonly NumberRange[], received: string): void {
    this.voids += ranges.length;
    for (const range of ranges) this.lines += toVoidLine(envelope, range, received);
  }

  takeEvent(value: unknown, original: () => string, place?: Place): void {
    if (!isObject(value)) {
      this.refuse(reject('not_object', undefined, 'the event is not a JSON object'), original(), place);
      return;
    }
    const incoming = this.#incoming(value, original, place);
    const outcome = travel(incoming);
    if (outcome.kind === 'keep') {
      this.lines += toEventLine(outcome.row);
      this.kept++;
    } else {
      const { rejection, eventId, eventName } = outcome;
      this.rejected.push(rejection.reason);
      this.lines += toRejectedLine({ ...incoming, rejection, eventId, eventName, original: original() });
    }
  }

  refuse(rejection: Rejection, original: string | Uint8Array, place?: Place): void {
    const incoming = this.#incoming({}, () => Buffer.from(original).toString('base64'), place);
    this.rejected.push(rejection.reason);
    this.lines += toRejectedLine({ ...incoming, rejection, eventId: undefined, eventName: undefined, original });
  }

  #incoming(event: JsonObject, original: () => string, place: Place | undefined): Incoming {
    const envelope = place?.envelope;
    const index = place?.at ?? this.#bareEvents++;
    return {
      event,
      receivedAt: place?.receivedAt ?? this.#record.arrivedAt,
      received: place?.received ?? toTimestamp(this.#record.arrivedAt),
      deriveId: () => uuidOfHash(this.#hash(`${this.#nameOf(envelope)}/${index}\n${original()}`)),
      source: envelope?.source,
      ip: envelope?.ip,
      producer: envelope?.producer,
      seq: envelope?.seq,
      hasEscapes: this.#hasEscapes,
    };
  }

  /** An envelope is known by its number, so that the same one sent twice gives the same ids; a bare record by its id. */
  #nameOf(envelope: Envelope | undefined): string {
    return envelope === undefined ? this.#record.recordId : `${envelope.producer}/${envelope.seq}`;
  }
}
