import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { ask } from './ask.ts';

/** How many messages a queue holds; AWS calls the figures approximate. */
export interface QueueDepth {
  readonly waiting: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** Throws `Fault`. */
export const readQueueDepth = (url: string, client: SQSClient): Promise<QueueDepth> =>
  ask('GetQueueAttributes', async () => {
    const { Attributes: found = {} } = await client.send(
      new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: [
          'ApproximateNumberOfMessages',
          'ApproximateNumberOfMessagesNotVisible',
          'ApproximateNumberOfMessagesDelayed',
        ],
      }),
    );
    return {
      waiting: Number(found.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(found.ApproximateNumberOfMessagesNotVisible ?? 0),
      delayed: Number(found.ApproximateNumberOfMessagesDelayed ?? 0),
    };
  });
