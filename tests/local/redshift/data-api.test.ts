import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AwsError } from '#local/aws-error.ts';
import { administrator } from '#local/iam/principal.ts';
import type { Operation } from '#local/operations.ts';
import type { Redshift } from '#local/redshift/redshift.ts';
import { createRedshiftDataService } from '#local/redshift/wire.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';
import { createTestLake, errorOf, openRedshift, rowsOf, run, submit } from './support.ts';

const lake = createTestLake();
const clock = createVirtualClock();
let redshift: Redshift;
let operations: Readonly<Record<string, Operation>>;
const target = { WorkgroupName: 'millrace', Database: 'millrace' };
type Answer = Readonly<Record<string, unknown>>;

const call = async (name: string, input: Answer): Promise<Answer> => {
  const operation = operations[name];
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return parseAnswer(await operation(input, administrator));
};
const parseAnswer = (value: unknown): Answer => JSON.parse(JSON.stringify(value));
const execute = async (sql: string, more: Answer = {}): Promise<string> => {
  const answer = await call('ExecuteStatement', { ...target, Sql: sql, ...more });
  await redshift.idle();
  return String(answer.Id);
};
const refusal = async (name: string, input: Answer): Promise<[string, string]> => {
  try {
    await call(name, input);
  } catch (error) {
    if (error instanceof AwsError) return [error.code, error.message];
    throw error;
  }
  throw new Error(`${name} was not refused`);
};

beforeAll(async () => {
  redshift = await openRedshift(lake, {
    clock,
    maxActive: 3,
    maxResultsBytes: 200_000,
    maxResultBytes: 1_500_000,
  });
  operations = createRedshiftDataService(redshift).operations;
  await run(
    redshift,
    'CREATE SCHEMA millrace',
    'CREATE TABLE millrace.t (a INTEGER, v VARCHAR(20), d DECIMAL(18,4), at TIMESTAMP, s SUPER, f DOUBLE PRECISION, b BOOLEAN, n BIGINT)',
    'CREATE TABLE millrace.other (a INTEGER)',
  );
});
afterAll(async () => {
  await redshift.close();
  lake.remove();
});

