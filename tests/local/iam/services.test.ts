import { afterEach, describe, expect, it, vi } from 'vitest';
import { createDeliveryStream, type DeliveryStream } from '#local/firehose/delivery-stream.ts';
import { toStream } from '#local/firehose/settings.ts';
import { toStreamRole } from '#local/firehose/stream-role.ts';
import type { PlacedStatement } from '#local/iam/from-template.ts';
import { createIam, type Iam } from '#local/iam/iam.ts';
import { systemRandom } from '#local/random.ts';
import { createLakeAs } from '#local/redshift/copy/copy-role.ts';
import { checkDestinations, createNotify } from '#local/s3/notify.ts';
import { createPolledQueue } from '#local/sqs/poller.ts';
import { createSqs, type Sqs } from '#local/sqs/sqs.ts';
import { openStore } from '#local/store.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';
import { policy } from './support.ts';

const roleArn = 'arn:aws:iam::000000000000:role/service';
const streamArn = 'arn:aws:firehose:us-east-1:000000000000:deliverystream/stream';
const functionArn = 'arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST';
const queueArn = 'arn:aws:sqs:us-east-1:000000000000:queue';
const clock = createVirtualClock();

const allow = (Action: string | readonly string[], Resource: string | readonly string[]) => ({
  Effect: 'Allow',
  Action,
  Resource,
});
/** A role that a service may take and that may do this, and a policy of the queue's. */
const iamWith = (service: string, identity: readonly object[], queue: readonly object[] = []): Iam => {
  const place = (kind: PlacedStatement['kind'], owner: string, statements: readonly object[]) =>
    policy(statements, kind).map((statement) => ({ kind, owner, statement }));
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } };
  return createIam({
    statements: [
      ...place('trust', roleArn, [trust]),
      ...place('identity', roleArn, identity),
      ...place('resource', queueArn, queue),
    ],
    clock,
    random: systemRandom,
  });
};

describe('COPY', () => {
  const files = vi.fn(() => ({ path: '/x', size: 1, etag: 'e' }));
  const lakeAs = (identity: readonly object[], service = 'redshift.amazonaws.com') =>
    createLakeAs({
      iam: iamWith(service, identity),
      lake: { fileOf: files },
      attached: [roleArn],
      defaultRole: roleArn,
    });
  const whole = [
    allow(['s3:GetBucketLocation', 's3:ListBucket'], 'arn:aws:s3:::lake'),
    allow('s3:GetObject', 'arn:aws:s3:::lake/landed/*'),
  ];

  it('reads what its role may, and says what it may not', () => {
    expect(lakeAs(whole)(roleArn).fileOf('lake', 'landed/a')).toMatchObject({ path: '/x' });
    expect(lakeAs(whole)('default').fileOf('lake', 'landed/a')).toMatchObject({ path: '/x' });
    const denied =
      /^S3ServiceException:Access Denied,Status 403,Error AccessDenied,CanRetry 1\n {2}Detail: User: .*RedshiftIamRoleSession is not authorized to perform: s3:/;
    expect(() => lakeAs(whole)(roleArn).fileOf('lake', 'failed/a')).toThrow(denied);
    expect(() => lakeAs(whole)(roleArn).fileOf('other', 'landed/a')).toThrow(/GetBucketLocation/);
    expect(() => lakeAs(whole.slice(1))(roleArn).fileOf('lake', 'landed/a')).toThrow(/GetBucketLocation/);
  });

  it('takes a role that is attached and trusts Redshift, and no other', () => {
    const refused = (role: string) => `Not authorized to get credentials of role ${role}`;
    expect(() => lakeAs(whole, 'redshift-serverless.amazonaws.com')(roleArn)).not.toThrow();
    expect(() => lakeAs(whole, 'lambda.amazonaws.com')(roleArn)).toThrow(refused(roleArn));
    expect(() => lakeAs(whole)(`${roleArn}2`)).toThrow(refused(`${roleArn}2`));
    const without = createLakeAs({
      iam: iamWith('redshift.amazonaws.com', []),
      lake: { fileOf: files },
      attached: [],
      defaultRole: undefined,
    });
    expect(() => without('default')).toThrow(/No default IAM role/);
  });
});

