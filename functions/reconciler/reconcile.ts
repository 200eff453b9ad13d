import type { Metrics } from '#aws/cloudwatch.ts';
import { Fault } from '#aws/fault.ts';
import type { Lake, LakeObject } from '#aws/lake.ts';
import type { Row, Warehouse } from '#aws/redshift.ts';
import type { Queue } from '#aws/sqs.ts';
import type { Log } from '#aws/telemetry.ts';
import { parseTime } from '#core/time.ts';
import type { Config } from './config.ts';
import { findNewFailed, indexFailed, rememberFailed } from './failed.ts';
import { keyBefore, listLanded, nameOf, queueAgain, toQueueAgain } from './landed.ts';
import { toMoment, toRecheckAt } from './moment.ts';
import { readState, writeState } from './state.ts';
import { type Reconciliation, toQuestions, toReconciliation } from './statements.ts';
import { type Gap, shortMinutes, toCompleteTo } from './watermark.ts';

export interface ReconcileDeps {
  readonly config: Config;
  readonly lake: Lake;
  readonly queue: Pick<Queue, 'send'>;
  readonly warehouse: Warehouse;
  readonly metricData: Metrics;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
  readonly logger: Log;
}

/** `idle`: nothing has to be asked now, and the warehouse was left asleep. */
export type Outcome =
  | { readonly kind: 'idle'; readonly completeTo: number | undefined; readonly isOpen: boolean }
  | { readonly kind: 'checked'; readonly row: Reconciliation };

const minute = 60_000;
const hour = 60 * minute;

/**
 * Longest that an envelope may be under way before it counts as missing: the queue brings an object five times, thirteen
 * minutes apart (template.yaml, LandedQueue), and economy waits twenty minutes on top.
 */
const graceMs = 2 * hour;

/** A day, so that a loss of yesterday is still found by the first check after a quiet night. */
const windowMs = 24 * hour + graceMs;

/** Usually only what is not accounted for is looked at, and some time before it, in which a number may have its neighbour. */
const marginMs = 2 * hour;

/** Firehose may bring an object a day late: so often everything of the window is gone through. */
const deepEveryMs = hour;

/** A schedule is not to the second: a check that comes somewhat early is the one that was waited for. */
const jitterMs = 10_000;

/** A rebuild that has said nothing for so long was given up. */
const rebuildMs = 24 * hour;

/** After an outage more is looked at, but not more than CloudWatch knows: it keeps minutes for 15 days. */
const longestMs = 14 * 24 * hour;