describe('ExecuteStatement', () => {
  it('answers at once, and DescribeStatement tells how it went', async () => {
    const answer = await call('ExecuteStatement', { ...target, Sql: 'SELECT 1 AS one', StatementName: 'mine' });
    expect(answer).toMatchObject({
      ...target,
      Status: 'SUBMITTED',
      CreatedAt: clock.now() / 1000,
      HasResultSet: false,
    });
    await redshift.idle();
    const description = await call('DescribeStatement', { Id: answer.Id });
    expect(description).toMatchObject({
      Id: answer.Id,
      Status: 'FINISHED',
      HasResultSet: true,
      ResultRows: 1,
      QueryString: 'SELECT 1 AS one',
      RedshiftQueryId: expect.any(Number),
      Duration: 0,
      UpdatedAt: clock.now() / 1000,
    });
    expect(description).not.toHaveProperty('Error');
    expect(description).not.toHaveProperty('SubStatements');
  });

  it('reports a SQL error in DescribeStatement only', async () => {
    const id = await execute('SELECT * FROM millrace.nope');
    expect(await call('DescribeStatement', { Id: id })).toMatchObject({
      Status: 'FAILED',
      Error: 'ERROR: relation "millrace.nope" does not exist',
      HasResultSet: false,
    });
    expect(await refusal('GetStatementResult', { Id: id })).toEqual([
      'ResourceNotFoundException',
      expect.stringContaining('FAILED'),
    ]);
  });

  it('counts the rows that were changed', async () => {
    const id = await execute("INSERT INTO millrace.t (a, v) VALUES (1, 'x'), (2, 'y'), (3, 'z')");
    expect(await call('DescribeStatement', { Id: id })).toMatchObject({ ResultRows: 3, HasResultSet: false });
    expect(await refusal('GetStatementResult', { Id: id })).toEqual([
      'ValidationException',
      expect.stringContaining('does not have result'),
    ]);
  });

  it('binds parameters as values, never as anything else', async () => {
    const parameters = [
      { name: 'a', value: '2' },
      { name: 'v', value: "it's \\ :a" },
    ];
    const id = await execute('SELECT a::varchar(3) || :v, :a::int + 1 FROM millrace.t WHERE a = :a', {
      Parameters: parameters,
    });
    expect(await call('GetStatementResult', { Id: id })).toMatchObject({
      Records: [[{ stringValue: "2it's \\ :a" }, { longValue: 3 }]],
    });
    expect(await refusal('ExecuteStatement', { ...target, Sql: 'SELECT 1', Parameters: parameters })).toEqual([
      'ValidationException',
      expect.stringContaining('unused parameters. Unused parameters: [a, v]'),
    ]);
    expect(
      await refusal('ExecuteStatement', { ...target, Sql: 'SELECT :a, :b', Parameters: [{ name: 'a', value: '1' }] }),
    ).toEqual(['ValidationException', 'Missing parameters: [b]']);
    const table = await execute('SELECT * FROM :a', { Parameters: [{ name: 'a', value: 'millrace.t' }] });
    expect(await call('DescribeStatement', { Id: table })).toMatchObject({
      Status: 'FAILED',
      Error: expect.stringContaining('syntax error at or near ":a"'),
    });
  });

  it.each<[string, Answer, string]>([
    ['no workgroup', { WorkgroupName: undefined }, 'WorkgroupName is required.'],
    ['another workgroup', { WorkgroupName: 'other' }, "Redshift endpoint doesn't exist in this region."],
    ['another database', { Database: 'dev' }, 'FATAL: database "dev" does not exist'],
    ['a cluster', { ClusterIdentifier: 'c' }, "Redshift endpoint doesn't exist in this region."],
    ['an empty statement', { Sql: '  ' }, 'Sql must not be empty.'],
    [
      'too long a statement',
      { Sql: `SELECT '${'x'.repeat(100_000)}'` },
      'Cannot process query string larger than 100kB',
    ],
    ['too long a wait', { WaitTimeSeconds: 31 }, expect.stringContaining('between 1 and 30')],
  ])('refuses %s', async (_, input, message) => {
    expect(await refusal('ExecuteStatement', { ...target, Sql: 'SELECT 1', ...input })).toEqual([
      'ValidationException',
      message,
    ]);
  });

  it('takes the ARN of a workgroup for its name', async () => {
    const id = await execute('SELECT 1', {
      WorkgroupName:
        'arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/0a1b2c3d-0000-4000-8000-000000000000',
    });
    expect(await call('DescribeStatement', { Id: id })).toMatchObject({ Status: 'FINISHED' });
  });

  it('remembers a client token for eight hours', async () => {
    const request = { ClientToken: 'token-1' };
    const first = await execute('INSERT INTO millrace.other VALUES (1)', request);
    expect(await execute('INSERT INTO millrace.other VALUES (1)', request)).toBe(first);
    expect(await rowsOf(redshift, 'SELECT COUNT(*) FROM millrace.other')).toEqual([[1]]);
    expect(await refusal('ExecuteStatement', { ...target, Sql: 'SELECT 2', ...request })).toEqual([
      'ValidationException',
      'ClientToken was used for another request.',
    ]);
    await clock.advance(8 * 3_600_000 + 1);
    expect(await execute('INSERT INTO millrace.other VALUES (1)', request)).not.toBe(first);
  });

  it('tells WithEvent of the end', async () => {
    await execute('SELECT 1', { WithEvent: true, StatementName: 'watched' });
    await execute('SELECT 1');
    await execute('SELECT nope', { WithEvent: true });
    expect(redshift.events()).toMatchObject([
      {
        source: 'aws.redshift-data',
        'detail-type': 'Redshift Data Statement Status Change',
        resources: [redshift.workgroupArn],
        detail: {
          principal: administrator.name,
          statementName: 'watched',
          redshiftQueryId: expect.any(Number),
          state: 'FINISHED',
          rows: 1,
          expireAt: Math.floor(clock.now() / 1000) + 24 * 3600,
        },
      },
      { detail: { statementName: '', state: 'FAILED', rows: -1, redshiftQueryId: -1 } },
    ]);
  });
});

