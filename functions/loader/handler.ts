import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { createGapCount } from './gaps.ts';
import { readNotices } from './landed-objects.ts';
import { type LoadDeps, loadObjects } from './load.ts';

/** Time kept back from the function's deadline: to write down what happened and to answer. */
const answerMs = 5000;

/** A batch of S3 notifications in; messages whose objects are not in the tables come back as failures. */
export const createHandler = (deps: LoadDeps) => {
  const countMissing = createGapCount(deps);
  return async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
    deps.logger.addContext(context);
    const deadline = deps.clock() + context.getRemainingTimeInMillis() - answerMs;
    const { objects, unreadable } = readNotices(event.Records);
    if (unreadable.length > 0) deps.logger.error('messages are not S3 notifications', { messages: unreadable });
    let loadFailed = true;
    try {
      const failed = objects.length === 0 ? [] : await loadObjects(deps, objects, deadline);
      loadFailed = failed.length > 0;
      if (failed.length < objects.length) await countMissing(deadline);
      const handedBack = failed.flatMap(({ messageIds }) => messageIds);
      return {
        batchItemFailures: [...new Set([...unreadable, ...handedBack])].map((itemIdentifier) => ({ itemIdentifier })),
      };
    } finally {
      deps.metrics.addMetric('LoadsFailed', MetricUnit.Count, loadFailed ? 1 : 0);
      deps.metrics.publishStoredMetrics();
    }
  };
};
