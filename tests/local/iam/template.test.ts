import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type PlacedStatement, toRouteArn, toStatements } from '#local/iam/from-template.ts';
import { createIam, type Iam } from '#local/iam/iam.ts';
import { toService } from '#local/iam/principal.ts';
import { systemRandom } from '#local/random.ts';
import { createStack } from '#local/template/stack.ts';
import { readTemplate } from '#local/template/template.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';

const file = join(mkdtempSync(join(tmpdir(), 'iam-template-')), 'template.yaml');
const read = (yaml: string): readonly PlacedStatement[] => {
  writeFileSync(file, yaml);
  return toStatements(createStack(readTemplate(file), { name: 'stack', parameters: {}, awsUrl: 'http://localhost:1' }));
};
const clock = createVirtualClock();
const iamOf = (yaml: string, onDenied?: (message: string) => void): Iam =>
  createIam({ statements: read(yaml), clock, random: systemRandom, ...(onDenied !== undefined && { onDenied }) });

const roleArn = 'arn:aws:iam::000000000000:role/stream';
const trusting = (more = ''): string => `Resources:
  StreamRole:
    Type: AWS::IAM::Role
    Properties:
      RoleName: stream
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: {Service: firehose.amazonaws.com}
            Action: sts:AssumeRole
            Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}
${more}`;
const withPolicy = (statement: string): string =>
  trusting(`      Policies:
        - PolicyName: own
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Sid: First
                Effect: Allow
                Action: s3:PutObject
                Resource: "*"
              ${statement}
`);

describe('policies of a template', () => {
  it('are found at every role, bucket, queue, topic and route', () => {
    const found = read(`${withPolicy('- {Sid: Second, Effect: Deny, Action: "s3:*", Resource: "*"}')}
  Lake: {Type: AWS::S3::Bucket, Properties: {BucketName: lake}}
  LakePolicy: {Type: AWS::S3::BucketPolicy, Properties: {Bucket: !Ref Lake, PolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Deny, Principal: "*", Action: "s3:*", Resource: "*"}]}}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: queue}}
  QueuePolicy: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Queue], PolicyDocument: {Version: "2012-10-17", Statement: [{Sid: In, Effect: Allow, Principal: {Service: s3.amazonaws.com}, Action: sqs:SendMessage, Resource: !GetAtt Queue.Arn}]}}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: topic}}
  TopicPolicy: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic], PolicyDocument: {Version: "2012-10-17", Statement: [{Sid: Tell, Effect: Allow, Principal: {Service: cloudwatch.amazonaws.com}, Action: sns:Publish, Resource: !Ref Topic}]}}}
  Api: {Type: AWS::Serverless::HttpApi}
  Function: {Type: AWS::Serverless::Function, Properties: {FunctionName: f, Role: !GetAtt StreamRole.Arn, Events: {In: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: post, Path: /v1/events}}}}}
`);
    expect(found.map(({ kind, owner, statement }) => `${kind} ${statement.name} ${owner}`)).toEqual([
      `trust StreamRole/trust/1 ${roleArn}`,
      `identity StreamRole/own/First ${roleArn}`,
      `identity StreamRole/own/Second ${roleArn}`,
      'resource LakePolicy/1 arn:aws:s3:::lake',
      'resource QueuePolicy/In arn:aws:sqs:us-east-1:000000000000:queue',
      'resource TopicPolicy/Tell arn:aws:sns:us-east-1:000000000000:topic',
      'resource Function/InPermission arn:aws:lambda:us-east-1:000000000000:function:f',
    ]);
  });

  it.each([
    ['- {Sid: Odd, Effect: Allow, NotAction: s3:GetObject, Resource: "*"}', 22, 'StreamRole/own/Odd: NotAction'],
    [
      '- {Sid: Odd, Effect: Allow, Action: s3:GetObject, Resource: "*", Condition: {StringEquals: {aws:SourceVpc: v}}}',
      22,
      'aws:SourceVpc is a condition key',
    ],
    [
      '- {Sid: Odd, Effect: Allow, Action: s3:GetObject, Resource: "*", Condition: {DateLessThan: {aws:userid: v}}}',
      22,
      'DateLessThan is a condition operator',
    ],
    ['- {Effect: Allow, Action: s3:GetObject}', 22, 'StreamRole/own/2: Resource must be'],
  ])('are refused at their line: %s', (statement, line, message) => {
    expect(() => read(withPolicy(statement))).toThrow(`template.yaml:${line}: `);
    expect(() => read(withPolicy(statement))).toThrow(message);
  });

  it('must stand in the template', () => {
    const managed = trusting('      ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]\n');
    expect(() => read(managed)).toThrow(/template.yaml:13: StreamRole: .* not ManagedPolicyArns/);
  });
});

