import { createHash, createHmac } from 'node:crypto';
import { Readable } from 'node:stream';
import { FirehoseClient, PutRecordBatchCommand, PutRecordCommand } from '@aws-sdk/client-firehose';
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#local/clock.ts';
import { createFirehoseService } from '#local/firehose/wire.ts';
import type { PlacedStatement } from '#local/iam/from-template.ts';
import { createIam, type Iam } from '#local/iam/iam.ts';
import type { JsonService } from '#local/operations.ts';
import { systemRandom } from '#local/random.ts';
import { createSecretsService } from '#local/secrets/wire.ts';
import { createSqsService } from '#local/sqs/wire.ts';
import { ACCOUNT, REGION, type StandIns, startStandIns } from '../../contract/stand-ins.ts';
import { describeAnswers } from '../../models/suite.ts';
import { policy } from './support.ts';

const roleArn = `arn:aws:iam::${ACCOUNT}:role/worker`;
const queueArn = `arn:aws:sqs:${REGION}:${ACCOUNT}:queue`;
const arnOf = (service: string, resource: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
const allow = (Action: string, Resource: string) => ({ Effect: 'Allow', Action, Resource });

const place = (kind: PlacedStatement['kind'], owner: string, statements: readonly object[]): PlacedStatement[] =>
  policy(statements, kind).map((statement) => ({ kind, owner, statement }));
const statements = [
  ...place('trust', roleArn, [
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
  ]),
  ...place('identity', roleArn, [
    allow('firehose:PutRecordBatch', arnOf('firehose', 'deliverystream/stream')),
    allow('sqs:ReceiveMessage', queueArn),
    allow('secretsmanager:GetSecretValue', arnOf('secretsmanager', 'secret:mine-??????')),
    allow('s3:*Object', 'arn:aws:s3:::lake/mine/*'),
    allow('s3:GetObject', 'arn:aws:s3:::open/*'),
    allow('s3:ListBucket', 'arn:aws:s3:::open'),
  ]),
  ...place('resource', 'arn:aws:s3:::lake', [
    { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::lake/closed/*' },
  ]),
];
const silent: JsonService = {
  target: 'Silent',
  protocol: '1.1',
  messageMember: 'message',
  operations: { Do: () => ({ done: true }) },
};

let iam: Iam;
let standIns: StandIns;
let role: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string };
const denied: string[] = [];

beforeAll(async () => {
  iam = createIam({ statements, clock: systemClock, random: systemRandom, onDenied: (text) => denied.push(text) });
  role = iam.credentialsOf(iam.assume(roleArn, { services: ['lambda.amazonaws.com'], sessionName: 'worker-1' }));
  standIns = await startStandIns({ gate: iam, services: [silent] });
  const { firehose, sqs, secrets, s3 } = standIns;
  for (const bucket of ['lake', 'open']) s3.createBucket(bucket);
  firehose.createStream({ name: 'stream', arn: arnOf('firehose', 'deliverystream/stream'), bucket: 'lake', roleArn });
  sqs.createQueue({
    name: 'queue',
    arn: queueArn,
    url: 'http://localhost/queue',
    visibilityTimeoutSeconds: 30,
    messageRetentionSeconds: 60,
  });
  for (const name of ['mine', 'other']) secrets.create({ name, value: { text: name } });
  for (const key of ['mine/a', 'closed/a']) await s3.putObject({ bucket: 'lake', key, body: Buffer.from(key) });
});
afterAll(() => standIns.stop());

const settings = (more: object = {}) => ({
  region: REGION,
  endpoint: standIns.client.endpoint,
  credentials: { ...role, ...more },
  maxAttempts: 1,
});
const s3 = (more: object = {}): S3Client => new S3Client({ ...settings(more), forcePathStyle: true });
const firehose = (more: object = {}): FirehoseClient => new FirehoseClient(settings(more));
const batch = new PutRecordBatchCommand({ DeliveryStreamName: 'stream', Records: [{ Data: Buffer.from('{}') }] });
const put = new PutRecordCommand({ DeliveryStreamName: 'stream', Record: { Data: Buffer.from('{}') } });
const get = (Key: string, Bucket = 'lake') => new GetObjectCommand({ Bucket, Key });
const refusal = async (call: Promise<unknown>): Promise<{ name: string; message: string; status: unknown }> => {
  const error: unknown = await call.then(
    () => new Error('it was allowed'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error(String(error));
  const { $metadata: metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
  return { name: error.name, message: error.message, status: metadata?.httpStatusCode };
};
const who = `User: arn:aws:sts::${ACCOUNT}:assumed-role/worker/worker-1 is not authorized to perform:`;

describe('the services', () => {
  it('say of each operation what it needs', () => {
    const services: readonly JsonService[] = [
      createFirehoseService(standIns.firehose),
      createSqsService(standIns.sqs, { accountId: ACCOUNT }),
      createSecretsService(standIns.secrets),
    ];
    for (const { needs = {}, operations } of services)
      expect(Object.keys(needs).sort()).toEqual(Object.keys(operations).sort());
  });
});

describe("a role's calls", () => {
  it('are allowed as far as its policies go, with real clients of every protocol', async () => {
    expect((await firehose().send(batch)).FailedPutCount).toBe(0);
    const secret = await new SecretsManagerClient(settings()).send(new GetSecretValueCommand({ SecretId: 'mine' }));
    expect(secret.SecretString).toBe('mine');
    const queue = new SQSClient(settings());
    expect(
      (await queue.send(new ReceiveMessageCommand({ QueueUrl: 'http://localhost/queue' }))).Messages,
    ).toBeUndefined();
    expect(await (await s3().send(get('mine/a'))).Body?.transformToString()).toBe('mine/a');
  });

  it('are denied beyond, in the words of each service, and somebody hears of it', async () => {
    const stream = arnOf('firehose', 'deliverystream/stream');
    expect(await refusal(firehose().send(put))).toEqual({
      name: 'AccessDeniedException',
      message: `${who} firehose:PutRecord on resource: ${stream} because no identity-based policy allows the firehose:PutRecord action`,
      status: 400,
    });
    expect(denied.at(-1)).toContain('firehose:PutRecord on resource');
    expect(iam.lastDenial(roleArn)?.message).toContain('firehose:PutRecord on resource');
    const Entries = [{ Id: '1', MessageBody: 'a' }];
    const send = new SendMessageBatchCommand({ QueueUrl: 'http://localhost/queue', Entries });
    expect(await refusal(new SQSClient(settings()).send(send))).toMatchObject({
      name: 'AccessDenied',
      message: `${who} sqs:sendmessage on resource: ${queueArn} because no identity-based policy allows the sqs:sendmessage action`,
    });
    const other = new GetSecretValueCommand({ SecretId: 'other' });
    expect((await refusal(new SecretsManagerClient(settings()).send(other))).message).toMatch(
      /secret:other-\w{6} because/,
    );
    expect(await refusal(s3().send(new PutObjectCommand({ Bucket: 'lake', Key: 'b', Body: 'x' })))).toEqual({
      name: 'AccessDenied',
      message: `${who} s3:PutObject on resource: "arn:aws:s3:::lake/b" because no identity-based policy allows the s3:PutObject action`,
      status: 403,
    });
  });

  it('stop where a resource denies, as everybody does', async () => {
    const reason = /with an explicit deny in a resource-based policy$/;
    expect((await refusal(s3().send(get('closed/a')))).message).toMatch(reason);
    const person = { accessKeyId: 'anything', secretAccessKey: 'anything', sessionToken: undefined };
    expect((await refusal(s3(person).send(get('closed/a')))).message).toMatch(reason);
    expect((await s3(person).send(get('mine/a'))).ContentLength).toBe(6);
  });

  it('do not learn that a key is missing where they may not list', async () => {
    expect((await refusal(s3().send(get('mine/none')))).message).toContain(
      's3:ListBucket on resource: "arn:aws:s3:::lake"',
    );
    expect((await refusal(s3().send(new HeadObjectCommand({ Bucket: 'lake', Key: 'mine/none' })))).status).toBe(403);
    expect((await refusal(s3().send(get('none', 'open')))).name).toBe('NoSuchKey');
  });

  it('delete of many keys those that they may', async () => {
    for (const Key of ['mine/x', 'y'])
      await standIns.s3.putObject({ bucket: 'lake', key: Key, body: Buffer.from('x') });
    const Delete = { Objects: [{ Key: 'mine/x' }, { Key: 'y' }] };
    const answer = await s3().send(new DeleteObjectsCommand({ Bucket: 'lake', Delete }));
    expect(answer.Deleted).toEqual([{ Key: 'mine/x' }]);
    expect(answer.Errors).toMatchObject([{ Key: 'y', Code: 'AccessDenied' }]);
    expect(standIns.s3.fileOf('lake', 'y')).toBeDefined();
  });

  it('are refused by an operation that does not say what it needs', async () => {
    const call = async (credentials: object): Promise<unknown> => {
      const { signer } = firehose(credentials).config;
      const sign = await (typeof signer === 'function' ? signer() : signer);
      const signed = await sign.sign({
        method: 'POST',
        protocol: 'http:',
        hostname: 'localhost',
        path: '/',
        query: {},
        headers: { host: `localhost:${standIns.port}`, 'x-amz-target': 'Silent.Do' },
        body: '{}',
      });
      const answer = await fetch(`${standIns.client.endpoint}/`, {
        method: 'POST',
        headers: signed.headers,
        body: '{}',
      });
      return answer.json();
    };
    expect(await call({})).toMatchObject({
      __type: 'AccessDeniedException',
      message: expect.stringContaining('Silent.Do'),
    });
    expect(await call({ accessKeyId: 'anything' })).toEqual({ done: true });
  });
});

describe('who signed a request', () => {
  it.each([
    ['a wrong secret', { secretAccessKey: 'wrong' }, 'InvalidSignatureException', 'SignatureDoesNotMatch'],
    ['a wrong token', { sessionToken: 'wrong' }, 'UnrecognizedClientException', 'InvalidToken'],
    ['no token', { sessionToken: undefined }, 'UnrecognizedClientException', 'InvalidToken'],
    [
      'a key of an earlier start',
      { accessKeyId: 'ASIALAPTOPAAAAAAAAAA' },
      'UnrecognizedClientException',
      'InvalidAccessKeyId',
    ],
  ])("is nobody with a role's key and %s", async (_, credentials, json, inS3) => {
    expect((await refusal(firehose(credentials).send(batch))).name).toBe(json);
    expect((await refusal(s3(credentials).send(get('mine/a')))).name).toBe(inS3);
  });

  it('is the administrator without credentials, or with those of nobody', async () => {
    expect((await fetch(`${standIns.client.endpoint}/lake/mine/a`)).status).toBe(200);
    const person = { accessKeyId: 'anything', secretAccessKey: 'anything', sessionToken: undefined };
    expect((await firehose(person).send(put)).RecordId).toBeDefined();
  });
});

/** The SDK's signer of S3 also makes presigned addresses; its type does not say so. */
interface Presigner {
  presign(
    request: object,
    options: { readonly expiresIn: number; readonly signingDate: Date },
  ): Promise<{ readonly path: string; readonly query?: Readonly<Record<string, unknown>> }>;
}
const isPresigner = (signer: object): signer is Presigner => 'presign' in signer;

describe('signed bodies', () => {
  const signed = async (
    method: string,
    path: string,
    more: { headers?: Record<string, string>; body?: string } = {},
  ) => {
    const { signer } = s3().config;
    const sign = await (typeof signer === 'function'
      ? signer({ name: 'sigv4', signingName: 's3', signingRegion: REGION, properties: {} })
      : signer);
    const headers = { host: `localhost:${standIns.port}`, ...more.headers };
    const request = { method, protocol: 'http:', hostname: 'localhost', port: standIns.port, path, query: {}, headers };
    return { sign, request: { ...request, ...(more.body !== undefined && { body: more.body }) } };
  };
  const send = (path: string, { method, headers }: { method: string; headers: Record<string, string> }, body: string) =>
    fetch(standIns.client.endpoint + path, { method, headers, body });

  it('are taken as a whole and as a stream with a checksum behind it', async () => {
    await s3().send(new PutObjectCommand({ Bucket: 'lake', Key: 'mine/ä b+c', Body: 'whole' }));
    const Body = Readable.from([Buffer.alloc(70_000, 'a'), Buffer.from('z')]);
    await s3().send(new PutObjectCommand({ Bucket: 'lake', Key: 'mine/stream', Body, ContentLength: 70_001 }));
    expect(standIns.s3.headObject('lake', 'mine/ä b+c').size).toBe(5);
    expect(standIns.s3.headObject('lake', 'mine/stream').size).toBe(70_001);
  });

  it('are refused when they are not what was signed', async () => {
    const { sign, request } = await signed('PUT', '/lake/mine/swapped', { body: 'one' });
    const answer = await send('/lake/mine/swapped', await sign.sign(request), 'two');
    expect(await answer.text()).toContain('<Code>XAmzContentSHA256Mismatch</Code>');
    expect(standIns.s3.fileOf('lake', 'mine/swapped')).toBeUndefined();
  });

  it('are refused when a header that speaks to AWS was not signed', async () => {
    const { sign, request } = await signed('PUT', '/lake/mine/extra', { body: 'one' });
    const { method, headers } = await sign.sign(request);
    const answer = await send('/lake/mine/extra', { method, headers: { ...headers, 'x-amz-meta-a': 'b' } }, 'one');
    expect(await answer.text()).toContain('not signed: x-amz-meta-a');
  });

  it('are not needed by an address that is signed itself, until it expires', async () => {
    const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const { sign, request } = await signed('GET', '/lake/mine/a', { headers });
    const address = async (signingDate: Date): Promise<string> => {
      if (!isPresigner(sign)) throw new Error('the SDK signs no addresses');
      const { path, query = {} } = await sign.presign(request, { expiresIn: 60, signingDate });
      return `${standIns.client.endpoint}${path}?${new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))}`;
    };
    const fresh = await address(new Date());
    expect((await fetch(fresh)).status).toBe(200);
    expect((await fetch(fresh.replace('mine/a', 'mine/b'))).status).toBe(403);
    expect(await (await fetch(await address(new Date(Date.now() - 61_000)))).text()).toContain('Request has expired');
  });

  it('are of no use a quarter of an hour later', async () => {
    const { sign, request } = await signed('GET', '/lake/mine/a');
    const { method, headers } = await sign.sign(request, { signingDate: new Date(Date.now() - 901_000) });
    const answer = await fetch(`${standIns.client.endpoint}/lake/mine/a`, { method, headers });
    expect(await answer.text()).toContain('<Code>RequestTimeTooSkewed</Code>');
  });

  it('are checked chunk by chunk when each chunk is signed', async () => {
    const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
    const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
    const upload = async (chunks: readonly string[], change = (body: string): string => body) => {
      const size = chunks.join('').length;
      const headers = {
        'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
        'x-amz-decoded-content-length': String(size),
        'content-encoding': 'aws-chunked',
      };
      const { sign, request } = await signed('PUT', '/lake/mine/chunks', { headers });
      const head = await sign.sign(request);
      const [, scope = '', seed = ''] =
        /Credential=[^/]+\/([^,]+),.*Signature=(\w+)/.exec(head.headers.authorization ?? '') ?? [];
      const key = scope.split('/').reduce<Buffer | string>(hmac, `AWS4${role.secretAccessKey}`);
      let previous = seed;
      const body = [...chunks, ''].map((chunk) => {
        const text = [
          'AWS4-HMAC-SHA256-PAYLOAD',
          head.headers['x-amz-date'],
          scope,
          previous,
          sha256(''),
          sha256(chunk),
        ];
        previous = hmac(key, text.join('\n')).toString('hex');
        return `${chunk.length.toString(16)};chunk-signature=${previous}\r\n${chunk}\r\n`;
      });
      return send('/lake/mine/chunks', head, change(body.join('')));
    };
    expect((await upload(['x'.repeat(8192), 'end'])).status).toBe(200);
    expect(standIns.s3.headObject('lake', 'mine/chunks').size).toBe(8195);
    const tampered = await upload(['x'.repeat(8192), 'end'], (body) => body.replace('end', 'END'));
    expect(await tampered.text()).toContain('<Code>SignatureDoesNotMatch</Code>');
  });
});

describeAnswers();
