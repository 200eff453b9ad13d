import { setTimeout as sleep } from 'node:timers/promises';
import type { Lake, LakeObject } from '#aws/lake.ts';
import { toLandedNotice } from '#core/landed-notice.ts';
import { reconcilerStateKey, toRebuildingState } from '#core/reconciler-state.ts';
import { canStandInStatement } from '#core/sql-text.ts';
import { Failure } from '../errors.ts';
import type { Pipeline } from '../pipeline/open.ts';
import { literals, operation } from '../pipeline/sql.ts';
import { rowsOf } from '../pipeline/statements.ts';
import type { Stop } from '../pipeline/stop.ts';
import { grouped, spoken } from '../text.ts';
import { inOrder, toChunks } from './order.ts';
import { type Counts, countRows, emptyTables, forgetRefusals } from './tables.ts';

export interface RebuildSettings {
  readonly isDry: boolean;
  /** Leaves what is loaded, and drives the rest. */
  readonly resumes: boolean;
  /** For the objects of one chunk, in milliseconds. */
  readonly timeoutMs: number;
  readonly stop: Stop;
  tell(done: number, words: string): void;
}

export interface Refusal {
  readonly key: string;
  readonly message: string;
}

export interface RebuildReport {
  readonly dry_run: boolean;
  readonly resumed: boolean;
  readonly objects: number;
  readonly bytes: number;
  /** Told to the loader in this run; with --dry-run: that would be. */
  driven: number;
  readonly refused: Refusal[];
  readonly before: Counts;
  after: Counts | null;
  seconds: number;
}

const betweenMs = 1000;
/**
 * A loader that finds its very load ended within the last five seconds takes that for its own (functions/loader/attempts.ts), though
 * the tables were emptied since; so what is not loaded is told again, after so long and each time twice as long. Told twice, it is
 * loaded once.
 */
const tellAgainMs = 7000;

/** Empties the tables that are made of the lake, then has the loader load it again, in the order in which it landed. */
export const rebuild = async (pipeline: Pipeline, settings: RebuildSettings): Promise<RebuildReport> => {
  const { lake, warehouse } = pipeline;
  const begun = Date.now();
  settings.tell(0, 'listing the lake');
  const objects: LakeObject[] = [];
  // An object of no bytes holds no rows, and the loader takes no key that a statement cannot hold; Firehose makes neither.
  for await (const object of lake.list('landed/'))
    if (object.bytes > 0 && canStandInStatement(object.key)) objects.push(object);
  const report: RebuildReport = {
    dry_run: settings.isDry,
    resumed: settings.resumes,
    objects: objects.length,
    bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
    driven: 0,
    refused: [],
    before: await countRows(warehouse),
    after: null,
    seconds: 0,
  };
  if (!settings.isDry) {
    await holdReconciler(lake);
    await (settings.resumes ? forgetRefusals(warehouse) : emptyTables(warehouse));
  }
  let done = 0;
  for (const chunk of toChunks(inOrder(objects))) {
    settings.tell(done / objects.length, `${grouped(done)} of ${grouped(objects.length)} objects loaded`);
    if (settings.stop.asked())
      throw new Failure(`stopped after ${grouped(done)} of ${grouped(objects.length)} objects: go on with --resume`);
    const left = settings.isDry && !settings.resumes ? chunk : (await look(pipeline, chunk)).left;
    report.driven += left.length;
    if (!settings.isDry && left.length > 0) {
      // Each time: a check that was under way at the first has written over it.
      await holdReconciler(lake);
      report.refused.push(...(await awaitChunk(pipeline, left, settings.timeoutMs)));
    }
    done += chunk.length;
  }
  if (!settings.isDry) {
    await lake.remove(reconcilerStateKey);
    report.after = await countRows(warehouse);
  }
  report.seconds = (Date.now() - begun) / 1000;
  return report;
};

const holdReconciler = async (lake: Lake): Promise<void> => {
  const state = Buffer.from(toRebuildingState(Date.now()));
  await lake.put(reconcilerStateKey, state, { contentType: 'application/json' });
};

interface Outcome {
  readonly left: readonly LakeObject[];
  readonly refused: readonly Refusal[];
}

const look = async ({ warehouse }: Pipeline, objects: readonly LakeObject[]): Promise<Outcome> => {
  const rows = await rowsOf(
    warehouse,
    operation('rebuild-loaded', { object_keys: literals(objects.map(({ key }) => key)) }),
  );
  const loaded = new Set(rows.filter(([outcome]) => outcome === 'loaded').map(([, key, etag]) => `${key} ${etag}`));
  const errors = new Map(rows.filter(([outcome]) => outcome === 'refused').map((row) => [row[1], String(row[3])]));
  const unloaded = objects.filter(({ key, etag }) => !loaded.has(`${key} ${etag}`));
  return {
    left: unloaded.filter(({ key }) => !errors.has(key)),
    refused: unloaded.flatMap(({ key }) => (errors.has(key) ? [{ key, message: errors.get(key) ?? '' }] : [])),
  };
};

/** Until each object is in the ledger or refused. Throws Failure when that takes too long: what comes later must not be loaded before. */
const awaitChunk = async (
  pipeline: Pipeline,
  chunk: readonly LakeObject[],
  timeoutMs: number,
): Promise<readonly Refusal[]> => {
  const begun = Date.now();
  const deadline = begun + timeoutMs;
  let left = chunk;
  for (let tellAt = 0, told = 0; ; ) {
    if (Date.now() - begun >= tellAt) {
      await pipeline.queue.send([toLandedNotice(pipeline.lake.bucket, left)]);
      tellAt += tellAgainMs * 2 ** told++;
    }
    const outcome = await look(pipeline, chunk);
    left = outcome.left;
    if (left.length === 0) return outcome.refused;
    if (Date.now() + betweenMs > deadline)
      throw new Failure(
        `after ${spoken(timeoutMs / 1000)} not loaded: ${left.map(({ key }) => key).join(', ')}: see millrace status${pipeline.flags}, then go on with --resume`,
      );
    await sleep(betweenMs);
  }
};
