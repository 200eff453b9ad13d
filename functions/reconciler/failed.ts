import { type Lake, type LakeObject, toText } from '#aws/lake.ts';
import { claimsEnvelope, parseEnvelope } from '#core/envelope.ts';
import { type FailedRecord, parseFailedObject } from '#core/failed-object.ts';
import { parseJson } from '#core/json.ts';
import { holdsLine, parseReplayMarker, type ReplayMarker, replayMarkerKey } from '#core/line-ranges.ts';
import { canStandInStatement, toLiteral } from '#core/sql-text.ts';
import { shorten } from '#core/text.ts';
import { toTimestamp } from '#core/time.ts';
import type { State } from './state.ts';
import { toIndexFailed } from './statements.ts';

/** Two objects may be written at once and seen one after the other. */
const overlapMs = 60_000;

/** Objects that one check reads; the next one goes on. */
const objectsAtOnce = 200;

/** Objects of failed/ that no check has read, the oldest first, as many as one check reads. */
export const findNewFailed = async (lake: Lake, { failedTo, failedSeen }: State): Promise<readonly LakeObject[]> => {
  const found: LakeObject[] = [];
  for await (const object of lake.list('failed/'))
    if (object.lastModified > failedTo - overlapMs && !(object.key in failedSeen) && canStandInStatement(object.key))
      found.push(object);
  return found.sort((left, right) => left.lastModified - right.lastModified).slice(0, objectsAtOnce);
};

/** What the state remembers of these objects. */
export const rememberFailed = (
  { failedTo, failedSeen }: State,
  found: readonly LakeObject[],
): Pick<State, 'failedTo' | 'failedSeen'> => {
  const newest = Math.max(failedTo, ...found.map(({ lastModified }) => lastModified));
  const seen = [...Object.entries(failedSeen), ...found.map(({ key, lastModified }) => [key, lastModified] as const)];
  return {
    failedTo: newest,
    failedSeen: Object.fromEntries(seen.filter(([, lastModified]) => lastModified > newest - overlapMs)),
  };
};

/** Bytes of a statement's rows: 100,000 are a statement's limit (Amazon Redshift Data API, "Considerations"). */
const rowsBytes = 90_000;

/**
 * Statements that write these objects' records into `failed_records`. Lines that hold no record are left out and counted, as is an
 * object that cannot be unpacked.
 */
export const indexFailed = async (
  lake: Lake,
  objects: readonly LakeObject[],
): Promise<{ readonly statements: readonly string[]; readonly unreadable: number }> => {
  const groups: string[][] = [[]];
  let bytes = 0;
  let unreadable = 0;
  for (const { key } of objects) {
    const content = await lake.get(key);
    if (content === undefined) continue;
    const text = toText(content);
    const failed = text === undefined ? { records: [], unreadable: [1] } : parseFailedObject(text);
    unreadable += failed.unreadable.length;
    const marker = failed.records.length === 0 ? undefined : await readMarker(lake, key);
    for (const record of failed.records) {
      const row = toRow(key, record, marker);
      bytes += Buffer.byteLength(row) + 16;
      if (bytes > rowsBytes) {
        groups.push([]);
        bytes = 0;
      }
      groups.at(-1)?.push(row);
    }
  }
  return { statements: groups.filter((rows) => rows.length > 0).map(toIndexFailed), unreadable };
};

/** What was put back before it was indexed. */
const readMarker = async (lake: Lake, key: string): Promise<ReplayMarker | undefined> => {
  const content = await lake.get(replayMarkerKey(key));
  return content === undefined ? undefined : parseReplayMarker(toText(content) ?? '');
};

const toRow = (key: string, record: FailedRecord, marker: ReplayMarker | undefined): string => {
  const envelope = readEnvelope(record.bytes);
  const wasReplayed = marker !== undefined && holdsLine(marker.lines, record.line);
  const columns = [
    `CAST(${toLiteral(key)} AS VARCHAR(1024)) AS object_key`,
    `CAST(${record.line} AS BIGINT) AS line_number`,
    `CAST(${textOrNull(record.errorCode, 128)} AS VARCHAR(128)) AS error_code`,
    `CAST(${textOrNull(record.errorMessage, 512)} AS VARCHAR(1024)) AS error_message`,
    `CAST(${integerOrNull(record.attempts)} AS INTEGER) AS attempts`,
    `CAST(${timeOrNull(record.arrivedAt)} AS TIMESTAMP) AS arrived_at`,
    `CAST(${timeOrNull(record.failedAt)} AS TIMESTAMP) AS failed_at`,
    `CAST(${record.bytes.length} AS BIGINT) AS bytes`,
    `CAST(${envelope === undefined ? 'NULL' : textOrNull(envelope.producer, 36)} AS VARCHAR(36)) AS producer`,
    `CAST(${numberOrNull(envelope?.seq)} AS BIGINT) AS seq`,
    `CAST(${integerOrNull(envelope?.events.length)} AS INTEGER) AS event_count`,
    `CAST(${timeOrNull(wasReplayed ? marker?.replayedAt : undefined)} AS TIMESTAMP) AS replayed_at`,
  ];
  return `SELECT ${columns.join(', ')}`;
};

const readEnvelope = (bytes: Uint8Array) => {
  const parsed = parseJson(Buffer.from(bytes).toString('utf8'));
  const envelope = parsed.ok && claimsEnvelope(parsed.value) ? parseEnvelope(parsed.value) : 'no envelope';
  return typeof envelope === 'string' ? undefined : envelope;
};

const textOrNull = (text: string, bytes: number): string =>
  text === '' ? 'NULL' : toLiteral(shorten(text.replace(/[^\x20-\x7e]|\\/g, ' '), bytes));

const numberOrNull = (value: number | undefined): string =>
  value === undefined || !Number.isSafeInteger(value) ? 'NULL' : String(value);

const largestInteger = 2_147_483_647;

const integerOrNull = (value: number | undefined): string =>
  value !== undefined && Math.abs(value) <= largestInteger ? numberOrNull(value) : 'NULL';

/** A TIMESTAMP of four digits' year; what is no such time is not known. */
const timeOrNull = (epochMs: number | undefined): string =>
  epochMs === undefined || !(epochMs >= 0 && epochMs < 253_402_300_800_000)
    ? 'NULL'
    : `'${toTimestamp(Math.trunc(epochMs))}'`;
