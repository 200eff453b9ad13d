import type { Gate } from '../iam/gate.ts';
import { type Access, toService } from '../iam/principal.ts';
import type { Sqs } from '../sqs/sqs.ts';
import { account } from '../template/resource-names.ts';
import { invalidArgument } from './errors.ts';
import { type BucketNotification, bucketOf } from './notifications.ts';

const service = toService('s3.amazonaws.com');

const toAccess = (bucket: string, queueArn: string): Access => ({
  action: 'sqs:SendMessage',
  resource: queueArn,
  context: { 'aws:SourceArn': `arn:aws:s3:::${bucket}`, 'aws:SourceAccount': account },
});

/** Sends messages of S3 to queues whose policies let S3 in for the bucket. Throws `AccessDenied`, and QueueDoesNotExist. */
export const createNotify =
  (gate: Gate, sqs: Sqs) =>
  (queueArn: string, body: string): void => {
    gate.check(service, toAccess(bucketOf(body), queueArn));
    sqs.queueByArn(queueArn).send({ body });
  };

/** What S3 tries when a notification is set on a bucket. Throws InvalidArgument. */
export const checkDestinations = (gate: Gate, bucket: string, notifications: readonly BucketNotification[]): void => {
  for (const { queueArn } of notifications)
    if (!gate.allows(service, toAccess(bucket, queueArn)))
      throw invalidArgument(`Unable to validate the following destination configurations: ${queueArn}`);
};