describe('GetStatementResult', () => {
  it('gives each value in the member that its type has', async () => {
    await run(
      redshift,
      'DELETE FROM millrace.t',
      "INSERT INTO millrace.t VALUES (1, 'x', 1.5, '2026-11-22 10:00:00.120', JSON_PARSE('{\"a\":\"b\"}'), 0.5, true, 9007199254740993), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)",
    );
    const id = await execute('SELECT *, COUNT(*) OVER () FROM millrace.t ORDER BY a');
    const operation = operations.GetStatementResult;
    const text = JSON.stringify(await operation?.({ Id: id }, administrator));
    expect(text).toContain('{"longValue":9007199254740993}');
    const { Records, ColumnMetadata, TotalNumRows } = parseAnswer(JSON.parse(text));
    expect(TotalNumRows).toBe(2);
    expect(Records).toEqual([
      [
        { longValue: 1 },
        { stringValue: 'x' },
        { stringValue: '1.5000' },
        { stringValue: '2026-11-22 10:00:00.12' },
        { stringValue: '{"a":"b"}' },
        { doubleValue: 0.5 },
        { booleanValue: true },
        { longValue: expect.any(Number) },
        { longValue: 2 },
      ],
      [...Array(8).fill({ isNull: true }), { longValue: 2 }],
    ]);
    expect(ColumnMetadata).toMatchObject([
      { name: 'a', typeName: 'int4', schemaName: 'millrace', tableName: 't' },
      { name: 'v', typeName: 'varchar', precision: 20 },
      { name: 'd', typeName: 'numeric', precision: 18, scale: 4 },
      { name: 'at', typeName: 'timestamp' },
      { name: 's', typeName: 'super' },
      { name: 'f', typeName: 'float8' },
      { name: 'b', typeName: 'bool' },
      { name: 'n', typeName: 'int8' },
      { name: 'count', typeName: 'int8' },
    ]);
  });

  it('comes in pages', async () => {
    const id = await execute(
      `WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1100) SELECT i, REPEAT('x', 1000) FROM c ORDER BY i`,
    );
    const first = await call('GetStatementResult', { Id: id });
    const second = await call('GetStatementResult', { Id: id, NextToken: first.NextToken });
    const [one, two] = [first.Records, second.Records].map((records) => (Array.isArray(records) ? records.length : 0));
    expect([first.TotalNumRows, (one ?? 0) + (two ?? 0)]).toEqual([1100, 1100]);
    expect(two).toBeGreaterThan(0);
    expect(second).not.toHaveProperty('NextToken');
    expect(await refusal('GetStatementResult', { Id: id, NextToken: 'nonsense' })).toEqual([
      'ValidationException',
      'NextToken is not valid.',
    ]);
  });

  it('is not kept when newer results need the room, nor beyond a day', async () => {
    const large = "SELECT REPEAT('x', 60000) UNION ALL SELECT REPEAT('y', 60000)";
    const old = await execute(large);
    await execute(large);
    expect(await refusal('GetStatementResult', { Id: old })).toEqual([
      'ResourceNotFoundException',
      expect.stringContaining('no longer kept'),
    ]);
    expect(await call('DescribeStatement', { Id: old })).toMatchObject({ Status: 'FINISHED' });
    await clock.advance(24 * 3_600_000 + 1);
    expect(await refusal('DescribeStatement', { Id: old })).toEqual([
      'ResourceNotFoundException',
      'Query does not exist.',
    ]);
  });

  it('has a largest size', async () => {
    const rows = (count: number): string =>
      `WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${count}) SELECT REPEAT('é', 32768) FROM c`;
    const error = async (sql: string): Promise<unknown> =>
      (await call('DescribeStatement', { Id: await execute(sql) })).Error;
    expect(await error(rows(20))).toBeUndefined();
    expect(await error(rows(30))).toBe('ERROR: Database response exceeded size limit: more than 1 MB');
    expect(await error("SELECT REPEAT('é', 32768) || 'e'")).toBe('ERROR: Packet for query is too large');
  });
});

