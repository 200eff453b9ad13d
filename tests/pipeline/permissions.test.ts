import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '#local/iam/evaluate.ts';
import { type PlacedStatement, toStatements } from '#local/iam/from-template.ts';
import type { Decision } from '#local/iam/iam.ts';
import { type Access, administrator, toService } from '#local/iam/principal.ts';
import type { Statement } from '#local/iam/statement.ts';
import { laptopParameters, laptopStackName } from '#local/parameters.ts';
import { account } from '#local/template/resource-names.ts';
import { createStack, type Resource } from '#local/template/stack.ts';
import { isRecord, readTemplate } from '#local/template/template.ts';
import { bootInside, type InsideLaptop } from './inside.ts';
import { eventually, stopLaptops } from './laptop.ts';

const template = readTemplate(join(import.meta.dirname, '../../template.yaml'));
const stack = createStack(template, {
  name: laptopStackName,
  parameters: laptopParameters('realtime'),
  awsUrl: 'http://localhost:1',
});
const statements = toStatements(stack);
const named = (effect: Statement['effect']): PlacedStatement[] =>
  statements.filter(({ statement }) => statement.effect === effect);

/** Statements that stand under a condition which is off on the laptop, and why it is. */
const off: Readonly<Record<string, string>> = {
  'EventStreamRole/ReadKinesis': 'ReadsKinesis: the laptop has no Kinesis data stream to read',
  'LakeBucketPolicy/LetCopyList': 'BringsWarehouse: the laptop makes its warehouse, with a role of the stack',
  'LakeBucketPolicy/LetCopyRead': 'BringsWarehouse: the laptop makes its warehouse, with a role of the stack',
  'LoaderRole/ReadWarehouseSecret': "BringsSecret: the loader of the stack's own warehouse logs in with its role",
  'LoaderRole/WriteTraces': 'Traces: the laptop keeps no traces',
  'ReconcilerRole/ReadWarehouseSecret':
    "BringsSecret: the reconciler of the stack's own warehouse logs in with its role",
  'ReconcilerRole/WriteTraces': 'Traces: the laptop keeps no traces',
  'MigratorRole/WriteTraces': 'Traces: the laptop keeps no traces',
  'ProducerRole/WriteTraces': 'Traces: the laptop keeps no traces',
  'TransformerRole/WriteTraces': 'Traces: the laptop keeps no traces',
};

const arnOfTransformer = stack.resources.find(({ logicalId }) => logicalId === 'TransformerFunction')?.attributes.Arn;

/** Actions and resources that nothing on the laptop asks for, and who does. */
const unasked: Readonly<Record<string, string>> = {
  [`EventStreamRole/stream/Transform ${arnOfTransformer}`]:
    "Firehose's documented role names the function with and without a version; the laptop asks for the version alone",
  'MigratorRole/migrator/LimitUsage redshift-serverless:DeleteUsageLimit':
    "CloudFormation has the limit deleted with the stack, and when its period changes; a laptop's stack stays",
  'EventStreamRole/stream/WriteLake s3:AbortMultipartUpload':
    'Firehose writes large objects in parts; the laptop writes each whole',
  'EventStreamRole/stream/WriteLake s3:GetObject':
    "Firehose's documented role reads what it writes; no one here could see when",
  'ReconcilerRole/reconciler/FollowStatements redshift-data:DescribeStatement':
    'asked when a question takes longer than the call that puts it; on an empty laptop none does',
  'EventStreamRole/stream/SeeLake s3:ListBucketMultipartUploads':
    'Firehose looks for parts that it left; the laptop leaves none',
};

let laptop: InsideLaptop;
beforeAll(async () => {
  laptop = await bootInside();
});
afterAll(async () => {
  await laptop?.stop();
  stopLaptops();
});

let events = 0;
const nextId = (): string => `permission-${events++}`;
const post = (id: string): Promise<Response> =>
  fetch(`${laptop.url}/v1/events`, {
    method: 'POST',
    headers: { 'x-write-key': 'local-write-key', 'content-type': 'application/json' },
    body: JSON.stringify({ event_id: id, event_name: 'a' }),
  });

/** A flow once through: `try` starts it and does not care how it ends, `pass` waits until it has done its work. */
interface Flow {
  readonly try: () => unknown;
  readonly pass: () => Promise<void>;
}

const sendColdly = async (id: string): Promise<number> => {
  await laptop.cloud.inside.lambda.of('ProducerFunction').recycle();
  return (await post(id)).status;
};

