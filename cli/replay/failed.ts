import { type LakeObject, toText } from '#aws/lake.ts';
import { type FailedRecord, parseFailedObject } from '#core/failed-object.ts';
import { addLines, holdsLine, type LineRanges } from '#core/line-ranges.ts';
import type { Pipeline as WholePipeline } from '../pipeline/open.ts';
import { literal, operation } from '../pipeline/sql.ts';
import { change, rowsOf } from '../pipeline/statements.ts';
import type { Stop } from '../pipeline/stop.ts';
import { readMarker, writeMarker } from './marker.ts';
import { countBy, countTime, emptyReport, type Report } from './report.ts';

type Pipeline = Pick<WholePipeline, 'lake' | 'stream' | 'warehouse'>;

export interface FailedSettings {
  /** Epoch milliseconds; records that the stream took earlier are left alone. */
  readonly since: number | undefined;
  /** Also what has been put back before. */
  readonly all: boolean;
  readonly isDry: boolean;
  readonly stop: Stop;
  /** Told before each object: how many of how many are done. */
  readonly tell: (done: number, of: number, report: Report) => void;
}

/** One call of PutRecordBatch: what a run that is killed may have put without having marked it. */
const recordsPerStep = 500;
const bytesPerStep = 4 * 1024 * 1024;
const putMs = 60_000;

/** Puts the records of failed/ back onto the stream as they were. Only objects that are there now: what fails anew is for the next run. */
export const replayFailed = async (pipeline: Pipeline, settings: FailedSettings): Promise<Report> => {
  const { since, isDry, stop, tell } = settings;
  const report = emptyReport('failed', isDry);
  const objects: LakeObject[] = [];
  for await (const object of pipeline.lake.list('failed/'))
    if (since === undefined || object.lastModified >= since) objects.push(object);
  const open = await readOpen(pipeline, objects, isDry);
  for (const [done, { key }] of objects.entries()) {
    if (stop.asked()) report.interrupted = true;
    if (report.interrupted || report.failed > 0) break;
    tell(done, objects.length, report);
    const replayed = await replayObject(pipeline, key, settings, report);
    if (open.has(key) && replayed.length > 0) await markRows(pipeline, key, replayed);
  }
  return report;
};

/** Objects with rows that do not say that they were replayed; also of earlier runs, whose rows came later. */
const readOpen = async (
  { warehouse }: Pipeline,
  objects: readonly LakeObject[],
  isDry: boolean,
): Promise<ReadonlySet<string>> => {
  if (isDry || objects.length === 0) return new Set();
  return new Set((await rowsOf(warehouse, operation('unreplayed-objects'))).map(([key]) => String(key)));
};

const markRows = ({ warehouse }: Pipeline, key: string, lines: LineRanges): Promise<void> => {
  const within = lines.map(([first, last]) => `line_number BETWEEN ${first} AND ${last}`).join(' OR ');
  return change(warehouse, 'mark-replayed', [operation('mark-replayed', { object_key: literal(key), lines: within })]);
};

/** Resolves with all lines that have been put back, now or before. */
const replayObject = async (
  { lake, stream }: Pipeline,
  key: string,
  { since, all, isDry, stop }: FailedSettings,
  report: Report,
): Promise<LineRanges> => {
  const content = await lake.get(key);
  if (content === undefined) return [];
  const text = toText(content);
  if (text === undefined) {
    report.unreadable += 1;
    return [];
  }
  const { records, unreadable } = parseFailedObject(text);
  report.unreadable += unreadable.length;
  let replayed = await readMarker(lake, key);
  const wanted = records.filter(
    ({ arrivedAt }) => since === undefined || arrivedAt === undefined || arrivedAt >= since,
  );
  const todo = all ? wanted : wanted.filter(({ line }) => !holdsLine(replayed, line));
  report.found += wanted.length;
  report.skipped += wanted.length - todo.length;
  for (const step of toSteps(todo)) {
    if (stop.asked()) {
      report.interrupted = true;
      break;
    }
    const stored = isDry ? { stored: step.map(() => true) } : await stream.put(toBytes(step), Date.now() + putMs);
    const put = step.filter((_, at) => stored.stored[at] === true);
    count(report, put);
    report.failed += step.length - put.length;
    report.error = ('lastError' in stored ? stored.lastError : undefined) ?? report.error;
    if (isDry || put.length === 0) continue;
    replayed = addLines(
      replayed,
      put.map(({ line }) => line),
    );
    await writeMarker(lake, key, replayed);
    if (put.length < step.length) break;
  }
  return replayed;
};

const toBytes = (records: readonly FailedRecord[]): readonly Uint8Array[] => records.map(({ bytes }) => bytes);

const count = (report: Report, records: readonly FailedRecord[]): void => {
  report.put += records.length;
  for (const { bytes, errorCode, arrivedAt } of records) {
    report.bytes += bytes.byteLength;
    countBy(report, errorCode === '' ? 'no error code' : errorCode);
    if (arrivedAt !== undefined) countTime(report, new Date(arrivedAt).toISOString());
  }
};

const toSteps = (records: readonly FailedRecord[]): readonly (readonly FailedRecord[])[] => {
  const steps: FailedRecord[][] = [];
  let step: FailedRecord[] = [];
  let bytes = 0;
  for (const record of records) {
    const size = record.bytes.byteLength;
    if (step.length === recordsPerStep || (step.length > 0 && bytes + size > bytesPerStep)) {
      steps.push(step);
      step = [];
      bytes = 0;
    }
    step.push(record);
    bytes += size;
  }
  if (step.length > 0) steps.push(step);
  return steps;
};
