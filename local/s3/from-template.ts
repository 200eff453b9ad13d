import type { Resource } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';
import type { BucketNotification } from './notifications.ts';

/** Notifications of a bucket to queues, as `AWS::S3::Bucket` declares them. */
export const toNotifications = (resource: Resource): BucketNotification[] => {
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
