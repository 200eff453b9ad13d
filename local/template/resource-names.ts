import { createHash } from 'node:crypto';

/** The laptop's account and region: no real account has twelve zeros. */
export const account = '000000000000';
export const region = 'us-east-1';
export const zones: readonly string[] = ['a', 'b', 'c'].map((zone) => region + zone);

/** `Ref` and `Fn::GetAtt` of a resource, from its own properties. */
export interface ResourceNames {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

interface Named {
  readonly logicalId: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly stackName: string;
  /** Address of the AWS services on the laptop, for the resources whose name is an address. */
  readonly awsUrl: string;
}

type ToNames = (resource: Named) => ResourceNames;

const arn = (service: string, resource: string): string => `arn:aws:${service}:${region}:${account}:${resource}`;

/** Six characters as Secrets Manager puts behind a name, the same on every start. */
const suffix = (name: string): string => createHash('sha256').update(name).digest('hex').slice(0, 6);

/** A UUID of a name, the same on every start. */
const uuidOf = (name: string): string =>
  createHash('sha256')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

const nameOf = ({ properties, logicalId }: Named, member: string): string => String(properties[member] ?? logicalId);

const plain =
  (member: string): ToNames =>
  (resource) => ({ ref: nameOf(resource, member), attributes: {} });

/** Every resource type that the laptop can boot or may pass over, and how each is named. Any other type is an error. */
export const resourceNames: Readonly<Record<string, ToNames>> = {
  'AWS::Serverless::HttpApi': ({ logicalId }) => ({ ref: logicalId, attributes: {} }),
  'AWS::Serverless::Function': (resource) => {
    const name = nameOf(resource, 'FunctionName');
    return {
      ref: name,
      attributes: { Arn: arn('lambda', `function:${name}`), Version: arn('lambda', `function:${name}:1`) },
    };
  },
  'AWS::KinesisFirehose::DeliveryStream': (resource) => {
    const name = nameOf(resource, 'DeliveryStreamName');
    return { ref: name, attributes: { Arn: arn('firehose', `deliverystream/${name}`) } };
  },
  'AWS::S3::Bucket': (resource) => {
    const name = nameOf(resource, 'BucketName');
    return { ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } };
  },
  'AWS::SQS::Queue': (resource) => {
    const name = nameOf(resource, 'QueueName');
    const url = `${resource.awsUrl}/${account}/${name}`;
    return { ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
  },
  'AWS::SecretsManager::Secret': (resource) => {
    const name = nameOf(resource, 'Name');
    return { ref: arn('secretsmanager', `secret:${name}-${suffix(name)}`), attributes: {} };
  },
  'AWS::RedshiftServerless::Namespace': (resource) => {
    const name = nameOf(resource, 'NamespaceName');
    const database = String(resource.properties.DbName ?? 'dev');
    return {
      ref: name,
      attributes: {
        'Namespace.DbName': database,
        'Namespace.NamespaceArn': arn('redshift-serverless', `namespace/${uuidOf(name)}`),
      },
    };
  },
  'AWS::RedshiftServerless::Workgroup': (resource) => {
    const name = nameOf(resource, 'WorkgroupName');
    return {
      ref: name,
      attributes: { 'Workgroup.WorkgroupArn': arn('redshift-serverless', `workgroup/${uuidOf(name)}`) },
    };
  },
  'AWS::IAM::Role': (resource) => {
    // Without a RoleName CloudFormation makes one of the stack's name, the logical id and some letters.
    const made = `${resource.stackName}-${resource.logicalId}-${suffix(resource.logicalId).toUpperCase()}`;
    const name = String(resource.properties.RoleName ?? made);
    return { ref: name, attributes: { Arn: `arn:aws:iam::${account}:role/${name}` } };
  },
  'AWS::Logs::LogGroup': (resource) => {
    const name = nameOf(resource, 'LogGroupName');
    return { ref: name, attributes: { Arn: arn('logs', `log-group:${name}:*`) } };
  },
  'AWS::Logs::LogStream': plain('LogStreamName'),
  'AWS::S3::BucketPolicy': plain('Bucket'),
  'AWS::SQS::QueuePolicy': plain('PolicyName'),
  // The rest is passed over: the laptop has no network of its own, and watches itself in /health and the console.
  'AWS::EC2::VPC': plain('VpcId'),
  'AWS::EC2::Subnet': plain('SubnetId'),
  'AWS::EC2::SecurityGroup': (resource) => ({
    ref: resource.logicalId,
    attributes: { GroupId: `sg-${suffix(resource.logicalId)}` },
  }),
  'AWS::SNS::Topic': (resource) => {
    const name = nameOf(resource, 'TopicName');
    return { ref: arn('sns', name), attributes: { TopicArn: arn('sns', name), TopicName: name } };
  },
  'AWS::SNS::TopicPolicy': plain('Id'),
  'AWS::SNS::Subscription': plain('Endpoint'),
  'AWS::CloudWatch::Alarm': (resource) => {
    const name = nameOf(resource, 'AlarmName');
    return { ref: name, attributes: { Arn: arn('cloudwatch', `alarm:${name}`) } };
  },
  'AWS::CloudWatch::Dashboard': plain('DashboardName'),
};
