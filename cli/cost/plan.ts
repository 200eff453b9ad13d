import { isRecord, recordOf } from '../json.ts';
import type { Template, TemplateResource } from '../template/template.ts';

/** What of the template decides about its cost. */
export interface Plan {
  readonly freshness: string;
  /** Seconds that each stage waits for more. */
  readonly dial: { readonly transform: number; readonly delivery: number; readonly load: number };
  readonly deliveryBytes: number;
  readonly transformBytes: number;
  /** Redshift Processing Units while awake; 0 where the warehouse is brought along. */
  readonly baseCapacity: number;
  readonly memoryMb: Readonly<Record<'producer' | 'transformer' | 'loader' | 'reconciler', number>>;
  /** Metrics that alarms watch: one that computes with two metrics is billed as two. */
  readonly alarms: number;
  readonly dashboards: number;
  readonly secrets: number;
  /** Metrics of our own that alarms watch; CloudWatch bills each. */
  readonly metrics: number;
  readonly logDays: number;
  /** Types of resources that cost money and that this model does not know. */
  readonly unknown: readonly string[];
}

const counted = ['AWS::CloudWatch::Dashboard', 'AWS::SecretsManager::Secret'] as const;

/** Billed by use, each in a file of its own beside this one; or free. */
const known: ReadonlySet<string> = new Set([
  ...counted,
  'AWS::CloudWatch::Alarm',
  ...['AWS::Serverless::HttpApi', 'AWS::Serverless::Function', 'AWS::KinesisFirehose::DeliveryStream'],
  ...['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::Logs::LogGroup', 'AWS::SNS::Topic', 'AWS::SNS::Subscription'],
  ...['AWS::RedshiftServerless::Namespace', 'AWS::RedshiftServerless::Workgroup'],
  ...[
    'AWS::IAM::Role',
    'AWS::IAM::Policy',
    'AWS::IAM::ManagedPolicy',
    'AWS::Logs::LogStream',
    'AWS::Logs::MetricFilter',
  ],
  ...['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy', 'AWS::Lambda::Permission'],
  ...['AWS::EC2::VPC', 'AWS::EC2::Subnet', 'AWS::EC2::SecurityGroup', 'AWS::EC2::RouteTable'],
  ...[
    'AWS::EC2::SubnetRouteTableAssociation',
    'AWS::SecretsManager::ResourcePolicy',
    'AWS::Lambda::EventSourceMapping',
  ],
]);

const mib = 1_048_576;

/** The plan of template.yaml for these parameters, the others at their defaults. */
export const toPlan = (template: Template, given: Readonly<Record<string, string>>): Plan => {
  const resources = template.resources(given);
  const parameter = (name: string): string => given[name] ?? String(template.parameters[name]?.Default ?? '');
  const alarms = resources.filter(({ type }) => type === 'AWS::CloudWatch::Alarm');
  const count = (type: (typeof counted)[number]): number => resources.filter((each) => each.type === type).length;
  const memory = (logicalId: string): number =>
    Number(resources.find((each) => each.logicalId === logicalId)?.properties.MemorySize ?? 128);
  const freshness = parameter('Freshness');
  const dial = recordOf(recordOf(template.mappings.FreshnessDial)[freshness]);
  const makesWarehouse = resources.some(({ type }) => type === 'AWS::RedshiftServerless::Workgroup');
  return {
    freshness,
    dial: {
      transform: Number(dial.TransformSeconds),
      delivery: Number(dial.DeliverySeconds),
      load: Number(dial.LoadSeconds),
    },
    ...readBuffers(resources),
    baseCapacity: makesWarehouse ? Number(parameter('BaseCapacity')) : 0,
    memoryMb: {
      producer: memory('ProducerFunction'),
      transformer: memory('TransformerFunction'),
      loader: memory('LoaderFunction'),
      reconciler: memory('ReconcilerFunction'),
    },
    alarms: alarms.map(watched).reduce((sum, each) => sum + each, 0),
    dashboards: count('AWS::CloudWatch::Dashboard'),
    secrets: count('AWS::SecretsManager::Secret'),
    metrics: new Set(alarms.flatMap(metricNames)).size,
    logDays: Number(parameter('LogRetentionDays')),
    unknown: [
      ...new Set(resources.map(({ type }) => type).filter((type) => !known.has(type) && !type.startsWith('Custom::'))),
    ],
  };
};

const watched = ({ properties }: TemplateResource): number =>
  Array.isArray(properties.Metrics)
    ? properties.Metrics.map(recordOf).filter(({ MetricStat: metric }) => metric !== undefined).length
    : 1;

/** Distinct metrics that are not AWS's own, wherever an alarm names them: `MetricName` beside `Namespace`. */
const metricNames = (value: unknown): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap(metricNames);
  if (!isRecord(value)) return [];
  const { MetricName: name, Namespace: namespace } = value;
  const isOurs = typeof name === 'string' && !(typeof namespace === 'string' && namespace.startsWith('AWS/'));
  return [...(isOurs ? [name] : []), ...Object.values(value).flatMap(metricNames)];
};

const readBuffers = (resources: readonly TemplateResource[]): Pick<Plan, 'deliveryBytes' | 'transformBytes'> => {
  const stream = resources.find(({ type }) => type === 'AWS::KinesisFirehose::DeliveryStream');
  const destination = recordOf(stream?.properties.ExtendedS3DestinationConfiguration);
  const processors = recordOf(destination.ProcessingConfiguration).Processors;
  const [processor] = Array.isArray(processors) ? processors : [];
  const settings = recordOf(processor).Parameters;
  const size = (Array.isArray(settings) ? settings : [])
    .map(recordOf)
    .find(({ ParameterName: name }) => name === 'BufferSizeInMBs')?.ParameterValue;
  return {
    deliveryBytes: Number(recordOf(destination.BufferingHints).SizeInMBs ?? 5) * mib,
    transformBytes: Number(size ?? 1) * mib,
  };
};
