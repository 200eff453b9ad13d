import { readFileSync } from 'node:fs';
import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWarehouse } from '#aws/redshift.ts';
import { createBucket } from '#aws/s3.ts';
import { createHandler } from '#functions/loader/handler.ts';
import { readNotices } from '#functions/loader/landed-objects.ts';
import { context, createTally, quietLog } from './support.ts';

const redshift = mockClient(RedshiftDataClient);
const s3 = mockClient(S3Client);
/** What the last run of the handler emitted. */
let counted = createTally();

const record = (messageId: string, body: unknown): SQSRecord => ({
  messageId,
  receiptHandle: messageId,
  body: typeof body === 'string' ? body : JSON.stringify(body),
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1',
    SenderId: 's',
    ApproximateFirstReceiveTimestamp: '1',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:landed',
  awsRegion: 'us-east-1',
});

const landed = (messageId: string, key: string): SQSRecord =>
  record(messageId, { Records: [{ s3: { bucket: { name: 'lake' }, object: { key, size: 10, eTag: `e-${key}` } } }] });

const run = async (records: readonly SQSRecord[], remainingMs = 60_000) => {
  counted = createTally();
  const event: SQSEvent = { Records: [...records] };
  return createHandler({
    config: {
      lakeBucket: 'lake',
      workgroup: 'wg',
      cluster: undefined,
      database: 'db',
      secretArn: undefined,
      copyRoleArn: 'arn:aws:iam::1:role/copy',
      dedupeDays: 7,
    },
    bucket: createBucket('lake', new S3Client({ region: 'us-east-1' })),
    warehouse: createWarehouse(
      { workgroup: 'wg', cluster: undefined, database: 'db', secretArn: undefined },
      new RedshiftDataClient({ region: 'us-east-1' }),
    ),
    clock: Date.now,
    pause: async () => false,
    logger: quietLog,
    metrics: counted.meter,
  })(event, context(remainingMs));
};

/** A warehouse whose ledger holds `ledger` and which refuses every transaction that names `bad`. */
const serve = (ledger: Set<string>, bad?: string) => {
  const ended = new Map<string, { status: string; error?: string; rows?: string[][] }>();
  redshift.on(ExecuteStatementCommand).callsFake(({ Sql }) => {
    const id = `q${ended.size}`;
    const keys = [...String(Sql).matchAll(/'([^']+)'/g)].map(([, key = '']) => key);
    ended.set(id, { status: 'FINISHED', rows: keys.filter((key) => ledger.has(key)).map((key) => [key]) });
    return { Id: id, Status: 'FINISHED' };
  });
  redshift.on(BatchExecuteStatementCommand).callsFake(({ Sqls }) => {
    const id = `b${ended.size}`;
    const fails = bad !== undefined && String(Sqls[1]).includes(bad);
    ended.set(
      id,
      fails
        ? {
            status: 'FAILED',
            error: "Load into table 'staging' failed. Check 'sys_load_error_detail' system table for details.",
          }
        : { status: 'FINISHED', rows: [['3', '2', '1', '0', '40']] },
    );
    if (!fails) for (const [, key = ''] of String(Sqls[1]).matchAll(/'([^']+)'/g)) ledger.add(key);
    return { Id: id, Status: 'STARTED' };
  });
  redshift.on(DescribeStatementCommand).callsFake(({ Id }) => {
    const statement = ended.get(Id);
    return { Id, Status: statement?.status, Error: statement?.error, HasResultSet: true };
  });
  redshift.on(GetStatementResultCommand).callsFake(({ Id }) => {
    const rows = ended.get(String(Id).split(':')[0] ?? '')?.rows ?? [];
    return { Records: rows.map((row) => row.map((stringValue) => ({ stringValue }))) };
  });
};

const batches = (): string[][] =>
  redshift.commandCalls(BatchExecuteStatementCommand).map(({ args }) => args[0].input.Sqls ?? []);
const manifests = (): unknown[] =>
  s3.commandCalls(PutObjectCommand).map(({ args }) => JSON.parse(String(args[0].input.Body)));

beforeEach(() => {
  redshift.reset();
  s3.reset();
});