const collect: Flow = {
  try: () => sendColdly(nextId()),
  pass: async () => expect(await sendColdly(nextId())).toBe(202),
};

const deliver: Flow = {
  try: async () => {
    await post(nextId());
    void laptop.cloud.inside.firehose.flush();
  },
  pass: async () => {
    const { firehose, redshift, mappings } = laptop.cloud.inside;
    const id = nextId();
    expect((await post(id)).status).toBe(202);
    await firehose.flush();
    void Promise.all(mappings.map((mapping) => mapping.drain()));
    const sql = `SELECT event_id FROM millrace.events WHERE event_id = '${id}'`;
    expect(
      await eventually(
        () => redshift.query(sql),
        (rows) => rows.length > 0,
      ),
    ).toHaveLength(1);
  },
};

const bucketOfLake = String(stack.ofType('AWS::S3::Bucket')[0]?.ref);

/** An object that is gone when the loader comes for it. */
const loseObject = async (): Promise<void> => {
  const { s3 } = laptop.cloud.inside;
  const key = `landed/${nextId()}.json.gz`;
  await s3.putObject({ bucket: bucketOfLake, key, body: gzipSync('') });
  s3.deleteObject(bucketOfLake, key);
};

/** A row comes later than its object, and the object may be what a try has left. */
const load: Flow = {
  try: async () => {
    await post(nextId());
    await laptop.cloud.inside.firehose.flush();
    await loseObject();
    void Promise.all(laptop.cloud.inside.mappings.map((mapping) => mapping.drain()));
  },
  pass: deliver.pass,
};

/** A check when there is an object of which nobody was told, by a reconciler that remembers to have queued it long ago. */
const fire = async (): Promise<void> => {
  const { s3, iam, schedules } = laptop.cloud.inside;
  const hour = new Date().toISOString().slice(0, 13).replace(/[-T]/g, '/');
  const key = `landed/${hour}/${nextId()}.json.gz`;
  const tellAgain = iam.suspend(find('LandedQueuePolicy/FromLake').statement);
  const { etag } = await s3.putObject({ bucket: bucketOfLake, key, body: gzipSync(`\n${key}`) });
  const state = JSON.stringify({ recheckAt: 1, requeued: { [`${key} ${etag}`]: 1 } });
  await s3.putObject({ bucket: bucketOfLake, key: 'state/reconciler.json', body: Buffer.from(state) });
  await Promise.all(schedules.map((schedule) => schedule.fire()));
  tellAgain();
};

const check: Flow = {
  try: fire,
  pass: async () => {
    const [before] = await laptop.cloud.inside.redshift.query(checks);
    await fire();
    const [after] = await laptop.cloud.inside.redshift.query(checks);
    expect(Number(after?.requeued)).toBeGreaterThan(Number(before?.requeued));
  },
};
const checks = 'SELECT COALESCE(SUM(objects_requeued), 0) AS requeued FROM millrace.reconciliations';

const migrate: Flow = {
  try: () => laptop.cloud.inside.customResources.run().catch(() => undefined),
  pass: () => laptop.cloud.inside.customResources.run(),
};

/** The laptop has no CloudWatch, so the test asks what CloudWatch would for each alarm that tells the topic. */
const alarm: Flow = {
  try: () => alarms().map(([name, access]) => [name, laptop.cloud.inside.iam.allows(cloudWatch, access)]),
  pass: async () => expect(alarm.try()).toEqual(alarms().map(([name]) => [name, true])),
};
const cloudWatch = toService('cloudwatch.amazonaws.com');
const alarms = (): (readonly [string, Access])[] =>
  stack.ofType('AWS::CloudWatch::Alarm').flatMap(({ ref, attributes, properties: { AlarmActions: topics } }) =>
    (Array.isArray(topics) ? topics : []).map((topic) => {
      const context = { 'aws:SourceArn': String(attributes.Arn), 'aws:SourceAccount': account };
      return [ref, { action: 'sns:Publish', resource: String(topic), context }] as const;
    }),
  );

const refersTo = (value: unknown, text: string): boolean =>
  Array.isArray(value) || isRecord(value)
    ? Object.values(value).some((each) => refersTo(each, text))
    : typeof value === 'string' && value.includes(text);
const eventTypes = ({ properties: { Events } }: Resource): readonly unknown[] =>
  Object.values(isRecord(Events) ? Events : {}).map((event) => (isRecord(event) ? event.Type : undefined));

