import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Log, Meter } from '#aws/telemetry.ts';
import { readNotices } from './landed-objects.ts';
import { type LoadDeps, loadObjects } from './load.ts';

export interface Deps extends LoadDeps {
  readonly logger: Log;
  readonly metrics: Meter;
}

/** Time kept back from the function's deadline: to write down what happened and to answer. */
const answerMs = 5000;

/** A batch of S3 notifications in; messages whose objects are not in the tables come back as failures. */
export const createHandler = (deps: Deps) => {
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    deps.logger.addContext(context);
    const deadline = deps.clock() + context.getRemainingTimeInMillis() - answerMs;
    const { objects, unreadable } = readNotices(event.Records);
    if (unreadable.length > 0) deps.logger.error('messages are not S3 notifications', { messages: unreadable });
    try {
      const outcome = objects.length === 0 ? undefined : await loadObjects(deps, objects, deadline);
      deps.metrics.addMetric('ObjectsLoaded', MetricUnit.Count, objects.length - (outcome?.failed.length ?? 0));
      deps.metrics.addMetric('ObjectsFailed', MetricUnit.Count, outcome?.failed.length ?? 0);
      deps.metrics.addMetric('RowsLoaded', MetricUnit.Count, outcome?.rowsLoaded ?? 0);
      deps.metrics.addMetric('RowsDuplicate', MetricUnit.Count, outcome?.rowsDuplicate ?? 0);
      deps.metrics.addMetric('RowsRejected', MetricUnit.Count, outcome?.rowsRejected ?? 0);
      const failed = (outcome?.failed ?? []).flatMap(({ messageIds }) => messageIds);
      return {
        batchItemFailures: [...new Set([...unreadable, ...failed])].map((itemIdentifier) => ({ itemIdentifier })),
      };
    } finally {
      deps.metrics.publishStoredMetrics();
    }
  };
};
