import { Buffer } from 'node:buffer';
import { isObject, parseJson } from './json.ts';

/** One record that Firehose gave up, as a line of its error object tells of it. */
export interface FailedRecord {
  /** From 1. */
  readonly line: number;
  /** As it was put onto the stream. */
  readonly bytes: Uint8Array;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly attempts: number | undefined;
  /** Epoch milliseconds at which the stream took it, and at which it gave it up; undefined where the object does not say. */
  readonly arrivedAt: number | undefined;
  readonly failedAt: number | undefined;
}

export interface FailedObject {
  readonly records: readonly FailedRecord[];
  /** Lines that hold no record. */
  readonly unreadable: readonly number[];
}

/**
 * Reads the text of an error object of Firehose: JSON lines with the record in base64 as `rawData` (Amazon Data Firehose developer
 * guide, "Handle data transformation failures"). Times are numbers, though AWS's pages show them in quotes.
 */
export const parseFailedObject = (text: string): FailedObject => {
  const records: FailedRecord[] = [];
  const unreadable: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const record = parseRecord(line, index + 1);
    if (record === undefined) unreadable.push(index + 1);
    else records.push(record);
  }
  return { records, unreadable };
};

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

const parseRecord = (text: string, line: number): FailedRecord | undefined => {
  const parsed = parseJson(text);
  const value = parsed.ok && isObject(parsed.value) ? parsed.value : {};
  if (typeof value.rawData !== 'string' || !base64.test(value.rawData)) return undefined;
  return {
    line,
    bytes: Buffer.from(value.rawData, 'base64'),
    errorCode: typeof value.errorCode === 'string' ? value.errorCode : '',
    errorMessage: typeof value.errorMessage === 'string' ? value.errorMessage : '',
    attempts: toNumber(value.attemptsMade),
    arrivedAt: toNumber(value.arrivalTimestamp),
    failedAt: toNumber(value.attemptEndingTimestamp),
  };
};

const toNumber = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};