/** The flow that a function is part of. */
const flowOfFunction = (resource: Resource): Flow | undefined => {
  const arn = String(resource.attributes.Arn);
  if (eventTypes(resource).includes('HttpApi')) return collect;
  if (eventTypes(resource).includes('SQS')) return load;
  if (eventTypes(resource).includes('Schedule')) return check;
  if (stack.resources.some(({ properties }) => properties.ServiceToken === arn)) return migrate;
  return stack.ofType('AWS::KinesisFirehose::DeliveryStream').some(({ properties }) => refersTo(properties, arn))
    ? deliver
    : undefined;
};

/** The flow that shows whether what hangs on this ARN is there, found by what the template does with it. */
const flowOf = (owner: string): Flow | undefined => {
  const functions = stack.ofType('AWS::Serverless::Function');
  const own = functions.find(({ properties, attributes }) => properties.Role === owner || attributes.Arn === owner);
  if (own !== undefined) return flowOfFunction(own);
  if (stack.ofType('AWS::KinesisFirehose::DeliveryStream').some(({ properties }) => refersTo(properties, owner)))
    return deliver;
  if (stack.ofType('AWS::SNS::Topic').some(({ ref }) => ref === owner)) return alarm;
  const warehouse = stack.ofType('AWS::RedshiftServerless::Namespace');
  const buckets = stack.ofType('AWS::S3::Bucket');
  return [...warehouse, ...buckets].some(({ properties }) => refersTo(properties, owner)) ? load : undefined;
};

/** Whether a statement by itself allows what somebody was asking for. */
const wouldAllow = ({ kind, statement }: PlacedStatement, { principal, access }: Decision): boolean =>
  evaluate({
    principal,
    access,
    identity: kind === 'identity' ? [statement] : [],
    resource: kind === 'identity' ? [] : [statement],
  }).allowed;

const isOf = ({ kind, owner }: PlacedStatement, { principal, access }: Decision): boolean => {
  if (kind === 'identity') return principal.kind === 'role' && principal.roleArn === owner;
  return kind === 'trust' ? access.resource === owner : principal.kind === 'service';
};

const find = (name: string): PlacedStatement => {
  const found = laptop.cloud.inside.iam.statements.find(({ statement }) => statement.name === name);
  if (found === undefined) throw new Error(`no statement ${name}`);
  return found;
};

/** Firehose has something to write into its log only when something else fails. */
const suspendWithTrouble = (placed: PlacedStatement): (() => void)[] => {
  const { iam } = laptop.cloud.inside;
  const isLog =
    flowOf(placed.owner) === deliver && placed.statement.actions.some(({ text }) => text === 'logs:PutLogEvents');
  const isStream = !stack
    .ofType('AWS::Serverless::Function')
    .some(({ properties }) => properties.Role === placed.owner);
  const trouble = iam.statements.filter(
    ({ owner, statement }) =>
      isLog && isStream && owner === placed.owner && statement.actions.some(({ text }) => text === 's3:PutObject'),
  );
  return [placed, ...trouble].map(({ statement }) => iam.suspend(statement));
};

describe('a run through the whole pipeline', () => {
  it('is allowed by the policies of the template alone: no function acts as the administrator', async () => {
    await migrate.pass();
    await collect.pass();
    await deliver.pass();
    await failToLoad();
    await failToTransform();
    await load.try();
    const denied = laptop.decisions.filter(({ answer }) => !answer.allowed);
    const before = laptop.decisions.length;
    await check.pass();
    // S3 is kept from telling of an object there.
    const later = laptop.decisions
      .slice(before)
      .filter(({ answer, principal }) => !answer.allowed && principal.kind === 'role');
    denied.push(...later);
    expect(denied.map(({ principal, access }) => `${principal.name} ${access.action} ${access.resource}`)).toEqual([]);
    const kinds = new Set(laptop.decisions.map(({ principal }) => principal.kind));
    expect([...kinds].sort()).toEqual(['role', 'service']);
    const roles = new Set(
      laptop.decisions.flatMap(({ principal }) => (principal.kind === 'role' ? [principal.roleArn] : [])),
    );
    expect([...roles].sort()).toEqual(
      stack
        .ofType('AWS::IAM::Role')
        .map(({ attributes }) => attributes.Arn)
        .sort(),
    );
  });

  /** An object that COPY refuses. */
  const failToLoad = async (): Promise<void> => {
    const { s3, mappings, redshift } = laptop.cloud.inside;
    const bucket = String(stack.ofType('AWS::S3::Bucket')[0]?.ref);
    await s3.putObject({
      bucket,
      key: 'landed/bad.json.gz',
      body: gzipSync(`{"kind":"event","event_id":"${'x'.repeat(200)}"}`),
    });
    void Promise.all(mappings.map((mapping) => mapping.drain()));
    const sql = 'SELECT object_key FROM millrace.load_errors';
    expect(
      await eventually(
        () => redshift.query(sql),
        (rows) => rows.length > 0,
      ),
    ).toHaveLength(1);
  };

  /** A record whose rows are more than a function can answer with. */
  const failToTransform = async (): Promise<void> => {
    const { firehose, s3 } = laptop.cloud.inside;
    const [stream] = firehose.streams();
    firehose.putRecord(stream?.stream.name ?? '', Buffer.from(`[${'1,'.repeat(200_000)}1]`));
    await firehose.flush();
    const bucket = stream?.stream.bucket ?? '';
    const { objects } = s3.listObjects({ bucket, prefix: 'failed/', delimiter: '', after: '', maxKeys: 10 });
    expect(objects).toHaveLength(1);
  };
});

