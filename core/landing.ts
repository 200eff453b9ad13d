import { Buffer } from 'node:buffer';
import { rejectedColumns } from './columns.ts';
import type { Envelope, NumberRange } from './envelope.ts';
import type { EventRow } from './incoming.ts';
import type { Rejection } from './outcome.ts';
import { superTextBytes } from './steps/tidy-properties.ts';
import { fits, isStorable, shorten } from './text.ts';

/** One line of a landed file: JSON and a newline. */
export const toEventLine = (row: EventRow): string => `${JSON.stringify(row)}\n`;

/** What is known of a refused event, and what it was. */
export interface RejectedEvent {
  readonly rejection: Rejection;
  readonly eventId: string | undefined;
  readonly deriveId: () => string;
  readonly eventName: string | undefined;
  readonly original: string | Uint8Array;
  readonly received: string;
  readonly source: string | undefined;
  readonly producer: string | undefined;
  readonly seq: number | undefined;
}

export const toRejectedLine = (event: RejectedEvent): string => {
  const { rejection, eventId, deriveId, eventName } = event;
  const row = {
    kind: 'rejected',
    event_id: eventId !== undefined && isColumnText(eventId, rejectedColumns.event_id.bytes) ? eventId : deriveId(),
    reason: rejection.reason,
    detail: shorten(clean(rejection.detail), rejectedColumns.detail.bytes),
    field: rejection.field === undefined ? undefined : shorten(clean(rejection.field), rejectedColumns.field.bytes),
    event_name:
      eventName !== undefined && isColumnText(eventName, rejectedColumns.event_name.bytes) ? eventName : undefined,
    ...keepOriginal(event.original),
    received_at: event.received,
    source: event.source,
    producer: event.producer,
    seq: event.seq,
  };
  return `${JSON.stringify(row)}\n`;
};

export const toBatchLine = (envelope: Envelope, received: string, droppedCount: number): string =>
  `${JSON.stringify({
    kind: 'batch',
    producer: envelope.producer,
    seq: envelope.seq,
    event_count: envelope.events.length,
    dropped_count: droppedCount,
    received_at: received,
    source: envelope.source,
    acknowledged_before: envelope.acknowledged,
  })}\n`;

/** A row of no envelope: these numbers were given to envelopes whose requests were not acknowledged. */
export const toVoidLine = (envelope: Envelope, [first, last]: NumberRange, received: string): string =>
  `${JSON.stringify({
    kind: 'batch',
    producer: envelope.producer,
    seq: first,
    event_count: 0,
    dropped_count: 0,
    received_at: received,
    source: envelope.source,
    void_to: last,
  })}\n`;

const isColumnText = (text: string, bytes: number): boolean => fits(text, bytes) && isStorable(text);

const clean = (text: string): string => text.toWellFormed().replaceAll('\0', '');

/** Base64 in pieces of at most 65,532 characters: a text inside SUPER holds 65,535 bytes. */
const pieceLength = 65_532;

/** The raw bytes as they came: text where SUPER can hold it as one text, else base64 in pieces, joined to get it back. */
const keepOriginal = (original: string | Uint8Array): { original: unknown; original_encoding: 'text' | 'base64' } => {
  if (typeof original === 'string' && fits(original, superTextBytes) && isStorable(original))
    return { original, original_encoding: 'text' };
  const base64 = Buffer.from(original).toString('base64');
  const pieces: string[] = [];
  for (let at = 0; at < base64.length; at += pieceLength) pieces.push(base64.slice(at, at + pieceLength));
  return { original: pieces, original_encoding: 'base64' };
};
