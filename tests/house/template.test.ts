import { describe, expect, it } from 'vitest';
import { createStack, type Stack } from '#local/template/stack.ts';
import { isRecord, readTemplate } from '#local/template/template.ts';

const template = readTemplate(new URL('../../template.yaml', import.meta.url).pathname);
const stackOf = (parameters: Record<string, string> = {}, name = 'shop'): Stack =>
  createStack(template, {
    name,
    parameters: { DataLocation: 'shop-lake', ...parameters },
    awsUrl: 'http://localhost:1',
  });

const secret = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:mine-abcdef';
const copyRole = 'arn:aws:iam::000000000000:role/mine';
const workgroup = { WorkgroupName: 'mine', SecretArn: secret, CopyRoleArn: copyRole };
const cluster = { ClusterIdentifier: 'mine', Database: 'sales', SecretArn: secret, CopyRoleArn: copyRole };

const find = (stack: Stack, logicalId: string) => stack.resources.find((each) => each.logicalId === logicalId);

const variablesOf = (stack: Stack, logicalId: string): Readonly<Record<string, unknown>> => {
  const environment = find(stack, logicalId)?.properties.Environment;
  const variables = isRecord(environment) ? environment.Variables : undefined;
  return isRecord(variables) ? variables : {};
};

/** Every Allow and Deny of a role, by its Sid. */
const statementsOf = (stack: Stack, logicalId: string): Readonly<Record<string, unknown>> => {
  const text = JSON.stringify(find(stack, logicalId)?.properties.Policies ?? []);
  const policies: readonly { PolicyDocument: { Statement: readonly { Sid: string }[] } }[] = JSON.parse(text);
  return Object.fromEntries(policies.flatMap((each) => each.PolicyDocument.Statement).map((each) => [each.Sid, each]));
};

describe('the warehouse', () => {
  it('is made with limits, closed, in three zones of its own', () => {
    const stack = stackOf();
    expect(find(stack, 'Workgroup')?.properties).toMatchObject({
      BaseCapacity: 4,
      MaxCapacity: 8,
      PubliclyAccessible: false,
      SubnetIds: ['SubnetA', 'SubnetB', 'SubnetC'],
    });
    const subnets = stack.ofType('AWS::EC2::Subnet').map(({ properties }) => properties);
    expect(new Set(subnets.map(({ AvailabilityZone }) => AvailabilityZone)).size).toBe(3);
    expect(subnets.map(({ CidrBlock }) => CidrBlock)).toEqual(['10.71.0.0/24', '10.71.1.0/24', '10.71.2.0/24']);
    expect(find(stack, 'WarehouseSecurityGroup')?.properties).not.toHaveProperty('SecurityGroupIngress');
    expect(JSON.stringify(stack.resources)).not.toMatch(/NatGateway|InternetGateway/);
    expect(find(stack, 'UsageLimit')?.properties).toMatchObject({ Amount: '120', Period: 'daily' });
  });

  it.each([
    ['a workgroup', workgroup, { WORKGROUP_NAME: 'mine', DATABASE: 'millrace' }],
    ['a cluster', cluster, { CLUSTER_IDENTIFIER: 'mine', DATABASE: 'sales' }],
  ])('of %s of one’s own is used and nothing of it made', (_, parameters, variables) => {
    const stack = stackOf(parameters);
    const types = stack.resources.map(({ type }) => type).join(' ');
    expect(types).not.toMatch(/AWS::(RedshiftServerless|EC2)|Custom::UsageLimit/);
    expect(find(stack, 'AdminSecret')).toBeUndefined();
    for (const each of ['LoaderFunction', 'MigratorFunction']) {
      const found = variablesOf(stack, each);
      expect(found).toMatchObject({ ...variables, WAREHOUSE_SECRET_ARN: secret });
      expect('WORKGROUP_NAME' in found).toBe('WORKGROUP_NAME' in variables);
      expect('CLUSTER_IDENTIFIER' in found).toBe('CLUSTER_IDENTIFIER' in variables);
    }
    expect(variablesOf(stack, 'LoaderFunction').COPY_ROLE_ARN).toBe(copyRole);
    expect(find(stack, 'Schema')?.properties).not.toHaveProperty('LoaderUser');
    const loader = statementsOf(stack, 'LoaderRole');
    expect(loader).toHaveProperty('ReadWarehouseSecret');
    expect(loader).not.toHaveProperty('LogIn');
    const bucketPolicy = JSON.stringify(find(stack, 'LakeBucketPolicy')?.properties);
    expect(bucketPolicy).toContain(copyRole);
  });

  it.each([
    ['both kinds', { ...workgroup, ClusterIdentifier: 'mine' }, 'give WorkgroupName or ClusterIdentifier, not both'],
    ['no secret', { ...workgroup, SecretArn: '' }, 'needs SecretArn'],
    ['no role', { ...cluster, CopyRoleArn: '' }, 'needs CopyRoleArn'],
    ['a secret and no warehouse', { SecretArn: secret }, 'SecretArn goes with WorkgroupName or ClusterIdentifier'],
    ['a name for a secret', { ...workgroup, SecretArn: 'mine' }, 'the whole ARN of a secret'],
    ['a capital', { WarehouseName: 'Mine' }, 'lower-case letters, digits and hyphens'],
    ['a whole internet', { VpcCidr: '0.0.0.0/0' }, 'none of 10.71.0.0/22'],
    ['half a day to dedupe in', { DedupeDays: '7.5' }, 'must be a whole number of days'],
    ['a maximum below the base', { BaseCapacity: '16' }, 'MaxCapacity must be at least BaseCapacity'],
    ['a maximum below 32', { BaseCapacity: '32', MaxCapacity: '16' }, 'MaxCapacity must be at least BaseCapacity'],
    ['a month without it', { UsageLimitAction: 'deactivate', UsageLimitPeriod: 'monthly' }, 'for a day or a week'],
    ['a role and no warehouse', { CopyRoleArn: copyRole }, 'CopyRoleArn goes with WorkgroupName'],
    ['half a day', { UsageLimitPeriod: 'hourly' }, 'none of daily, weekly, monthly'],
    ['a negative limit', { UsageLimitRpuHours: '-1' }, 'must be 0 for no limit'],
  ])('is refused with %s', (_, parameters, reason) => {
    expect(() => stackOf(parameters)).toThrow(reason);
  });

  it('has no usage limit when that is 0, and keeps the permission to remove the one that there was', () => {
    const stack = stackOf({ UsageLimitRpuHours: '0' });
    expect(find(stack, 'UsageLimit')).toBeUndefined();
    expect(statementsOf(stack, 'MigratorRole')).toHaveProperty('LimitUsage');
    expect(statementsOf(stackOf(cluster), 'MigratorRole')).not.toHaveProperty('LimitUsage');
  });

  it('of one’s own is named to its id in the functions’ permissions', () => {
    const WorkgroupId = '8f0b7e9c-1c6f-4c3e-9a54-0d1f2b3c4d5e';
    for (const role of ['LoaderRole', 'MigratorRole'])
      expect(statementsOf(stackOf({ ...workgroup, WorkgroupId }), role).RunStatements).toMatchObject({
        Resource: [`arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/${WorkgroupId}`],
      });
  });
});

