import { createHash } from 'node:crypto';
import type { Warehouse } from '#aws/redshift.ts';
import type { Bucket } from '#aws/s3.ts';
import type { Log } from '#aws/telemetry.ts';
import { shorten } from '#core/text.ts';
import { toTimestamp } from '#core/time.ts';
import type { Config } from './config.ts';
import type { LandedObject } from './landed-objects.ts';
import { toLedgerLookup, toLoadError, toTransaction, transactionLength } from './statements.ts';

export interface LoadDeps {
  readonly config: Config;
  readonly bucket: Bucket;
  readonly warehouse: Warehouse;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly logger: Log;
}

/** Objects that are not in the tables when the call ends; the queue brings them again. */
export interface LoadOutcome {
  readonly failed: readonly LandedObject[];
  readonly rowsLoaded: number;
  readonly rowsDuplicate: number;
  readonly rowsRejected: number;
}

const nothing: LoadOutcome = { failed: [], rowsLoaded: 0, rowsDuplicate: 0, rowsRejected: 0 };

/**
 * Loads objects in one transaction. Those in the ledger are skipped; when Redshift refuses the rest they are halved until the
 * object at fault stands alone, so that one bad object holds back no good one. What is still running at the deadline counts as
 * failed and is found in the ledger when the queue brings it again.
 */
export const loadObjects = async (
  deps: LoadDeps,
  objects: readonly LandedObject[],
  attempt: number,
  deadline: number,
): Promise<LoadOutcome> => {
  const fresh = await withoutLoaded(deps, objects, deadline);
  if (fresh.length === 0) return nothing;
  const loadId = nameLoad(fresh);
  const ended = await submit(deps, fresh, loadId, attempt, deadline);
  if (ended.status === 'FINISHED') return readCounts(deps, ended.id, loadId);
  if (ended.status === 'RUNNING') return { ...nothing, failed: fresh };
  deps.logger.error('load failed', { load_id: loadId, objects: fresh.length, error: ended.error });
  const [only] = fresh;
  if (fresh.length === 1 && only !== undefined)
    return { ...nothing, failed: await blame(deps, only, loadId, ended.error, deadline) };
  const middle = Math.ceil(fresh.length / 2);
  const left = await loadObjects(deps, fresh.slice(0, middle), attempt, deadline);
  const right = await loadObjects(deps, fresh.slice(middle), attempt, deadline);
  return add(left, right);
};

const withoutLoaded = async (
  { warehouse }: LoadDeps,
  objects: readonly LandedObject[],
  deadline: number,
): Promise<LandedObject[]> => {
  const loaded = new Set((await warehouse.query(toLedgerLookup(objects), deadline)).map(([key]) => key));
  return objects.filter(({ key }) => !loaded.has(key));
};

/** The same objects are the same load, whatever order they come in. */
const nameLoad = (objects: readonly LandedObject[]): string => {
  const names = objects.map(({ key, etag }) => `${key}\n${etag}`).sort();
  return createHash('sha256').update(names.join('\n')).digest('hex').slice(0, 48);
};

const submit = async (
  deps: LoadDeps,
  objects: readonly LandedObject[],
  loadId: string,
  attempt: number,
  deadline: number,
) => {
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
    startedAt: toTimestamp(deps.clock()),
  });
  return deps.warehouse.transact(statements, { name: loadId, token: `${loadId}-${attempt}`, deadline });
};

const readCounts = async ({ warehouse, logger }: LoadDeps, id: string, loadId: string): Promise<LoadOutcome> => {
  const [counts = []] = await warehouse.results(id, transactionLength);
  const [staged = 0, rowsLoaded = 0, rowsDuplicate = 0, rowsRejected = 0] = counts.map(Number);
  logger.info('loaded', {
    load_id: loadId,
    staged,
    loaded: rowsLoaded,
    duplicate: rowsDuplicate,
    rejected: rowsRejected,
  });
  return { failed: [], rowsLoaded, rowsDuplicate, rowsRejected };
};

/** A single object that Redshift refused: unless another load has brought it meanwhile, it is at fault and is written down. */
const blame = async (
  deps: LoadDeps,
  object: LandedObject,
  loadId: string,
  error: string,
  deadline: number,
): Promise<LandedObject[]> => {
  const missing = await withoutLoaded(deps, [object], deadline);
  if (missing.length === 0) return [];
  await deps.warehouse.execute(toLoadError(object, loadId, printable(error)), deadline);
  return missing;
};

const printable = (text: string): string => shorten(text.replace(/[^\x20-\x7e]|\\/g, ' '), 1024);

const add = (left: LoadOutcome, right: LoadOutcome): LoadOutcome => ({
  failed: [...left.failed, ...right.failed],
  rowsLoaded: left.rowsLoaded + right.rowsLoaded,
  rowsDuplicate: left.rowsDuplicate + right.rowsDuplicate,
  rowsRejected: left.rowsRejected + right.rowsRejected,
});
