import type { Resource } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';
import type { QueueSettings } from './queue.ts';

/** Settings of a queue as `AWS::SQS::Queue` declares it; defaults are SQS's own. */
export const toQueueSettings = (resource: Resource): QueueSettings => {
  const { properties, attributes, ref } = resource;
  const redrive = isRecord(properties.RedrivePolicy) ? properties.RedrivePolicy : undefined;
  return {
    name: String(attributes.QueueName),
    arn: String(attributes.Arn),
    url: ref,
    visibilityTimeoutSeconds: Number(properties.VisibilityTimeout ?? 30),
    messageRetentionSeconds: Number(properties.MessageRetentionPeriod ?? 345_600),
    ...(redrive !== undefined && {
      redrive: {
        deadLetterQueueArn: String(redrive.deadLetterTargetArn),
        maxReceiveCount: Number(redrive.maxReceiveCount),
      },
    }),
  };
};

/** One `SQS` event of a function. */
export interface DeclaredMapping {
  readonly queueArn: string;
  readonly functionName: string;
  readonly batchSize?: number;
  readonly maximumBatchingWindowInSeconds?: number;
  readonly maximumConcurrency?: number;
  readonly reportsBatchItemFailures: boolean;
}

/** The event source mappings of a function: its events of type SQS. */
export const toMappings = ({ ref, properties: { Events: events } }: Resource): DeclaredMapping[] =>
  Object.values(isRecord(events) ? events : {}).flatMap((event) => {
    const properties =
      isRecord(event) && event.Type === 'SQS' && isRecord(event.Properties) ? event.Properties : undefined;
    return properties === undefined ? [] : [toMapping(ref, properties)];
  });

const toMapping = (functionName: string, properties: Readonly<Record<string, unknown>>): DeclaredMapping => {
  const {
    BatchSize: size,
    MaximumBatchingWindowInSeconds: window,
    FunctionResponseTypes: types,
    ScalingConfig: scaling,
  } = properties;
  return {
    queueArn: String(properties.Queue),
    functionName,
    ...(size !== undefined && { batchSize: Number(size) }),
    ...(window !== undefined && { maximumBatchingWindowInSeconds: Number(window) }),
    ...(isRecord(scaling) && { maximumConcurrency: Number(scaling.MaximumConcurrency) }),
    reportsBatchItemFailures: Array.isArray(types) && types.includes('ReportBatchItemFailures'),
  };
};
