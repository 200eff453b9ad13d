import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AwsServer, createAwsServer } from '#local/aws-server.ts';
import { createStacks } from '#local/cloudformation/stacks.ts';
import { createCloudFormationService } from '#local/cloudformation/wire.ts';
import { systemRandom } from '#local/random.ts';
import { createStsService } from '#local/sts/wire.ts';
import { createStack } from '#local/template/stack.ts';
import { readTemplate } from '#local/template/template.ts';
import type { Exchange } from '#tests/models/exchange.ts';
import { judge } from '#tests/models/judge.ts';
import { readModels } from '#tests/models/model.ts';
import { recordExchanges } from '#tests/models/record.ts';
import { answerProblems, requestProblems, wireTitle } from '#tests/models/suite.ts';

const yaml = `Description: "a <stack> & \\"more\\""
Parameters:
  Key: {Type: String, NoEcho: true}
  Size: {Type: Number, Default: 4}
Conditions:
  IsLarge: !Equals [!Ref Size, 8]
Resources:
  Api: {Type: AWS::Serverless::HttpApi}
  Lake: {Type: AWS::S3::Bucket, Properties: {BucketName: lake}}
Outputs:
  Url: {Value: !Sub "https://\${Api}.execute-api.\${AWS::Region}.\${AWS::URLSuffix}/v1/events", Description: where}
  Arn: {Value: !GetAtt Lake.Arn}
  Large: {Condition: IsLarge, Value: yes}
`;

const folder = mkdtempSync(join(tmpdir(), 'cloudformation-'));
const file = join(folder, 'template.yaml');
writeFileSync(file, yaml);
const createdAt = Date.parse('2026-11-23T10:00:00Z');
const stack = createStack(readTemplate(file), {
  name: 'mine',
  parameters: { Key: 'secret' },
  awsUrl: 'http://localhost:1',
});
const stacks = createStacks({ stack, apiUrl: 'http://localhost:8787', createdAt });

const faults: unknown[] = [];
const exchanges: Exchange[] = [];
let server: AwsServer;
let settings = { region: 'us-east-1', endpoint: '', credentials: { accessKeyId: 'me', secretAccessKey: 'me' } };
let client: CloudFormationClient;
const stopRecording = recordExchanges((exchange) => void exchanges.push(exchange));

beforeAll(async () => {
  server = createAwsServer({
    services: [],
    queryServices: [createCloudFormationService(stacks), createStsService()],
    s3: (_, response) => void response.writeHead(418).end(),
    random: systemRandom,
    onError: (fault) => void faults.push(fault),
  });
  settings = { ...settings, endpoint: `http://127.0.0.1:${await server.listen(0)}` };
  client = new CloudFormationClient(settings);
});
afterAll(async () => {
  stopRecording();
  await server.close(0);
  rmSync(folder, { recursive: true, force: true });
  expect(faults).toEqual([]);
});

describe('DescribeStacks', () => {
  it('tells of a stack by name and by id: parameters without secrets, outputs whose condition holds', async () => {
    const [byName] = (await client.send(new DescribeStacksCommand({ StackName: 'mine' }))).Stacks ?? [];
    const [byId] = (await client.send(new DescribeStacksCommand({ StackName: byName?.StackId }))).Stacks ?? [];
    expect(byId).toEqual(byName);
    expect(byName).toMatchObject({
      StackName: 'mine',
      StackStatus: 'CREATE_COMPLETE',
      Description: 'a <stack> & "more"',
      CreationTime: new Date(createdAt),
      DisableRollback: false,
      Parameters: [
        { ParameterKey: 'Key', ParameterValue: '****' },
        { ParameterKey: 'Size', ParameterValue: '4' },
      ],
      Outputs: [
        { OutputKey: 'Url', OutputValue: 'http://localhost:8787/v1/events', Description: 'where' },
        { OutputKey: 'Arn', OutputValue: 'arn:aws:s3:::lake' },
      ],
    });
  });

  it('tells of all stacks when none is named', async () => {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({}));
    expect(Stacks.map(({ StackName }) => StackName)).toEqual(['mine']);
  });

  it("refuses another stack in CloudFormation's words, which the SAM CLI looks for", async () => {
    const refused = client.send(new DescribeStacksCommand({ StackName: 'other' }));
    await expect(refused).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id other does not exist',
      $metadata: { httpStatusCode: 400 },
    });
  });
});

describe('ListStackResources', () => {
  it('lists what the stack is made of, by the types that the transform gives', async () => {
    const { StackResourceSummaries: found = [] } = await client.send(
      new ListStackResourcesCommand({ StackName: 'mine' }),
    );
    expect(found.map((each) => [each.LogicalResourceId, each.ResourceType, each.PhysicalResourceId])).toEqual([
      ['Api', 'AWS::ApiGatewayV2::Api', 'Api'],
      ['Lake', 'AWS::S3::Bucket', 'lake'],
    ]);
  });

  it('refuses another stack, and a request that names none', async () => {
    const listed = (StackName: string | undefined) => client.send(new ListStackResourcesCommand({ StackName }));
    await expect(listed('other')).rejects.toMatchObject({ name: 'ValidationError' });
    await expect(listed(undefined)).rejects.toMatchObject({ name: 'ValidationError' });
  });
});

it('GetCallerIdentity tells whose laptop it is', async () => {
  const caller = await new STSClient(settings).send(new GetCallerIdentityCommand({}));
  expect(caller).toMatchObject({ Account: '000000000000', Arn: 'arn:aws:iam::000000000000:root' });
});

describe('the query protocol', () => {
  const post = (path: string, type: string, body: string) =>
    fetch(`${settings.endpoint}${path}`, { method: 'POST', headers: { 'content-type': type }, body });
  const form = 'application/x-www-form-urlencoded';

  it.each([
    ['Action=DeleteStack&Version=2010-05-15&StackName=mine', 'DeleteStack'],
    ['Action=DescribeStacks&Version=1999-01-01', 'DescribeStacks'],
    ['Action=toString&Version=2010-05-15', 'toString'],
    ['', ''],
  ])('refuses the action of %j', async (body, action) => {
    const answer = await post('/', form, body);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(
      `<Code>InvalidAction</Code><Message>The action ${action} is not valid for this web service.</Message>`,
    );
  });

  it('leaves to S3 what is no form, or goes to a bucket', async () => {
    expect((await post('/', 'text/plain', 'Action=DescribeStacks')).status).toBe(418);
    expect((await post('/lake/key', form, 'a=b')).status).toBe(418);
  });
});

const models = readModels();
it.skipIf(models === undefined)(`stands ${wireTitle}`, () => {
  const verdicts = models === undefined ? [] : exchanges.flatMap((exchange) => judge(models, exchange) ?? []);
  const seen = verdicts.flatMap(({ service, operation, status }) => (status < 300 ? [`${service} ${operation}`] : []));
  expect([...new Set(seen)].sort()).toEqual([
    'cloudformation DescribeStacks',
    'cloudformation ListStackResources',
    'sts GetCallerIdentity',
  ]);
  const ofServices = verdicts.filter(({ service, operation }) => service !== 's3' && operation !== undefined);
  expect(answerProblems(ofServices)).toEqual([]);
  expect(requestProblems(ofServices.filter(({ status }) => status < 300))).toEqual([]);
});