describe('loader', () => {
  it('is done when another load brought all of its objects while it was under way', async () => {
    const ledger = new Set<string>();
    serve(ledger);
    redshift.on(BatchExecuteStatementCommand).callsFake(({ Sqls }) => {
      for (const [, key = ''] of String(Sqls[1]).matchAll(/'([^']+)'/g)) ledger.add(key);
      return { Id: 'late', Status: 'FAILED' };
    });
    redshift.on(DescribeStatementCommand, { Id: 'late' }).resolves({
      Id: 'late',
      Status: 'FAILED',
      Error: 'Query #2 failed with ERROR: invalid input syntax for integer',
    });
    expect(await run([landed('m1', 'landed/a.json.gz'), landed('m2', 'landed/b.json.gz')])).toEqual({
      batchItemFailures: [],
    });
    const asked = redshift.commandCalls(ExecuteStatementCommand).map(({ args }) => String(args[0].input.Sql));
    expect(asked.filter((sql) => sql.includes('IN ()'))).toEqual([]);
    expect(batches()).toHaveLength(1);
  });

  it('loads a batch with one manifest and one transaction, LOCK first', async () => {
    serve(new Set());
    expect(await run([landed('m1', 'landed/a.json.gz'), landed('m2', 'landed/b%27+c.json.gz')])).toEqual({
      batchItemFailures: [],
    });
    expect(manifests()).toEqual([
      {
        entries: [
          { url: 's3://lake/landed/a.json.gz', mandatory: true },
          { url: "s3://lake/landed/b' c.json.gz", mandatory: true },
        ],
      },
    ]);
    const [statements = []] = batches();
    expect(statements[0]).toContain('LOCK millrace.load_lock');
    expect(statements.findIndex((sql) => sql.includes('COPY staging'))).toBe(3);
    expect(statements.join('\n')).toContain("'landed/b'' c.json.gz'");
    expect(statements.join('\n')).not.toContain('{{');
  });

  it('gives the same objects the same load id in any order', async () => {
    serve(new Set());
    await run([landed('m1', 'landed/a'), landed('m2', 'landed/b')]);
    serve(new Set());
    await run([landed('m2', 'landed/b'), landed('m1', 'landed/a')]);
    const names = redshift.commandCalls(BatchExecuteStatementCommand).map(({ args }) => args[0].input.StatementName);
    expect(new Set(names).size).toBe(1);
  });

  it('loads the good objects of a batch and hands back the bad one alone, with its error written down', async () => {
    serve(new Set(), 'landed/bad');
    const records = ['a', 'b', 'bad', 'c', 'd'].map((name) => landed(`m-${name}`, `landed/${name}`));
    expect(await run(records)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-bad' }] });
    const written = redshift.commandCalls(ExecuteStatementCommand).map(({ args }) => args[0].input.Sql ?? '');
    expect(written.filter((sql) => sql.includes('load_errors') && sql.includes('sys_load_error_detail'))).toHaveLength(
      1,
    );
  });

  it('loads the good objects when the error of the bad one cannot be written down', async () => {
    const ledger = new Set<string>();
    serve(ledger, 'landed/a-bad');
    redshift.on(ExecuteStatementCommand).callsFake(({ Sql }) => {
      if (!String(Sql).includes('object_name'))
        throw Object.assign(new Error('denied'), { name: 'ValidationException' });
      return { Id: 'lookup', Status: 'FINISHED' };
    });
    const answer = await run(['a-bad', 'b'].map((name) => landed(name, `landed/${name}`)));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'a-bad' }] });
    expect([...ledger]).toContain('landed/b');
  });

  it('hands all messages back at once when no row is to blame', async () => {
    serve(new Set(), 'landed/c');
    const describe = (Id: string) => ({
      Id,
      Status: Id.startsWith('b') ? 'FAILED' : 'FINISHED',
      Error: 'not authorized to assume IAM Role',
    });
    redshift.on(DescribeStatementCommand).callsFake(({ Id }) => describe(Id));
    const records = ['a', 'b', 'c'].map((name) => landed(name, `landed/${name}`));
    expect((await run(records)).batchItemFailures).toHaveLength(3);
    expect(batches()).toHaveLength(1);
  });

  it('loads an object again that was rewritten under the same key', async () => {
    serve(new Set(['landed/a another-etag']));
    await run([landed('m1', 'landed/a')]);
    expect(manifests()).toHaveLength(1);
  });

  it('hands back a key that no statement can name, and loads its neighbours', async () => {
    serve(new Set());
    const records = [landed('bad', 'landed/b%5Cc'), landed('control', 'landed/b%0Ac'), landed('good', 'landed/a')];
    const failures = [{ itemIdentifier: 'bad' }, { itemIdentifier: 'control' }];
    expect(await run(records)).toEqual({ batchItemFailures: failures });
    expect(manifests()).toHaveLength(1);
  });

  it('hands messages back while the statement is still running at the deadline', async () => {
    serve(new Set());
    redshift.on(DescribeStatementCommand).resolves({ Status: 'STARTED' });
    expect(await run([landed('m1', 'landed/a')], 5500)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  });

  it('fails the invocation when the warehouse cannot be reached', async () => {
    redshift
      .on(BatchExecuteStatementCommand)
      .rejects(Object.assign(new Error('down'), { name: 'InternalServerException' }));
    await expect(run([landed('m1', 'landed/a')])).rejects.toMatchObject({
      code: 'InternalServerException',
      retryable: true,
    });
  });

  it('counts what a load brought and how old it was', async () => {
    serve(new Set());
    await run([landed('m1', 'landed/a'), landed('m2', 'landed/b')]);
    const { LoadDuration: duration, ...others } = counted.tally;
    expect(duration).toEqual([expect.any(Number)]);
    const rows = { RowsLoaded: [2], RowsDuplicate: [1], Freshness: [40] };
    expect(others).toEqual({ ObjectsLoaded: [2], ...rows, LoadsFailed: [0] });
  });

  it('says nothing of the age of a load without rows', async () => {
    serve(new Set());
    const none = [{ longValue: 0 }, { longValue: 0 }, { longValue: 0 }, { longValue: 0 }, { isNull: true }];
    redshift
      .on(GetStatementResultCommand)
      .resolvesOnce({ Records: [] })
      .resolves({ Records: [none] });
    await run([landed('m1', 'landed/a')]);
    expect(counted.tally).toMatchObject({ ObjectsLoaded: [1], RowsLoaded: [0] });
    expect(counted.tally).not.toHaveProperty('Freshness');
  });

  it('counts one failed load for a run that leaves objects behind, and the loads that went well', async () => {
    serve(new Set(), 'landed/bad');
    await run(['a', 'bad', 'c'].map((name) => landed(name, `landed/${name}`)));
    expect(counted.tally).toMatchObject({ LoadsFailed: [1], ObjectsLoaded: [1, 1] });
  });

  it('counts a failed load when the warehouse cannot be reached', async () => {
    redshift
      .on(BatchExecuteStatementCommand)
      .rejects(Object.assign(new Error('down'), { name: 'InternalServerException' }));
    await expect(run([landed('m1', 'landed/a')])).rejects.toThrow();
    expect(counted.tally).toEqual({ LoadsFailed: [1] });
  });

  it("acknowledges S3's test message and hands back what is no notification", async () => {
    serve(new Set());
    const records = [record('t', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'lake' }), record('x', 'junk')];
    expect(await run(records)).toEqual({ batchItemFailures: [{ itemIdentifier: 'x' }] });
    expect(redshift.calls()).toHaveLength(0);
  });

  it("reads AWS's own sample of an S3 notification inside SQS", () => {
    const sample = JSON.parse(readFileSync(new URL('../../events/loader/aws-s3-in-sqs.json', import.meta.url), 'utf8'));
    const { objects, unreadable } = readNotices(sample);
    expect(unreadable).toEqual([]);
    expect(objects).toHaveLength(1);
    expect(objects[0]?.key).not.toBe('');
  });

  it('tells an object once, however many messages tell of it', () => {
    const { objects } = readNotices({ Records: [landed('m1', 'landed/a'), landed('m2', 'landed/a')] });
    expect(objects).toMatchObject([{ key: 'landed/a', messageIds: ['m1', 'm2'] }]);
  });
});