describe('a delivery stream', () => {
  const store = openStore(':memory:');
  const running: DeliveryStream[] = [];
  afterEach(() => {
    for (const stream of running.splice(0)) stream.stop();
  });
  const everything = [
    allow(['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'], functionArn),
    allow(['s3:GetBucketLocation', 's3:ListBucket'], 'arn:aws:s3:::lake'),
    allow('s3:PutObject', ['arn:aws:s3:::lake/landed/*', 'arn:aws:s3:::lake/failed/*']),
  ];
  const logs = allow('logs:PutLogEvents', 'arn:aws:logs:us-east-1:000000000000:log-group:/group:log-stream:delivery');
  const deploy = (identity: readonly object[], service = 'firehose.amazonaws.com') => {
    const objects: { readonly key: string; readonly body: Uint8Array }[] = [];
    const lines: Readonly<Record<string, unknown>>[] = [];
    const stream = toStream({
      name: 'stream',
      arn: streamArn,
      bucket: 'lake',
      roleArn,
      prefix: 'landed/',
      errorOutputPrefix: 'failed/!{firehose:error-output-type}/',
      bufferingHints: { intervalInSeconds: 1 },
      processor: { lambdaArn: functionArn, numberOfRetries: 1, bufferIntervalInSeconds: 1 },
      logging: { group: '/group', stream: 'delivery' },
    });
    const toRole = toStreamRole({
      iam: iamWith(service, identity),
      invoke: async (_, event) => ({
        payload: JSON.stringify({
          records: JSON.parse(event).records.map((record: object) => ({ ...record, result: 'Ok' })),
        }),
      }),
      putObject: async (object) => objects.push(object),
      log: (group, line) => lines.push({ group, ...JSON.parse(line) }),
    });
    const deployed = createDeliveryStream({
      store,
      clock,
      random: systemRandom,
      region: 'us-east-1',
      stream,
      ...toRole(stream),
    });
    running.push(deployed);
    return { deployed, objects, lines };
  };

  it('delivers with what its role may do', async () => {
    const { deployed, objects, lines } = deploy(everything);
    deployed.put([Buffer.from('a')]);
    await clock.advance(5_000);
    expect(objects.map(({ key, body }) => [key.slice(0, 7), String(body)])).toEqual([['landed/', 'a']]);
    expect(lines).toEqual([]);
  });

  it('sets records aside when it may not invoke its function, and writes that down', async () => {
    const { deployed, objects, lines } = deploy([...everything.slice(1), logs]);
    deployed.put([Buffer.from('b')]);
    await clock.advance(10_000);
    const [object] = objects;
    expect(object?.key).toMatch(/^failed\/processing-failed\//);
    expect(JSON.parse(String(object?.body))).toMatchObject({
      errorCode: 'Lambda.InvokeAccessDenied',
      attemptsMade: 2,
      rawData: 'Yg==',
    });
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      group: '/group',
      deliveryStreamARN: streamArn,
      errorCode: 'Lambda.InvokeAccessDenied',
      processor: functionArn,
      message: expect.stringContaining('lambda:GetFunctionConfiguration'),
    });
    expect(deployed.stats().lastError?.message).toContain('AWSFirehoseToS3 is not authorized to perform');
  });

  it('tries again while it may not write, and loses what it would log where it may not log', async () => {
    const { deployed, objects, lines } = deploy(everything.slice(0, 2));
    deployed.put([Buffer.from('c')]);
    await clock.advance(20_000);
    expect(objects).toEqual([]);
    expect(lines).toEqual([]);
    expect(deployed.stats()).toMatchObject({
      queued: 1,
      lastError: { message: expect.stringContaining('s3:PutObject') },
    });
  });

  it('is not made with a role that does not trust Firehose', () => {
    expect(() => deploy(everything, 'lambda.amazonaws.com')).toThrow(/^Firehose is unable to assume role/);
  });
});

describe('a queue', () => {
  const withQueue = (): Sqs => {
    const sqs = createSqs({ store: openStore(':memory:'), clock, random: systemRandom });
    sqs.createQueue({
      name: 'queue',
      arn: queueArn,
      url: 'http://localhost/q',
      visibilityTimeoutSeconds: 30,
      messageRetentionSeconds: 60,
    });
    return sqs;
  };

  it('is read for a function with what its role may do; a mapping is refused that could not be', () => {
    const polled = (actions: readonly string[]) => {
      const iam = iamWith('lambda.amazonaws.com', [allow(actions, queueArn)]);
      const take = () => iam.assume(roleArn, { services: ['lambda.amazonaws.com'], sessionName: 'f' });
      return { iam, queue: createPolledQueue(iam, withQueue().queueByArn(queueArn), take) };
    };
    const all = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
    for (const missing of all) {
      const action = missing.replace('sqs:', '');
      expect(() => polled(all.filter((each) => each !== missing))).toThrow(
        `The function execution role does not have permissions to call ${action} on SQS`,
      );
    }
    const { iam, queue } = polled(all);
    queue.send({ body: 'a' });
    const [message] = queue.receive({ max: 1 });
    const restore = iam.suspend(
      iam.statements.find(({ kind }) => kind === 'identity')?.statement ?? policy([])[0] ?? never(),
    );
    expect(() => queue.receive({ max: 1 })).toThrow(/sqs:ReceiveMessage/);
    expect(() => queue.remove(message?.receiptHandle ?? '')).toThrow(/sqs:DeleteMessage/);
    restore();
    queue.remove(message?.receiptHandle ?? '');
    expect(queue.depth()).toMatchObject({ visible: 0, inFlight: 0 });
  });

  it('takes notices of the bucket that its policy lets in', () => {
    const Condition = {
      ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::lake' },
      StringEquals: { 'aws:SourceAccount': '000000000000' },
    };
    const iam = iamWith(
      'x',
      [],
      [{ ...allow('sqs:SendMessage', queueArn), Principal: { Service: 's3.amazonaws.com' }, Condition }],
    );
    const sqs = withQueue();
    const notify = createNotify(iam, sqs);
    notify(queueArn, JSON.stringify({ Event: 's3:TestEvent', Bucket: 'lake' }));
    notify(queueArn, JSON.stringify({ Records: [{ s3: { bucket: { name: 'lake' } } }] }));
    expect(sqs.queueByArn(queueArn).depth().visible).toBe(2);
    expect(() => notify(queueArn, JSON.stringify({ Bucket: 'other' }))).toThrow(
      /^User: s3.amazonaws.com is not authorized to perform: sqs:SendMessage .* because no resource-based policy/,
    );
    const notification = { queueArn, events: ['s3:ObjectCreated:*'] };
    expect(() => checkDestinations(iam, 'lake', [notification])).not.toThrow();
    expect(() => checkDestinations(iam, 'other', [notification])).toThrow(
      /Unable to validate the following destination/,
    );
  });
});

const never = (): never => {
  throw new Error('no statement');
};
