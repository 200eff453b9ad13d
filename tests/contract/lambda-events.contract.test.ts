import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { systemClock } from '#local/clock.ts';
import { createCustomResources } from '#local/cloudformation/custom-resources.ts';
import { createPhysicalIds } from '#local/cloudformation/physical-ids.ts';
import { toEvent } from '#local/http-api/event.ts';
import { systemRandom } from '#local/random.ts';
import { createEventSourceMapping } from '#local/sqs/event-source-mapping.ts';
import { openStore } from '#local/store.ts';
import { createStack } from '#local/template/stack.ts';
import { readTemplate } from '#local/template/template.ts';
import { listen } from '../loopback.ts';
import { unlike } from '../models/sample.ts';
import { ACCOUNT, REGION, startStandIns } from './stand-ins.ts';

/** Events of AWS, unchanged: events/README.md says whose. */
const sampleOf = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../events', name), 'utf8'));

/**
 * CloudFormation's requests ("Custom resource request objects", CloudFormation user guide), with the members of powertools' samples;
 * the guide adds PhysicalResourceId to the second and the third.
 */
const created = {
  RequestType: 'Create',
  ServiceToken: 'arn:aws:lambda:us-east-1:000000000000:function:f',
  ResponseURL: 'https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/x',
  StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/s/271845b0-f2e8-11ed-90ac-0eeb25b8ae21',
  RequestId: 'r',
  LogicalResourceId: 'l',
  ResourceType: 'Custom::MyType',
  ResourceProperties: {},
};
const deleted = { ...created, PhysicalResourceId: 'p' };
const updated = { ...deleted, OldResourceProperties: {} };

/** Resolves with the first event that a function is invoked with. */
const catchEvent = () => {
  let take = (_event: unknown): void => undefined;
  const event = new Promise<unknown>((resolve) => {
    take = resolve;
  });
  const invoke = async (_name: string, payload: string, answer = '{}') => {
    take(JSON.parse(payload));
    return { payload: answer };
  };
  return { event, invoke };
};

describe('events that the laptop invokes functions with', () => {
  it('have the shape of an HTTP API request, payload format 2.0', async () => {
    let event: unknown;
    const { url, close } = await listen((message, response) => {
      const about = { routeKey: 'POST /v1/events', apiId: 'api', requestId: 'r', time: Date.now() };
      event = toEvent({ message, url: new URL(`http://localhost${message.url}`), body: Buffer.from('{}'), ...about });
      response.end();
    });
    await fetch(`${url}/v1/events`, { method: 'POST', body: '{}' });
    close();
    const { body, ...others } = JSON.parse(JSON.stringify(event));
    expect(body).toBe('{}');
    // The sample's API has an authorizer, ours has none; the sample has no body.
    const rules = { optional: ['requestContext.authorizer'], free: ['headers'] };
    expect(unlike(sampleOf('producer/aws-http-api.json'), others, rules)).toEqual([]);
    const sent = Object.keys(others.headers);
    expect(sent).toEqual(
      expect.arrayContaining(['host', 'x-amzn-trace-id', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto']),
    );
  });

  it("have the shape of Firehose's transformation, Direct PUT", async () => {
    const { event, invoke } = catchEvent();
    const standIns = await startStandIns({ invoke });
    standIns.s3.createBucket('lake');
    standIns.firehose.createStream({
      name: 'stream',
      arn: `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/stream`,
      bucket: 'lake',
      roleArn: `arn:aws:iam::${ACCOUNT}:role/stream`,
      bufferingHints: { intervalInSeconds: 0 },
      processor: { lambdaArn: 'transformer', bufferIntervalInSeconds: 0 },
    });
    standIns.firehose.putRecord('stream', Buffer.from('{}'));
    expect(unlike(sampleOf('transformer/aws-direct-put.json'), await event, {})).toEqual([]);
    await standIns.stop();
  });

  it("have the shape of CloudFormation's custom resource requests", async () => {
    const requests: unknown[] = [];
    const store = openStore(':memory:');
    const { url, close } = await listen((message, response) => void resources?.handle(message, response));
    let resources: ReturnType<typeof createCustomResources> | undefined;
    const deploy = async (amount: number) => {
      const folder = mkdtempSync(join(tmpdir(), 'millrace-events-'));
      const file = join(folder, 'template.yaml');
      const properties = `{ ServiceToken: arn, ServiceTimeout: 5, Amount: ${amount} }`;
      writeFileSync(file, `Resources:\n  Limit:\n    Type: Custom::Limit\n    Properties: ${properties}\n`);
      const stack = createStack(readTemplate(file), { name: 'stack', parameters: {}, awsUrl: url });
      const invoke = async (_: string, payload: string) => {
        const request = JSON.parse(payload);
        requests.push(request);
        const answer = { Status: 'SUCCESS', PhysicalResourceId: `limit-${amount}` };
        await fetch(request.ResponseURL, { method: 'PUT', body: JSON.stringify(answer) });
        return { payload: 'null' };
      };
      const physicalIds = createPhysicalIds(store);
      const about = { stack, physicalIds, invoke, awsUrl: url, clock: systemClock, random: systemRandom };
      resources = createCustomResources(about);
      await resources.run();
      rmSync(folder, { recursive: true });
    };
    await deploy(1);
    await deploy(2);
    close();
    store.close();
    const rules = { free: ['ResourceProperties', 'OldResourceProperties'] };
    const samples = [created, updated, deleted];
    expect(requests.map((request, at) => unlike(samples[at], request, rules))).toEqual([[], [], []]);
  });

  it('have the shape of an S3 notification inside an SQS message', async () => {
    const standIns = await startStandIns();
    const queueArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:landed`;
    const times = { visibilityTimeoutSeconds: 30, messageRetentionSeconds: 60 };
    standIns.sqs.createQueue({ name: 'landed', arn: queueArn, url: `${standIns.client.endpoint}/landed`, ...times });
    standIns.s3.createBucket('lake', { notifications: [{ queueArn, events: ['s3:ObjectCreated:*'] }] });
    const queue = standIns.sqs.queueByArn(queueArn);
    queue.purge(); // s3:TestEvent
    const s3 = new S3Client({ ...standIns.client, forcePathStyle: true });
    await s3.send(new PutObjectCommand({ Bucket: 'lake', Key: 'landed/a b', Body: 'x' }));
    const { event, invoke } = catchEvent();
    const about = { queue, clock: systemClock, functionName: 'loader', region: REGION, accountId: ACCOUNT };
    const mapping = createEventSourceMapping({ ...about, invoke });
    mapping.start();
    const told = await event;
    const sample = sampleOf('loader/aws-s3-in-sqs.json');
    // No attributes are sent, so that there is no checksum of them either.
    expect(unlike(sample, told, { free: ['Records[].messageAttributes'] })).toEqual([]);
    const bodyOf = ({ Records: [record] }: { Records: { body: string }[] }) => JSON.parse(record?.body ?? '');
    // The lake keeps no versions.
    const rules = { optional: ['Records[].s3.object.versionId'] };
    expect(unlike(bodyOf(JSON.parse(JSON.stringify(sample))), bodyOf(JSON.parse(JSON.stringify(told))), rules)).toEqual(
      [],
    );
    mapping.stop();
    s3.destroy();
    await standIns.stop();
  });
});