/** One check of what landed, what was numbered and what was acknowledged against the tables. Throws `Fault`. */
export const reconcile = async (deps: ReconcileDeps, deadline: number): Promise<Outcome> => {
  const { config, lake, queue, warehouse, logger, clock } = deps;
  const now = clock();
  const state = await readState(lake);
  const idle: Outcome = { kind: 'idle', completeTo: state.completeTo, isOpen: state.recheckAt !== undefined };
  if (now - (state.rebuildingAt ?? 0) < rebuildMs) return idle;
  const sinceAll = Math.min(now, state.checkedAt || now, state.oldestUnloaded ?? now);
  const horizon = toMinute(Math.max(sinceAll - windowMs, now - longestMs));
  const openFrom = Math.max(horizon, state.completeTo ?? horizon);
  const isDeep = now - state.deepAt >= deepEveryMs;
  const from = isDeep ? horizon : toMinute(Math.max(horizon, openFrom - marginMs));
  const afterKey = keyBefore(isDeep ? horizon : openFrom - 10 * minute);
  const settledBefore = toMinute(now - config.settleSeconds * 1000);
  const landed = await listLanded(lake, afterKey, horizon);
  const moment = toMoment({ landed, state, config, now });
  if (moment.kind === 'soon' && now + moment.waitMs < deadline) {
    await deps.sleep(moment.waitMs);
    return reconcile(deps, deadline);
  }
  const rest = async (): Promise<Outcome> => {
    if (isDeep) await writeState(lake, { ...state, deepAt: now });
    return idle;
  };
  if (moment.kind === 'quiet') return rest();

  const newFailed = await findNewFailed(lake, state);
  // Of the whole window, each time: a metric may come late, and a number be void that had counted as arrived.
  const acknowledged = await deps.metricData.sumPerMinute(
    { namespace: config.metricsNamespace, service: 'producer', metric: 'EventsAccepted' },
    from,
    settledBefore,
  );
  const hasNews =
    newFailed.length > 0 ||
    [...acknowledged.keys()].some((at) => at >= state.judgedTo) ||
    landed.some(({ lastModified }) => lastModified > state.checkedAt - minute);
  const isPatient = moment.kind === 'look' && now - state.checkedAt < config.checkSeconds * 1000 - jitterMs;
  if (moment.kind !== 'due' && (!hasNews || isPatient)) return rest();

  await runAll(warehouse, await indexNewFailed(deps, newFailed), deadline);
  const answers = await askAll(warehouse, toQuestions({ from, now, afterKey }), deadline);
  const { loaded, refused } = readKnown(answers[0] ?? []);
  const unloaded = landed.filter((object) => !loaded.has(nameOf(object)));
  const again = toQueueAgain(
    { objects: unloaded, refused, requeued: state.requeued },
    { now, requeueMs: config.requeueSeconds * 1000 },
  );
  const waiting = new Set(unloaded.map(nameOf));
  const requeued = {
    ...Object.fromEntries(Object.entries(state.requeued).filter(([name]) => waiting.has(name))),
    ...Object.fromEntries(again.map((object) => [nameOf(object), now])),
  };
  if (again.length > 0) {
    await queueAgain(queue, lake.bucket, again);
    // At once, so that what fails after this does not have them queued each minute.
    await writeState(lake, { ...state, requeued });
    logger.warn('landed objects were queued again', { keys: again.slice(0, 100).map(toKey) });
  }

  const gaps = (answers[1] ?? []).map(toGap);
  const arrived = new Map((answers[2] ?? []).map(([at, events]) => [toTime(at) ?? 0, Number(events)]));
  const [[failedCount, failedOldest] = []] = answers[3] ?? [];
  const facts = { acknowledged, arrived, gaps, unloaded, oldestFailed: toTime(failedOldest) };
  const completeTo = toCompleteTo({ from, settledBefore, ...facts });
  const graceEnd = now - graceMs;
  const row: Reconciliation = {
    checkedAt: now,
    completeTo,
    objectsLanded: landed.length,
    objectsUnloaded: unloaded.length,
    objectsRequeued: again.length,
    envelopesMissing: sum(gaps.filter(({ before }) => before < graceEnd).map(({ envelopes }) => envelopes)),
    eventsMissing: sum(
      shortMinutes({ acknowledged, arrived })
        .filter((short) => short.minute < graceEnd)
        .map(({ events }) => events),
    ),
    failedRecords: Number(failedCount ?? 0),
  };
  await runAll(warehouse, [toReconciliation(row)], deadline);
  const lost = unloaded.filter(({ key }) => !refused.has(key)).map(({ lastModified }) => lastModified);
  await writeState(lake, {
    completeTo,
    checkedAt: now,
    judgedTo: settledBefore,
    deepAt: isDeep ? now : state.deepAt,
    recheckAt: toRecheckAt(facts, { config, now }),
    requeued,
    oldestUnloaded: lost.length === 0 ? undefined : Math.min(...lost),
    ...rememberFailed(state, newFailed),
    rebuildingAt: undefined,
  });
  return { kind: 'checked', row };
};

const toMinute = (epochMs: number): number => Math.floor(epochMs / minute) * minute;

const toKey = ({ key }: LakeObject): string => key;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

const indexNewFailed = async ({ lake, logger }: ReconcileDeps, objects: readonly LakeObject[]) => {
  if (objects.length === 0) return [];
  const { statements, unreadable } = await indexFailed(lake, objects);
  if (unreadable > 0) logger.error('lines under failed/ hold no record', { count: unreadable });
  return statements;
};

const runAll = async (warehouse: Warehouse, statements: readonly string[], deadline: number): Promise<void> => {
  for (const sql of statements) {
    const ended = await warehouse.execute(sql, deadline);
    if (ended.status !== 'FINISHED')
      throw new Fault(ended.status, 'error' in ended ? ended.error : 'a statement did not end in time', true);
  }
};

/** Several questions in one call, whose answers are of one moment. */
const askAll = async (
  warehouse: Warehouse,
  questions: readonly string[],
  deadline: number,
): Promise<readonly (readonly Row[])[]> => {
  const ended = await warehouse.transact(questions, { name: 'millrace-reconcile', deadline });
  if (ended.status !== 'FINISHED')
    throw new Fault(ended.status, 'error' in ended ? ended.error : 'the questions did not end in time', true);
  return Promise.all(questions.map((_, at) => warehouse.results(ended.id, at + 1, deadline)));
};

const readKnown = (rows: readonly Row[]) => ({
  loaded: new Set(rows.filter(([, fate]) => fate === 'loaded').map(([name]) => String(name))),
  refused: new Set(rows.filter(([, fate]) => fate === 'refused').map(([key]) => String(key))),
});

const toGap = ([producer, first, last, after, before]: Row): Gap => ({
  producer: String(producer),
  envelopes: Number(last) - Number(first) + 1,
  after: toTime(after),
  before: toTime(before) ?? 0,
});

/** A TIMESTAMP as the Data API gives it: its text, in UTC. */
const toTime = (value: Row[number] | undefined): number | undefined => parseTime(value);
