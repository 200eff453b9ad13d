import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import type { Meter } from '#aws/telemetry.ts';
import { type ReconcileDeps, reconcile } from './reconcile.ts';

export interface Deps extends ReconcileDeps {
  readonly metrics: Meter;
}

/** Time kept back from the function's deadline to answer in. */
const answerMs = 5000;

/** What is told back to who invoked the function by hand; the schedule does not listen. */
export interface Answer {
  readonly idle: boolean;
  /** ISO 8601; null before the first check. */
  readonly complete_to: string | null;
  readonly objects_unloaded: number;
  readonly objects_requeued: number;
  readonly envelopes_missing: number;
  readonly events_missing: number;
  readonly failed_records: number;
}

/** Any event in, whatever it says: one check. */
export const createHandler = (deps: Deps) => {
  const tell = (completeTo: number, counts: Counts): void => {
    deps.metrics.addMetric('CompleteToAge', MetricUnit.Seconds, Math.round((deps.clock() - completeTo) / 1000));
    // A metric costs only in hours in which it is emitted: no zeros.
    for (const [name, value] of Object.entries(counts))
      if (value > 0) deps.metrics.addMetric(name, MetricUnit.Count, value);
    deps.metrics.publishStoredMetrics();
  };
  return async (_event: unknown, context: Context): Promise<Answer> => {
    deps.logger.addContext(context);
    const outcome = await reconcile(deps, deps.clock() + context.getRemainingTimeInMillis() - answerMs);
    if (outcome.kind === 'idle') {
      if (outcome.isOpen && outcome.completeTo !== undefined) tell(outcome.completeTo, {});
      return toAnswer(true, outcome.completeTo, nothing);
    }
    const { row } = outcome;
    tell(row.completeTo, {
      ObjectsRequeued: row.objectsRequeued,
      EnvelopesMissing: row.envelopesMissing,
      EventsMissing: row.eventsMissing,
      FailedRecords: row.failedRecords,
    });
    deps.logger.info('checked', { ...row, complete_to: new Date(row.completeTo).toISOString() });
    return toAnswer(false, row.completeTo, row);
  };
};

type Counts = Readonly<Record<string, number>>;

const nothing = { objectsUnloaded: 0, objectsRequeued: 0, envelopesMissing: 0, eventsMissing: 0, failedRecords: 0 };

const toAnswer = (idle: boolean, completeTo: number | undefined, counts: typeof nothing): Answer => ({
  idle,
  complete_to: completeTo === undefined ? null : new Date(completeTo).toISOString(),
  objects_unloaded: counts.objectsUnloaded,
  objects_requeued: counts.objectsRequeued,
  envelopes_missing: counts.envelopesMissing,
  events_missing: counts.eventsMissing,
  failed_records: counts.failedRecords,
});
