import type { LakeObject } from '#aws/lake.ts';
import { toLandedNotice } from '#core/landed-notice.ts';
import { Failure } from '../errors.ts';
import type { Pipeline } from '../pipeline/open.ts';
import { literals, operation } from '../pipeline/sql.ts';
import { change } from '../pipeline/statements.ts';
import type { Stop } from '../pipeline/stop.ts';
import { type Look, waitFor } from '../status/wait.ts';
import type { Output } from '../surroundings.ts';
import { grouped } from '../text.ts';
import { listLanded, type Range, readLoaded } from './objects.ts';

export interface BackfillSettings extends Range {
  readonly again: boolean;
  readonly isDry: boolean;
  /** Milliseconds; undefined: do not wait. */
  readonly timeoutMs: number | undefined;
  readonly stop: Stop;
  /** Where progress is shown; undefined for silence. */
  readonly err: Output | undefined;
  readonly tell: (report: BackfillReport) => void;
  /** Called before the wait, which shows its own progress. */
  readonly queuedAll: () => Promise<void>;
}

export interface BackfillReport {
  readonly from: string;
  readonly to: string;
  readonly dry_run: boolean;
  objects: number;
  /** In the ledger before. */
  loaded_before: number;
  /** Taken out of the ledger; with --dry-run: that would be. */
  forgotten: number;
  /** Told to the loader; with --dry-run: that would be. */
  queued: number;
  bytes: number;
  /** Of those queued, what is in the ledger; null where nobody waited. */
  loaded: number | null;
  interrupted: boolean;
}

/** A statement holds 100 KB, and a key up to a kilobyte. */
const keysPerStatement = 80;
const betweenMs = 2000;

/** Queues landed objects that are not in the ledger; can be ended at any time and begun again. */
export const runBackfill = async (pipeline: Pipeline, settings: BackfillSettings): Promise<BackfillReport> => {
  const { from, to, again, isDry, stop, timeoutMs, tell } = settings;
  const report: BackfillReport = {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    dry_run: isDry,
    objects: 0,
    loaded_before: 0,
    forgotten: 0,
    queued: 0,
    bytes: 0,
    loaded: null,
    interrupted: false,
  };
  const { waiting: deadBefore } = await pipeline.deadLetters.depth();
  const queued: LakeObject[] = [];
  for await (const page of listLanded(pipeline.lake, { from, to })) {
    if (stop.asked()) {
      report.interrupted = true;
      break;
    }
    const loaded = await readLoaded(pipeline, page);
    const todo = again ? page : page.filter((object) => !loaded.has(object));
    report.objects += page.length;
    report.loaded_before += loaded.size;
    if (again) report.forgotten += loaded.size;
    if (!isDry) {
      if (again) await forget(pipeline, [...loaded]);
      await pipeline.queue.send(todo.map((object) => toLandedNotice(pipeline.lake.bucket, [object])));
    }
    queued.push(...todo);
    report.queued += todo.length;
    report.bytes += todo.reduce((sum, { bytes }) => sum + bytes, 0);
    tell(report);
  }
  if (isDry || report.interrupted || timeoutMs === undefined) return report;
  await settings.queuedAll();
  await awaitLoaded(pipeline, queued, { ...settings, timeoutMs }, deadBefore);
  report.loaded = report.queued;
  return report;
};

/** Under the load's own lock: no load looks at the ledger meanwhile. */
const forget = async ({ warehouse }: Pipeline, objects: readonly LakeObject[]): Promise<void> => {
  for (let at = 0; at < objects.length; at += keysPerStatement) {
    const keys = objects.slice(at, at + keysPerStatement).map(({ key }) => key);
    await change(warehouse, 'backfill-again', [
      operation('lock'),
      operation('forget-objects', { object_keys: literals(keys) }),
    ]);
  }
};

const pagesOf = (objects: readonly LakeObject[]): readonly (readonly LakeObject[])[] =>
  Array.from({ length: Math.ceil(objects.length / 1000) }, (_, at) => objects.slice(at * 1000, (at + 1) * 1000));

const awaitLoaded = async (
  pipeline: Pipeline,
  queued: readonly LakeObject[],
  { err, stop, timeoutMs }: { readonly err: Output | undefined; readonly stop: Stop; readonly timeoutMs: number },
  deadBefore: number,
): Promise<void> => {
  let left = queued;
  const look = async (): Promise<Look> => {
    if (stop.asked())
      throw new Failure(
        `stopped waiting: ${grouped(left.length)} objects are in the queue and are loaded without this command`,
      );
    const still: LakeObject[] = [];
    for (const page of pagesOf(left)) {
      const loaded = await readLoaded(pipeline, page);
      still.push(...page.filter((object) => !loaded.has(object)));
    }
    left = still;
    if (left.length === 0) return { done: true };
    const { waiting: dead } = await pipeline.deadLetters.depth();
    if (dead > deadBefore)
      throw new Failure(
        `${grouped(dead - deadBefore)} objects could not be loaded and are in the dead-letter queue: millrace dlq list${pipeline.flags} says why`,
      );
    return { done: false, awaits: `${grouped(left.length)} of ${grouped(queued.length)} objects to be loaded` };
  };
  const hint = `they are in the queue and are loaded without this command; millrace status${pipeline.flags} shows it, --timeout allows more`;
  await waitFor({ look, betweenMs, timeoutMs, err, hint });
};
