import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { type LandedObject, readNotices } from './landed-objects.ts';
import { loadObjects } from './load.ts';
import type { LoadDeps } from './work.ts';

/** Time kept back from the function's deadline: to write down what happened and to answer. */
const answerMs = 5000;

/**
 * S3 notifications in, inside SQS messages or from S3 itself. Messages whose objects are not in the tables come back as failures;
 * S3 takes no such answer, so then the invocation fails and Lambda tries it again.
 */
export const createHandler =
  (deps: LoadDeps) =>
  async (event: unknown, context: Context): Promise<SQSBatchResponse> => {
    deps.logger.addContext(context);
    const deadline = deps.clock() + context.getRemainingTimeInMillis() - answerMs;
    const { objects, unreadable, isDirect } = readNotices(event);
    if (unreadable.length > 0) deps.logger.error('messages are not S3 notifications', { messages: unreadable });
    let loadFailed = true;
    try {
      const failed = objects.length === 0 ? [] : await loadObjects(deps, objects, deadline);
      loadFailed = failed.length > 0;
      if (isDirect) return refuseUnloaded(failed, objects.length, unreadable);
      const handedBack = failed.flatMap(({ messageIds }) => messageIds);
      return {
        batchItemFailures: [...new Set([...unreadable, ...handedBack])].map((itemIdentifier) => ({ itemIdentifier })),
      };
    } finally {
      deps.metrics.addMetric('LoadsFailed', MetricUnit.Count, loadFailed ? 1 : 0);
      deps.metrics.publishStoredMetrics();
    }
  };

const refuseUnloaded = (
  failed: readonly LandedObject[],
  told: number,
  unreadable: readonly string[],
): SQSBatchResponse => {
  if (unreadable.length > 0) throw new Error('the notification names an object that cannot be read');
  const [first] = failed;
  if (first === undefined) return { batchItemFailures: [] };
  throw new Error(`${failed.length} of ${told} objects are not in the tables, first s3://${first.bucket}/${first.key}`);
};
