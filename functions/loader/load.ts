import { createHash } from 'node:crypto';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Warehouse } from '#aws/redshift.ts';
import type { Bucket } from '#aws/s3.ts';
import type { Log, Meter } from '#aws/telemetry.ts';
import { shorten } from '#core/text.ts';
import { toTimestamp } from '#core/time.ts';
import type { Config } from './config.ts';
import type { LandedObject } from './landed-objects.ts';
import {
  ledgerName,
  toErrorLookup,
  toLedgerLookup,
  toLoadError,
  toTransaction,
  transactionLength,
} from './statements.ts';

export interface LoadDeps {
  readonly config: Config;
  readonly bucket: Bucket;
  readonly warehouse: Warehouse;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly logger: Log;
  readonly metrics: Meter;
}

/**
 * Loads objects in one transaction. Those in the ledger are skipped. When Redshift refuses the rows of the rest, they are halved
 * until the object at fault stands alone, so that one bad object holds back no good one; for any other reason none is to
 * blame, and all come back. What is still running at the deadline counts as failed and is found in the ledger when the queue
 * brings it again. Answers with the objects that are not in the tables when the call ends.
 */
export const loadObjects = async (
  deps: LoadDeps,
  objects: readonly LandedObject[],
  deadline: number,
): Promise<readonly LandedObject[]> => {
  if (objects.length === 0) return [];
  const fresh = await withoutLoaded(deps, objects, deadline);
  if (fresh.length === 0) return [];
  const loadId = nameLoad(fresh);
  const startedAt = deps.clock();
  const ended = await submit(deps, fresh, loadId, deadline);
  if (ended.status === 'FINISHED') {
    deps.metrics.addMetric('ObjectsLoaded', MetricUnit.Count, fresh.length);
    deps.metrics.addMetric('LoadDuration', MetricUnit.Milliseconds, deps.clock() - startedAt);
    await reportRows(deps, ended.id, loadId);
    return [];
  }
  if (ended.status === 'RUNNING') return fresh;
  deps.logger.error('load failed', { load_id: loadId, objects: fresh.length, error: ended.error });
  if (!blamesRows.test(ended.error)) return retryOnce(deps, fresh, deadline);
  const [only, second] = fresh;
  if (only !== undefined && second === undefined) {
    await writeDown(deps, only, loadId, ended.error, deadline);
    return fresh;
  }
  const middle = Math.ceil(fresh.length / 2);
  const left = await loadObjects(deps, fresh.slice(0, middle), deadline);
  const right = await loadObjects(deps, fresh.slice(middle), deadline);
  return [...left, ...right];
};

/** How COPY says that rows are at fault: it names the table of load errors (stl_load_errors, sys_load_error_detail). */
const blamesRows = /load_error/i;

/** Another load may have brought some of the objects since they were looked up; then the others are tried once more. */
const retryOnce = async (deps: LoadDeps, objects: readonly LandedObject[], deadline: number) => {
  const left = await withoutLoaded(deps, objects, deadline);
  return left.length < objects.length ? loadObjects(deps, left, deadline) : objects;
};

const withoutLoaded = async (
  { warehouse }: LoadDeps,
  objects: readonly LandedObject[],
  deadline: number,
): Promise<LandedObject[]> => {
  const loaded = new Set((await warehouse.query(toLedgerLookup(objects), deadline)).map(([name]) => name));
  return objects.filter((object) => !loaded.has(ledgerName(object)));
};

/** The same objects are the same load, whatever order they come in. */
const nameLoad = (objects: readonly LandedObject[]): string => {
  const names = objects.map(({ key, etag }) => `${key}\n${etag}`).sort();
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 48);
};

const submit = async (deps: LoadDeps, objects: readonly LandedObject[], loadId: string, deadline: number) => {
  const { config } = deps;
  const manifestKey = `manifests/${loadId}.json`;
  await deps.bucket.putJson(manifestKey, {
    entries: objects.map(({ bucket, key }) => ({ url: `s3://${bucket}/${key}`, mandatory: true })),
  });
  const statements = toTransaction({
    loadId,
    objects,
    manifestUrl: `s3://${config.lakeBucket}/${manifestKey}`,
    copyRoleArn: config.copyRoleArn,
    dedupeDays: config.dedupeDays,
    // Whole seconds, as GETDATE() gives for the end.
    startedAt: toTimestamp(deps.clock()).slice(0, 19),
  });
  return deps.warehouse.transact(statements, { name: loadId, deadline });
};

const reportRows = async ({ warehouse, logger, metrics }: LoadDeps, id: string, loadId: string): Promise<void> => {
  const [[staged, loaded, duplicate, rejected, oldestAge] = []] = await warehouse.results(id, transactionLength);
  metrics.addMetric('RowsLoaded', MetricUnit.Count, Number(loaded ?? 0));
  metrics.addMetric('RowsDuplicate', MetricUnit.Count, Number(duplicate ?? 0));
  // Of the oldest row: what the dial promises, it promises to every event. A load without rows says nothing of it.
  if (oldestAge !== undefined && oldestAge !== null)
    metrics.addMetric('Freshness', MetricUnit.Seconds, Math.max(0, Number(oldestAge)));
  logger.info('loaded', { load_id: loadId, staged, loaded, duplicate, rejected, oldest_age: oldestAge });
};

/**
 * One row of `load_errors`: what Redshift's own table says of the object, where it says something. When that cannot be written
 * the log says so; the object comes back all the same, and the good ones beside it are not held back.
 */
const writeDown = async (
  { warehouse, logger }: LoadDeps,
  object: LandedObject,
  loadId: string,
  error: string,
  deadline: number,
): Promise<void> => {
  try {
    const [found = []] = await warehouse.query(toErrorLookup(object), deadline);
    const [line, column, code, message] = found.map((value) => value ?? undefined);
    const detail = {
      line: line === undefined ? undefined : Number(line),
      column: column === undefined ? undefined : printable(String(column), 127),
      code: code === undefined ? undefined : Number(code),
      message: printable(String(message ?? error), 1024),
    };
    const ended = await warehouse.execute(toLoadError(object, loadId, detail), deadline);
    if (ended.status !== 'FINISHED') throw new Error('error' in ended ? ended.error : 'did not end in time');
  } catch (cause) {
    logger.error('a load error could not be written down', { object_key: object.key, error: String(cause) });
  }
};

const printable = (text: string, bytes: number): string => shorten(text.replace(/[^\x20-\x7e]|\\/g, ' '), bytes);