describe('without one statement', () => {
  it.each(named('Allow').map(({ statement }) => statement.name))(
    '%s: what needs it is denied, and works again with it',
    async (name) => {
      const placed = find(name);
      const flow = flowOf(placed.owner);
      if (flow === undefined) throw new Error(`${placed.owner} takes part in no flow that this test knows`);
      const denial = laptop.next(
        (decision) => !decision.answer.allowed && isOf(placed, decision) && wouldAllow(placed, decision),
      );
      const restore = suspendWithTrouble(placed);
      try {
        const [{ answer }] = await Promise.all([denial, flow.try()]);
        expect(answer).toMatchObject({ allowed: false, by: undefined });
      } finally {
        for (const undo of restore) undo();
      }
      await flow.pass();
    },
  );

  it.each(named('Deny').map(({ statement }) => statement.name))(
    '%s denies what it is there for, whoever asks',
    (name) => {
      const { owner, statement } = find(name);
      const somehow = (pattern: string): string => pattern.replaceAll('*', 'something');
      const asked: Pick<Decision, 'principal' | 'access'>[] = laptop.decisions.filter(
        ({ access }) => access.resource === owner || access.resource.startsWith(`${owner}/`),
      );
      for (const { text: action } of statement.actions)
        for (const { text: resource } of statement.resources ?? [])
          asked.push({
            principal: administrator,
            access: {
              action: somehow(action),
              resource: somehow(resource),
              context: { 'aws:SecureTransport': 'true' },
            },
          });
      expect(asked).not.toEqual([]);
      for (const { principal, access } of asked) {
        const everything = { ...statement, effect: 'Allow' as const, conditions: [], principals: undefined };
        const insecure = { ...access, context: { ...access.context, 'aws:SecureTransport': 'false' } };
        const question = { principal, identity: [everything], resource: [statement] };
        expect(evaluate({ ...question, access: insecure })).toMatchObject({ allowed: false, by: { name } });
        expect(evaluate({ ...question, access })).toMatchObject({ allowed: true });
      }
    },
  );
});

describe('a denial', () => {
  const suspend = (name: string): (() => void) => laptop.cloud.inside.iam.suspend(find(name).statement);
  const read = (name: string): string => readFileSync(join(laptop.folder, 'logs', `${name}.log`), 'utf8');

  it('is told in /health and in the log, with who, what and on what', async () => {
    const restore = suspend('ProducerRole/producer/PutRecords');
    expect((await post(nextId())).status).toBe(503);
    restore();
    const message = new RegExp(
      `User: arn:aws:sts::000000000000:assumed-role/.+/millrace-local-producer is not authorized to perform: firehose:PutRecordBatch on resource: arn:aws:firehose:us-east-1:000000000000:deliverystream/${laptopStackName} because no identity-based policy allows the firehose:PutRecordBatch action$`,
    );
    const { stages } = laptop.cloud.health();
    expect(stages.find(({ name }) => name === 'producer')?.lastError?.message).toMatch(message);
    const told = await eventually(
      async () => read('laptop').split('\n'),
      (lines) => lines.some((line) => message.test(line)),
    );
    expect(told.filter((line) => message.test(line))).not.toEqual([]);
  });

  it('of its log loses the lines of a function, which works all the same', async () => {
    const lastLoad = async (): Promise<string> => {
      await deliver.pass();
      const sql = 'SELECT load_id FROM millrace.loads ORDER BY finished_at DESC, load_id LIMIT 1';
      return String((await laptop.cloud.inside.redshift.query(sql))[0]?.load_id);
    };
    const restore = suspend('LoaderRole/loader/WriteLogs');
    const lost = await lastLoad();
    restore();
    await eventually(
      async () => read(`${laptopStackName}-loader`).includes(await lastLoad()),
      (isThere) => isThere,
    );
    expect(read(`${laptopStackName}-loader`)).not.toContain(lost);
  });
});

