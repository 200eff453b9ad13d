import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { type Failure, isDeadline } from '#aws/redshift.ts';
import { blamesRows, settle } from './attempts.ts';
import { findGone, writeDownGone } from './gone.ts';
import type { LandedObject } from './landed-objects.ts';
import { isTooLong, type Plan, planLoad } from './plan.ts';
import { findRefused, toRefusal, writeDown } from './refusals.ts';
import type { LoadDeps, Work } from './work.ts';

/**
 * Answers with the objects that are to come again: those that are not in the tables when the call ends, and not gone for good. One
 * of another bucket is not loaded: COPY may not read it, the ledger knows keys of the lake alone, and its neighbours are not to wait.
 */
export const loadObjects = async (
  deps: LoadDeps,
  objects: readonly LandedObject[],
  deadline: number,
): Promise<readonly LandedObject[]> => {
  const { lakeBucket } = deps.config;
  const foreign = objects.filter(({ bucket }) => bucket !== lakeBucket);
  for (const { bucket, key } of foreign)
    deps.logger.error('the object is not in the lake', { bucket, key, lakeBucket });
  const ours = objects.filter(({ bucket }) => bucket === lakeBucket);
  return [...foreign, ...(await loadAll({ deps, begunAt: deps.clock(), deadline }, ours))];
};

/**
 * Loads objects in one transaction, which refuses itself when some are in the ledger: then the others go on. Objects that Redshift
 * blames for their rows, or that are gone from the lake, are set aside and the rest is loaded in one go; when rows are at fault and
 * no object is named, halves are, until the one at fault stands alone. For any other failure none is to blame, and all come back.
 */
const loadAll = async (work: Work, objects: readonly LandedObject[]): Promise<readonly LandedObject[]> => {
  const { logger } = work.deps;
  const refused: LandedObject[] = [];
  let rest = objects;
  while (rest.length > 0) {
    const plan = planLoad(work.deps.config, rest);
    if (isTooLong(plan)) return [...refused, ...(await loadHalves(work, rest))];
    const facts = { load_id: plan.loadId, objects: rest.length };
    const startedAt = work.deps.clock();
    const settled = await settleInTime(work, plan);
    if (settled.kind === 'loaded') {
      await report(work.deps, plan, { ...settled, ms: work.deps.clock() - startedAt });
      return refused;
    }
    if (settled.kind === 'late') {
      logger.warn('load has not ended in time', { ...facts, reason: settled.reason });
      return [...refused, ...rest];
    }
    if (settled.kind === 'left') {
      logger.info('the ledger has some of the objects', { ...facts, left: settled.objects.length });
      rest = settled.objects;
      continue;
    }
    const { failure } = settled;
    logger.error('load failed', { ...facts, statement: failure.statement, error: failure.error });
    const aside = await setAside(work, plan, failure);
    if (aside === undefined) return [...refused, ...(blamesRows(failure) ? await loadHalves(work, rest) : rest)];
    refused.push(...aside.refused);
    rest = rest.filter((object) => !aside.objects.has(object));
  }
  return refused;
};

interface Aside {
  /** What keeps the others of its load from the tables. */
  readonly objects: ReadonlySet<LandedObject>;
  /** Those among them that are to come again. */
  readonly refused: readonly LandedObject[];
}

/** The objects at fault for a failed load, written down; undefined when none is known. */
const setAside = async (work: Work, { objects, loadId }: Plan, failure: Failure): Promise<Aside | undefined> => {
  const named = blamesRows(failure) ? await findRefused(work, objects, failure) : [];
  const gone = named.length === 0 ? await findGone(work, objects, failure) : [];
  if (gone.length > 0) return { objects: new Set(gone), refused: await writeDownGone(work, gone, loadId) };
  const isAlone = named.length === 0 && blamesRows(failure) && objects.length === 1;
  const refusals = isAlone ? objects.map((object) => toRefusal(object, failure)) : named;
  if (refusals.length === 0) return undefined;
  for (const refusal of refusals) await writeDown(work, refusal, loadId);
  const refused = refusals.map(({ object }) => object);
  return { objects: new Set(refused), refused };
};

const loadHalves = async (work: Work, objects: readonly LandedObject[]): Promise<readonly LandedObject[]> => {
  const middle = Math.ceil(objects.length / 2);
  const left = await loadAll(work, objects.slice(0, middle));
  return [...left, ...(await loadAll(work, objects.slice(middle)))];
};

const settleInTime: typeof settle = async (work, plan) => {
  try {
    return await settle(work, plan);
  } catch (error) {
    if (isDeadline(error)) return { kind: 'late', reason: String(error) };
    throw error;
  }
};

interface Loaded {
  readonly id: string;
  /** False when an earlier call's statement had brought them, and that call may have counted them. */
  readonly isOurs: boolean;
  readonly ms: number;
}

/** Rows that are loaded stay so, whether they can be counted or not. */
const report = async (
  deps: LoadDeps,
  { loadId, objects, statements }: Plan,
  { id, isOurs, ms }: Loaded,
): Promise<void> => {
  const { warehouse, logger, metrics } = deps;
  if (isOurs) {
    metrics.addMetric('ObjectsLoaded', MetricUnit.Count, objects.length);
    metrics.addMetric('LoadDuration', MetricUnit.Milliseconds, ms);
  }
  try {
    const [[staged, loaded, duplicate, rejected, oldestAge] = []] = await warehouse.results(id, statements.length);
    if (isOurs) {
      metrics.addMetric('RowsLoaded', MetricUnit.Count, Number(loaded ?? 0));
      metrics.addMetric('RowsDuplicate', MetricUnit.Count, Number(duplicate ?? 0));
    }
    // Of the oldest row: what the dial promises, it promises to every event. A load without rows says nothing of it.
    if (oldestAge !== undefined && oldestAge !== null)
      metrics.addMetric('Freshness', MetricUnit.Seconds, Math.max(0, Number(oldestAge)));
    const counts = { staged, loaded, duplicate, rejected, oldest_age: oldestAge };
    logger.info(isOurs ? 'loaded' : 'loaded by an earlier call', {
      load_id: loadId,
      objects: objects.length,
      ...counts,
    });
  } catch (error) {
    logger.warn('the rows of a load could not be counted', { load_id: loadId, error: String(error) });
  }
};