describe('BatchExecuteStatement', () => {
  const batch = async (sqls: readonly string[], more: Answer = {}): Promise<Answer> => {
    const { Id } = await call('BatchExecuteStatement', { ...target, Sqls: sqls, ...more });
    await redshift.idle();
    return call('DescribeStatement', { Id });
  };

  it('numbers its statements and keeps the results of each', async () => {
    const description = await batch(['CREATE TEMP TABLE x AS SELECT 5 AS a', 'SELECT a FROM x', 'SELECT a + 1 FROM x']);
    expect(description).toMatchObject({ Status: 'FINISHED', HasResultSet: true, ExecutionMode: 'TRANSACTION' });
    expect(description.SubStatements).toMatchObject([
      { Id: `${description.Id}:1`, HasResultSet: false },
      { Id: `${description.Id}:2`, HasResultSet: true, ResultRows: 1, QueryString: 'SELECT a FROM x' },
      { Id: `${description.Id}:3`, HasResultSet: true },
    ]);
    expect(await call('GetStatementResult', { Id: `${description.Id}:3` })).toMatchObject({
      Records: [[{ longValue: 6 }]],
    });
    expect(await refusal('GetStatementResult', { Id: `${description.Id}:4` })).toEqual([
      'ResourceNotFoundException',
      'Query does not exist.',
    ]);
  });

  it('is all or nothing as a transaction, and each for itself with AUTO_COMMIT', async () => {
    const sqls = [
      'DELETE FROM millrace.other',
      'INSERT INTO millrace.other VALUES (1)',
      'SELECT nope',
      'INSERT INTO millrace.other VALUES (2)',
    ];
    await run(redshift, 'DELETE FROM millrace.other', 'INSERT INTO millrace.other VALUES (9)');
    expect(await batch(sqls)).toMatchObject({
      Status: 'FAILED',
      Error: expect.stringMatching(/^Query #3 failed with ERROR: column "nope"/),
    });
    expect(await rowsOf(redshift, 'SELECT a FROM millrace.other')).toEqual([[9]]);
    expect(await batch(sqls, { ExecutionMode: 'AUTO_COMMIT' })).toMatchObject({
      Status: 'FAILED',
      SubStatements: [{}, {}, { Status: 'FAILED' }, { Status: 'FINISHED' }],
    });
    expect(await rowsOf(redshift, 'SELECT a FROM millrace.other ORDER BY a')).toEqual([[1], [2]]);
  });

  it('ends its transaction at COMMIT and at TRUNCATE, and has no room for VACUUM', async () => {
    await batch([
      'DELETE FROM millrace.other',
      'INSERT INTO millrace.other VALUES (1)',
      'COMMIT',
      'INSERT INTO millrace.other VALUES (2)',
      'SELECT nope',
    ]);
    expect(await rowsOf(redshift, 'SELECT a FROM millrace.other')).toEqual([[1]]);
    await batch(['TRUNCATE millrace.other', 'SELECT nope']);
    expect(await rowsOf(redshift, 'SELECT a FROM millrace.other')).toEqual([]);
    expect(await batch(['INSERT INTO millrace.other VALUES (1)', 'VACUUM millrace.other'])).toMatchObject({
      Error: expect.stringContaining('VACUUM cannot run inside a transaction block'),
    });
    expect(
      await batch(['BEGIN', 'INSERT INTO millrace.other VALUES (3)', 'ROLLBACK', 'ANALYZE millrace.other']),
    ).toMatchObject({ Status: 'FINISHED' });
    expect(await rowsOf(redshift, 'SELECT a FROM millrace.other')).toEqual([]);
  });

  it('takes at most 40 statements', async () => {
    expect(await refusal('BatchExecuteStatement', { ...target, Sqls: Array(41).fill('SELECT 1') })).toEqual([
      'ValidationException',
      expect.stringContaining('40'),
    ]);
    expect(await refusal('BatchExecuteStatement', { ...target, Sqls: [] })).toEqual([
      'ValidationException',
      expect.any(String),
    ]);
  });
});

describe('concurrent statements', () => {
  /** Runs two transactions at once until they got into each other's way; one may have ended before the other began. */
  const untilTheyMeet = async (first: readonly string[], second: readonly string[]): Promise<readonly string[]> => {
    for (let attempt = 0; attempt < 50; attempt++) {
      const both = [submit(redshift, first), submit(redshift, second)];
      await redshift.idle();
      const errors = both.flatMap(({ error }) => (error === undefined ? [] : [error]));
      if (errors.length > 0) return errors;
    }
    return [];
  };

  it('wait at LOCK for the end of the other transaction, readers too, and are bounded in number', async () => {
    const holder = submit(redshift, [
      'LOCK millrace.other',
      'INSERT INTO millrace.other VALUES (100)',
      'SELECT MAX(a) FROM millrace.other',
    ]);
    const waiter = submit(redshift, ['LOCK TABLE millrace.other', 'SELECT COUNT(*) FROM millrace.other WHERE a = 100']);
    const reader = submit(redshift, ['SELECT COUNT(*) FROM millrace.other WHERE a = 100']);
    expect(redshift.stats()).toMatchObject({ queued: 3, oldest: clock.now() });
    expect(await refusal('ExecuteStatement', { ...target, Sql: 'SELECT 1' })).toEqual([
      'ActiveStatementsExceededException',
      expect.any(String),
    ]);
    await redshift.idle();
    expect([holder.status, waiter.status, reader.status]).toEqual(['FINISHED', 'FINISHED', 'FINISHED']);
    expect(waiter.parts[1]?.result?.rows).toEqual([[1n]]);
    expect(redshift.stats()).toMatchObject({ queued: 0, oldest: undefined });
  });

  it('end in "deadlock detected" when they wait for each other', async () => {
    const errors = await untilTheyMeet(
      ['LOCK millrace.t', 'SELECT COUNT(*) FROM millrace.t', 'LOCK millrace.other'],
      ['LOCK millrace.other', 'SELECT COUNT(*) FROM millrace.other', 'LOCK millrace.t'],
    );
    expect(errors).toEqual([expect.stringContaining('deadlock detected')]);
  });

  it('fail with 1023 when another transaction changed the same row first', async () => {
    await run(redshift, 'DELETE FROM millrace.other', 'INSERT INTO millrace.other VALUES (1)');
    const change = ['SELECT COUNT(*) FROM millrace.other', 'UPDATE millrace.other SET a = a + 1'];
    const errors = await untilTheyMeet(change, change);
    expect(errors).toEqual([expect.stringMatching(/^Query #2 failed with ERROR: 1023/)]);
  });

  it('stop when they are cancelled, waiting or working, and are rolled back', async () => {
    const holder = submit(redshift, [
      'LOCK millrace.other',
      'INSERT INTO millrace.other VALUES (55)',
      'WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100000000) SELECT MAX(i) FROM c',
    ]);
    const waiter = submit(redshift, ['LOCK millrace.other']);
    while (holder.parts[2]?.status !== 'STARTED') await new Promise((resolve) => setTimeout(resolve, 5));
    await call('CancelStatement', { Id: waiter.id });
    expect(await call('CancelStatement', { Id: holder.id })).toEqual({ Status: true });
    await redshift.idle();
    expect([holder.status, waiter.status]).toEqual(['ABORTED', 'ABORTED']);
    expect(await rowsOf(redshift, 'SELECT COUNT(*) FROM millrace.other WHERE a = 55')).toEqual([[0]]);
    expect(await refusal('CancelStatement', { Id: holder.id })).toEqual([
      'ValidationException',
      expect.stringContaining('already in ABORTED state'),
    ]);
  });
});

describe('waiting', () => {
  it('ends with the statement, or with the seconds of the clock', async () => {
    const quick = await call('ExecuteStatement', { ...target, Sql: 'SELECT 1', WaitTimeSeconds: 30 });
    expect(quick).toMatchObject({ Status: 'FINISHED', HasResultSet: true });
    expect(clock.pending()).toBe(0);
    const { Id } = await call('ExecuteStatement', {
      ...target,
      Sql: 'WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100000000) SELECT MAX(i) FROM c',
    });
    const description = call('DescribeStatement', { Id, WaitTimeSeconds: 5 });
    await clock.advance(5_000);
    const { Status } = await description;
    await call('CancelStatement', { Id });
    await redshift.idle();
    expect(Status).toMatch(/^(PICKED|STARTED)$/);
  });
});

describe('the lists', () => {
  it('show statements newest first, by status and name', async () => {
    await execute('SELECT 1', { StatementName: 'list-a' });
    await clock.advance(1);
    await execute('SELECT nope', { StatementName: 'list-b' });
    const named = await call('ListStatements', { StatementName: 'list-' });
    expect(named).toMatchObject({
      Statements: [
        { StatementName: 'list-b', Status: 'FAILED' },
        { StatementName: 'list-a', QueryString: 'SELECT 1', IsBatchStatement: false },
      ],
    });
    expect(await call('ListStatements', { StatementName: 'list-', Status: 'FINISHED' })).toMatchObject({
      Statements: [{ StatementName: 'list-a' }],
    });
    const page = await call('ListStatements', { StatementName: 'list-', MaxResults: 1 });
    expect(await call('ListStatements', { StatementName: 'list-', NextToken: page.NextToken })).toMatchObject({
      Statements: [{ StatementName: 'list-a' }],
    });
  });

  it('show databases, schemas, tables and columns', async () => {
    expect(await call('ListDatabases', target)).toEqual({ Databases: ['millrace'] });
    expect(await call('ListSchemas', { ...target, SchemaPattern: 'mill%' })).toEqual({ Schemas: ['millrace'] });
    expect(await call('ListTables', { ...target, SchemaPattern: 'millrace', TablePattern: 'o%' })).toEqual({
      Tables: [{ name: 'other', schema: 'millrace', type: 'TABLE' }],
    });
    expect(await call('DescribeTable', { ...target, Schema: 'millrace', Table: 'other' })).toMatchObject({
      TableName: 'other',
      ColumnList: [{ name: 'a', typeName: 'int4' }],
    });
  });
});

it('rejects a query of this process with the error of the statement', async () => {
  expect(await errorOf(redshift, 'SELECT nope')).toContain('column "nope" does not exist');
  expect(await redshift.query('SELECT 1 AS a, 2.50 AS b, 9007199254740993 AS c, NULL AS d')).toEqual([
    { a: 1, b: '2.50', c: '9007199254740993', d: null },
  ]);
});