describe('the policies', () => {
  /** `RESOURCE/SID` of every statement in the text of the template, under whatever condition. */
  const written = (value: unknown, path: readonly string[]): string[] => {
    if (!Array.isArray(value) && !isRecord(value)) return [];
    if (isRecord(value) && value.Effect !== undefined && value.Action !== undefined) {
      const isTrust = path.includes('AssumeRolePolicyDocument');
      return [`${path[0]}/${isTrust ? 'trust' : String(value.Sid ?? `without a Sid at ${path.join('.')}`)}`];
    }
    return Object.entries(value).flatMap(([key, each]) => written(each, [...path, key]));
  };

  it('have a statement that the laptop does not judge only under a condition that is off here', () => {
    const all = written(template.root.Resources, []);
    expect(new Set(all).size).toBe(all.length);
    const judged = new Set(
      statements.map(({ kind, statement }) => {
        const parts = statement.name.split('/');
        return `${parts[0]}/${kind === 'trust' ? 'trust' : parts.at(-1)}`;
      }),
    );
    expect(all.filter((name) => !judged.has(name)).sort()).toEqual(Object.keys(off).sort());
  });

  it('hold no action and no resource that nothing asks for, but those with a reason', () => {
    const found = named('Allow').flatMap((placed) => {
      const { statement } = placed;
      const parts: (readonly [string, Statement])[] = [
        ...statement.actions.map(
          (action) =>
            [action.text, { ...statement, actions: statement.actions.filter((each) => each !== action) }] as const,
        ),
        ...(statement.resources ?? []).map(
          (resource) =>
            [
              resource.text,
              { ...statement, resources: statement.resources?.filter((each) => each !== resource) },
            ] as const,
        ),
      ];
      return parts.filter(([, without]) => !isMissed(placed, without)).map(([text]) => `${statement.name} ${text}`);
    });
    expect(found.sort()).toEqual(Object.keys(unasked).sort());
  });

  /** Whether something that was allowed would not have been with this statement in place of the whole one. */
  const isMissed = (placed: PlacedStatement, without: Statement): boolean => {
    const others = statements.filter(({ owner, kind }) => owner === placed.owner && kind === placed.kind);
    const left = others.map(({ statement }) => (statement === placed.statement ? without : statement));
    return laptop.decisions
      .filter((decision) => decision.answer.allowed && isOf(placed, decision))
      .some(({ principal, access }) => {
        const isIdentity = placed.kind === 'identity';
        const question = { principal, access, identity: isIdentity ? left : [], resource: isIdentity ? [] : left };
        return (
          !evaluate(question).allowed &&
          wouldAllow(placed, { principal, access, answer: { allowed: true, by: without } })
        );
      });
  };
});

describe("a function's credentials", () => {
  it('open with any client what its role may, and nothing else', async () => {
    const { iam, lambda } = laptop.cloud.inside;
    const credentials = iam.credentialsOf(lambda.takeRole('ProducerFunction'));
    const settings = { region: 'us-east-1', endpoint: laptop.awsUrl, credentials, maxAttempts: 1 };
    const Records = [{ Data: Buffer.from(JSON.stringify({ event_id: nextId(), event_name: 'a' })) }];
    const put = new PutRecordBatchCommand({ DeliveryStreamName: laptopStackName, Records });
    expect((await new FirehoseClient(settings).send(put)).FailedPutCount).toBe(0);
    const get = new GetObjectCommand({
      Bucket: String(stack.ofType('AWS::S3::Bucket')[0]?.ref),
      Key: 'landed/bad.json.gz',
    });
    await expect(new S3Client({ ...settings, forcePathStyle: true }).send(get)).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringMatching(
        /^User: arn:aws:sts::000000000000:assumed-role\/.+\/millrace-local-producer is not authorized to perform: s3:GetObject/,
      ),
    });
  });
});
