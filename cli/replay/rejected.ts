import { randomBytes } from 'node:crypto';
import { type Arrival, type NumberRange, packEvents, toEnvelope, voidRanges } from '#core/envelope.ts';
import { addLines } from '#core/line-ranges.ts';
import { parseTime, toTimestamp } from '#core/time.ts';
import { uuidV7 } from '#core/uuid.ts';
import type { Pipeline } from '../pipeline/open.ts';
import type { Stop } from '../pipeline/stop.ts';
import { toReturned } from './original.ts';
import { type RejectedRow, readRejected, readSummary } from './rejected-rows.ts';
import { countBy, countTime, emptyReport, type Report } from './report.ts';

export interface RejectedSettings {
  /** Epoch milliseconds. */
  readonly since: number | undefined;
  readonly reason: string | undefined;
  readonly isDry: boolean;
  readonly stop: Stop;
  readonly tell: (done: number, of: number, report: Report) => void;
}

const putMs = 60_000;

/** Puts the originals of rejected events back, but of those that were loaded since. */
export const replayRejected = async (pipeline: Pipeline, settings: RejectedSettings): Promise<Report> => {
  const { since, reason, isDry, stop, tell } = settings;
  const { warehouse } = pipeline;
  const now = Date.now();
  const report = emptyReport('rejected', isDry);
  // What is rejected anew without an id of its own has a later time: it is for the next run.
  const choice = { since: toTimestamp(since ?? earliest), before: toTimestamp(now), reason: reason ?? '%' };
  const summary = await readSummary(warehouse, choice);
  for (const { events, loaded } of summary) {
    report.found += events;
    report.skipped += loaded;
  }
  if (isDry) {
    for (const each of summary)
      count(report, each.reason, each.events - each.loaded, each.bytes, [each.oldest, each.newest]);
    return report;
  }
  const of = report.found - report.skipped;
  if (of === 0) return report;
  const numbering = createNumbering(uuidV7(now, randomBytes(10)));
  report.producer = numbering.producer;
  for await (const page of readRejected(warehouse, choice)) {
    if (stop.asked()) report.interrupted = true;
    if (report.interrupted || report.failed > 0) break;
    tell(report.put, of, report);
    await putPage(pipeline, page, numbering, report);
  }
  return report;
};

/** 2000-01-01: no event is older. */
const earliest = 946_684_800_000;

/** Numbers of the envelopes of one run; each is given once. */
const createNumbering = (producer: string) => {
  let next = 0;
  return { producer, take: (): number => next++ };
};

interface Packed {
  readonly bytes: Uint8Array;
  /** undefined: a record of its own, which has no number. */
  readonly seq: number | undefined;
  readonly rows: readonly RejectedRow[];
  readonly unidentified: number;
}

const putPage = async (
  { stream }: Pipeline,
  page: readonly RejectedRow[],
  numbering: ReturnType<typeof createNumbering>,
  report: Report,
): Promise<void> => {
  const packed = pack(page, numbering);
  const { stored, lastError } = await stream.put(
    packed.map(({ bytes }) => bytes),
    Date.now() + putMs,
  );
  const refused: number[] = [];
  for (const [at, { seq, rows, bytes, unidentified }] of packed.entries()) {
    if (stored[at] !== true) {
      report.failed += rows.length;
      if (seq !== undefined) refused.push(seq);
      continue;
    }
    report.unidentified += unidentified;
    report.bytes += bytes.byteLength;
    for (const { reason, receivedAt } of rows) count(report, reason, 1, 0, [receivedAt]);
  }
  report.error = lastError ?? report.error;
  if (refused.length === 0) return;
  // Else the numbers would count as lost envelopes for ever. When this is refused too, they do.
  const arrival = { ...arrivalOf(numbering.producer, new Date().toISOString(), undefined), void: toVoid(refused) };
  await stream.put([Buffer.from(toEnvelope(arrival, numbering.take(), []))], Date.now() + putMs);
};

const toVoid = (numbers: readonly number[]): readonly NumberRange[] => addLines([], numbers).slice(0, voidRanges);

/** Who sent it and from where is not in a rejected row, but for the source. */
const arrivalOf = (producer: string, receivedAt: string, source: string | undefined): Arrival => ({
  producer,
  receivedAt,
  source,
  protocol: 'native',
  client: {},
});

/** Events of one time and source go back in one envelope, as they came: `received_at` is what they are known by later. */
const pack = (page: readonly RejectedRow[], numbering: ReturnType<typeof createNumbering>): readonly Packed[] => {
  const packed: Packed[] = [];
  const groups = new Map<string, { row: RejectedRow; text: string; bytes: number; keepsId: boolean }[]>();
  for (const row of page) {
    const returned = toReturned(row);
    if (returned.kind === 'record') {
      const { bytes, keepsId } = returned;
      packed.push({ bytes, seq: undefined, rows: [row], unidentified: keepsId ? 0 : 1 });
      continue;
    }
    const { text, keepsId } = returned;
    const name = `${row.receivedAt} ${row.source ?? ''}`;
    const group = groups.get(name) ?? [];
    group.push({ row, text, bytes: Buffer.byteLength(text), keepsId });
    groups.set(name, group);
  }
  for (const group of groups.values()) {
    const [first] = group;
    if (first === undefined) continue;
    const arrival = arrivalOf(numbering.producer, toIso(first.row.receivedAt), first.row.source);
    for (const events of packEvents(arrival, group)) {
      const seq = numbering.take();
      const texts = events.map(({ text }) => text);
      packed.push({
        bytes: Buffer.from(toEnvelope(arrival, seq, texts)),
        seq,
        rows: events.map(({ row }) => row),
        unidentified: events.filter(({ keepsId }) => !keepsId).length,
      });
    }
  }
  return packed;
};

const toIso = (timestamp: string): string => new Date(parseTime(timestamp) ?? 0).toISOString();

const count = (
  report: Report,
  reason: string,
  events: number,
  bytes: number,
  times: readonly (string | null)[],
): void => {
  if (events === 0) return;
  report.put += events;
  report.bytes += bytes;
  countBy(report, reason, events);
  for (const time of times) if (time !== null) countTime(report, toIso(time));
};