describe('the stream', () => {
  it('reads a Kinesis stream beside what is put directly', () => {
    const arn = 'arn:aws:kinesis:us-east-1:000000000000:stream/orders';
    const stack = stackOf({ KinesisStreamArn: arn });
    expect(find(stack, 'KinesisEventStream')?.properties).toMatchObject({
      DeliveryStreamType: 'KinesisStreamAsSource',
      KinesisStreamSourceConfiguration: { KinesisStreamARN: arn },
    });
    expect(find(stack, 'EventStream')?.properties).toMatchObject({ DeliveryStreamType: 'DirectPut' });
    expect(statementsOf(stack, 'EventStreamRole').ReadKinesis).toMatchObject({ Resource: [arn] });
    expect(statementsOf(stackOf(), 'EventStreamRole')).not.toHaveProperty('ReadKinesis');
    expect(find(stackOf(), 'KinesisEventStream')).toBeUndefined();
  });

  it('that reads Kinesis differs from the other in its source alone', () => {
    const stack = stackOf({ KinesisStreamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/orders' });
    const destination = (logicalId: string) => find(stack, logicalId)?.properties.ExtendedS3DestinationConfiguration;
    expect(destination('KinesisEventStream')).toEqual(destination('EventStream'));
  });
});

describe('the lake', () => {
  const rulesOf = (parameters?: Record<string, string>) =>
    JSON.stringify(find(stackOf(parameters), 'LakeBucket')?.properties.LifecycleConfiguration);

  it('moves and expires what its parameters say, and never expires what landed', () => {
    expect(rulesOf()).toContain('"TransitionInDays":30');
    expect(rulesOf({ LandedInfrequentAccessDays: '0' })).not.toContain('STANDARD_IA');
    expect(rulesOf({ FailedExpireDays: '0' })).not.toContain('"failed"');
    expect(rulesOf()).not.toMatch(/"Prefix":"landed\/","ExpirationInDays"/);
  });

  it('and the namespace outlive the stack, unless it could not be made', () => {
    for (const id of ['LakeBucket', 'Namespace'])
      expect(template.root.Resources).toMatchObject({
        [id]: { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' },
      });
  });
});

describe('two stacks in one account', () => {
  it('share no name', () => {
    const namesOf = (stack: Stack): string[] =>
      stack.resources
        .filter(({ type }) => !type.startsWith('AWS::EC2') && !type.startsWith('Custom::') && !type.endsWith('Policy'))
        .filter(({ type }) => type !== 'AWS::Serverless::HttpApi' && type !== 'AWS::Logs::LogStream')
        .map(({ type, ref }) => `${type} ${ref}`);
    const one = namesOf(stackOf({ DataLocation: '' }, 'one'));
    const two = namesOf(stackOf({ DataLocation: '' }, 'two'));
    expect(one.length).toBeGreaterThan(15);
    expect(one.filter((name) => two.includes(name))).toEqual([]);
  });
});
