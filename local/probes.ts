import type { Health } from '#core/status.ts';
import type { Firehose } from './firehose/firehose.ts';
import type { Probe, Reading } from './health.ts';
import type { Gateway } from './http-api/gateway.ts';
import type { FunctionStats } from './lambda/function.ts';
import type { Lambda } from './lambda/lambda.ts';
import type { Redshift } from './redshift/redshift.ts';
import type { S3 } from './s3/s3.ts';
import type { EventSourceMapping } from './sqs/event-source-mapping.ts';
import type { Sqs } from './sqs/sqs.ts';
import type { Resource, Stack } from './template/stack.ts';

export interface ProbeSettings {
  readonly stack: Stack;
  readonly lambda: Lambda;
  readonly gateway: Gateway;
  readonly firehose: Firehose;
  readonly s3: S3;
  readonly sqs: Sqs;
  readonly mappings: readonly EventSourceMapping[];
  readonly redshift: Redshift;
  readonly database: string;
  readonly urls: { readonly collector: string; readonly aws: string; readonly data: string };
}

/** The seven stages in flow order, and the names a client needs. The logical ids are those of template.yaml. */
export const createProbes = (settings: ProbeSettings) => {
  const { stack, lambda, gateway, firehose, s3, sqs, mappings, redshift, urls } = settings;
  const find = (logicalId: string): Resource => {
    const resource = stack.resources.find((each) => each.logicalId === logicalId);
    if (resource === undefined)
      throw stack.template.fault(['Resources'], `the laptop looks for ${logicalId} and does not find it`);
    return resource;
  };
  const [stream, bucket, workgroup] = [find('EventStream'), find('LakeBucket'), find('Workgroup')];
  const [landed, dead] = [find('LandedQueue'), find('DeadLetterQueue')];
  const functionProbe = (name: string, logicalId: string, more: () => Readonly<Record<string, number>>): Probe => ({
    name,
    resource: find(logicalId).ref,
    read: () => toReading(lambda.of(logicalId).stats(), more()),
  });
  const deadLetters = (): number => sqs.queueByUrl(dead.ref).stats().queued;
  const probes: readonly Probe[] = [
    functionProbe('producer', 'ProducerFunction', () => ({ requests: gateway.requests() })),
    { name: 'stream', resource: stream.ref, read: () => firehose.stream(stream.ref).stats() },
    functionProbe('transformer', 'TransformerFunction', () => ({})),
    { name: 'lake', resource: bucket.ref, read: () => s3.stats() },
    {
      name: 'queue',
      resource: String(landed.attributes.QueueName),
      read: () => {
        const stats = sqs.queueByUrl(landed.ref).stats();
        const { sent, received, deleted } = stats.counts;
        return { ...stats, counts: { sent, received, deleted, dead_letters: deadLetters() } };
      },
    },
    functionProbe('loader', 'LoaderFunction', () => ({
      messages: mappings.reduce((sum, each) => sum + each.stats().counts.messages, 0),
    })),
    { name: 'warehouse', resource: workgroup.ref, read: () => redshift.stats() },
  ];
  const resources: Health['resources'] = {
    stream: stream.ref,
    bucket: bucket.ref,
    queueUrl: landed.ref,
    deadLetterQueueUrl: dead.ref,
    workgroup: workgroup.ref,
    database: settings.database,
    ...urls,
  };
  return { probes, resources, deadLetters };
};

/** What is counted first is what the console shows large. */
const toReading = (stats: FunctionStats, more: Readonly<Record<string, number>>): Reading => ({
  queued: stats.running + stats.waiting,
  oldest: stats.oldestWaiting,
  counts: { ...more, invocations: stats.invocations, errors: stats.errors },
  lastError: stats.lastError,
});