describe('a role', () => {
  const iam = iamOf(trusting());
  const context = { 'aws:SourceAccount': '000000000000' };

  it('is taken by the service that it trusts, under its conditions, and by no other', () => {
    expect(iam.assume(roleArn, { services: ['firehose.amazonaws.com'], sessionName: 's', context })).toMatchObject({
      name: 'arn:aws:sts::000000000000:assumed-role/stream/s',
      roleArn,
    });
    const refusal = (service: string, given: object): unknown => {
      try {
        return iam.assume(roleArn, { services: [service], sessionName: 's', context: { ...given } });
      } catch (error) {
        return error;
      }
    };
    const message = `is not authorized to perform: sts:AssumeRole on resource: ${roleArn} because no resource-based policy allows the sts:AssumeRole action`;
    expect(refusal('lambda.amazonaws.com', context)).toMatchObject({
      message: `User: lambda.amazonaws.com ${message}`,
    });
    expect(refusal('firehose.amazonaws.com', {})).toMatchObject({ code: 'AccessDeniedException' });
    expect(refusal('firehose.amazonaws.com', { 'aws:SourceAccount': '111111111111' })).toMatchObject({
      code: 'AccessDeniedException',
    });
    expect(iam.lastDenial(roleArn)?.message).toBe(`User: firehose.amazonaws.com ${message}`);
  });

  it('is taken by one of the names that a service has', () => {
    const services = ['redshift.amazonaws.com', 'firehose.amazonaws.com'] as const;
    expect(iam.assume(roleArn, { services, sessionName: 's', context }).roleArn).toBe(roleArn);
  });

  it('is not taken when it is not there', () => {
    expect(() => iam.assume(`${roleArn}2`, { services: ['firehose.amazonaws.com'], sessionName: 's' })).toThrow(
      /stream2 cannot be found/,
    );
  });

  it('has other keys for every session, the same for the same', () => {
    const take = (sessionName: string) =>
      iam.credentialsOf(iam.assume(roleArn, { services: ['firehose.amazonaws.com'], sessionName, context }));
    expect(take('one')).toEqual(take('one'));
    expect(take('one').accessKeyId).not.toBe(take('two').accessKeyId);
    expect(take('one').accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
  });
});

describe('denials', () => {
  it('are told once a minute, each', async () => {
    const told: string[] = [];
    const iam = iamOf(withPolicy(''), (message) => told.push(message));
    const session = iam.assume(roleArn, {
      services: ['firehose.amazonaws.com'],
      sessionName: 's',
      context: { 'aws:SourceAccount': '000000000000' },
    });
    const ask = (action: string): boolean => iam.allows(session, { action, resource: 'arn:aws:s3:::lake/a' });
    expect([ask('s3:GetObject'), ask('s3:GetObject'), ask('s3:DeleteObject'), ask('s3:PutObject')]).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(told.map((message) => /perform: (\S+)/.exec(message)?.[1])).toEqual(['s3:GetObject', 's3:DeleteObject']);
    await clock.advance(60_000);
    ask('s3:GetObject');
    expect(told).toHaveLength(3);
  });

  it('come of a statement that is suspended, until it is back', () => {
    const iam = iamOf(withPolicy(''));
    const [, first] = iam.statements;
    if (first === undefined) throw new Error('no statement');
    const session = { ...toService('x'), kind: 'role' as const, roleArn };
    const put = { action: 's3:PutObject', resource: 'arn:aws:s3:::lake/a' };
    const restore = iam.suspend(first.statement);
    expect(iam.allows(session, put)).toBe(false);
    restore();
    expect(iam.allows(session, put)).toBe(true);
  });
});

describe("API Gateway's permission", () => {
  it('is for one route of one API', () => {
    const iam = iamOf(`Resources:
  Api: {Type: AWS::Serverless::HttpApi}
  Function: {Type: AWS::Serverless::Function, Properties: {FunctionName: f, Events: {In: {Type: HttpApi, Properties: {ApiId: !Ref Api, Method: POST, Path: /v1/events}}}}}
`);
    const resource = 'arn:aws:lambda:us-east-1:000000000000:function:f';
    const comes = (service: string, from: string): boolean =>
      iam.allows(toService(service), {
        action: 'lambda:InvokeFunction',
        resource,
        context: { 'aws:SourceArn': from },
      });
    expect(comes('apigateway.amazonaws.com', toRouteArn('Api', '$default', 'POST', '/v1/events'))).toBe(true);
    expect(comes('apigateway.amazonaws.com', toRouteArn('Api', '$default', 'GET', '/v1/events'))).toBe(false);
    expect(comes('apigateway.amazonaws.com', toRouteArn('Other', '$default', 'POST', '/v1/events'))).toBe(false);
    expect(comes('s3.amazonaws.com', toRouteArn('Api', '$default', 'POST', '/v1/events'))).toBe(false);
  });
});
