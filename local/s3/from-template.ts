import { declare } from '../declare.ts';
import type { Gate } from '../iam/gate.ts';
import type { Resource, Stack } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';
import type { BucketNotification } from './notifications.ts';
import { checkDestinations } from './notify.ts';
import type { S3 } from './s3.ts';

/** Makes the buckets that the template declares. Throws `TemplateError` for a notification whose queue lets S3 not in. */
export const declareBuckets = (stack: Stack, gate: Gate, s3: S3): void => {
  for (const bucket of stack.ofType('AWS::S3::Bucket'))
    declare(stack, bucket, () => {
      const notifications = toNotifications(bucket);
      checkDestinations(gate, bucket.ref, notifications);
      s3.createBucket(bucket.ref, { notifications });
    });
};

/** Notifications of a bucket to queues, as `AWS::S3::Bucket` declares them. */
const toNotifications = (resource: Resource): BucketNotification[] => {
  const configuration = resource.properties.NotificationConfiguration;
  const queues =
    isRecord(configuration) && Array.isArray(configuration.QueueConfigurations)
      ? configuration.QueueConfigurations
      : [];
  return queues.filter(isRecord).map((queue) => ({
    queueArn: String(queue.Queue),
    events: [String(queue.Event)],
    ...toFilter(queue.Filter),
  }));
};

const toFilter = (filter: unknown): { prefix?: string; suffix?: string } => {
  const key = isRecord(filter) && isRecord(filter.S3Key) ? filter.S3Key : {};
  const rules = Array.isArray(key.Rules) ? key.Rules.filter(isRecord) : [];
  const find = (name: string): string | undefined => {
    const rule = rules.find((each) => each.Name === name);
    return rule === undefined ? undefined : String(rule.Value);
  };
  const [prefix, suffix] = [find('prefix'), find('suffix')];
  return { ...(prefix !== undefined && { prefix }), ...(suffix !== undefined && { suffix }) };
};
