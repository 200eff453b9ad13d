import { type Limits, oneOf, text, whole } from '../aws-limits.ts';

const streamName = text({ min: 1, max: 64, pattern: /^[a-zA-Z0-9_.-]+$/ });

/** Members of requests to Firehose, from its API reference; those of records are checked with the records. */
export const firehoseLimits: Limits = {
  DeliveryStreamName: streamName,
  DeliveryStreamType: oneOf('DirectPut', 'KinesisStreamAsSource', 'MSKAsSource', 'DatabaseAsSource'),
  ExclusiveStartDeliveryStreamName: streamName,
  ExclusiveStartDestinationId: text({ min: 1, max: 100, pattern: /^[a-zA-Z0-9-]+$/ }),
  Limit: whole(1, 10_000),
};
