import { type Limits, list, structure, text, whole } from '../aws-limits.ts';

/** Members of requests to SQS, from its API reference; ranges that single entries of a batch can break are checked per entry. */
export const sqsLimits: Limits = {
  AttributeNames: list(),
  DelaySeconds: whole(),
  Entries: list(),
  MaxNumberOfMessages: whole(),
  MaxResults: whole(1, 1000),
  MessageAttributeNames: list(),
  MessageAttributes: structure,
  MessageBody: text(),
  MessageDeduplicationId: text({ max: 128 }),
  MessageGroupId: text({ max: 128 }),
  MessageSystemAttributeNames: list(),
  MessageSystemAttributes: structure,
  NextToken: text(),
  QueueName: text(),
  QueueNamePrefix: text(),
  QueueOwnerAWSAccountId: text(),
  QueueUrl: text(),
  ReceiptHandle: text(),
  ReceiveRequestAttemptId: text({ max: 128 }),
  VisibilityTimeout: whole(),
  WaitTimeSeconds: whole(),
};

/** Names that GetQueueAttributes and ReceiveMessage take ("GetQueueAttributes" in the SQS API reference). */
// biome-ignore format: a list of words
export const queueAttributeNames = [
  'All', 'Policy', 'VisibilityTimeout', 'MaximumMessageSize', 'MessageRetentionPeriod', 'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible', 'CreatedTimestamp', 'LastModifiedTimestamp', 'QueueArn',
  'ApproximateNumberOfMessagesDelayed', 'DelaySeconds', 'ReceiveMessageWaitTimeSeconds', 'RedrivePolicy', 'FifoQueue',
  'ContentBasedDeduplication', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'DeduplicationScope', 'FifoThroughputLimit',
  'RedriveAllowPolicy', 'SqsManagedSseEnabled',
];
