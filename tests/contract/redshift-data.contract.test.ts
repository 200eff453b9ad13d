import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListDatabasesCommand,
  ListSchemasCommand,
  ListStatementsCommand,
  ListTablesCommand,
  paginateGetStatementResult,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAwsServer } from '#local/aws-server.ts';
import { systemClock } from '#local/clock.ts';
import { systemRandom } from '#local/random.ts';
import { createRedshiftDataService } from '#local/redshift/wire.ts';
import { createTestLake, openRedshift, role } from '../local/redshift/support.ts';
import { describeWire } from '../models/suite.ts';

const target = { WorkgroupName: 'millrace', Database: 'millrace' };
const lake = createTestLake();
const faults: unknown[] = [];
const stops: (() => Promise<void>)[] = [];
let client: RedshiftDataClient;
let operations: readonly string[];

beforeAll(async () => {
  const redshift = await openRedshift(lake, { clock: systemClock });
  const service = createRedshiftDataService(redshift);
  operations = Object.keys(service.operations);
  const server = createAwsServer({
    services: [service],
    s3: (_request, response) => void response.writeHead(404).end(),
    random: systemRandom,
    onError: (error) => void faults.push(error),
  });
  const port = await server.listen(0);
  client = new RedshiftDataClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  stops.push(() => server.close(0), redshift.close);
});
afterAll(async () => {
  client.destroy();
  for (const stop of stops) await stop();
  lake.remove();
  expect(faults).toEqual([]);
});

const execute = (Sql: string) => client.send(new ExecuteStatementCommand({ ...target, Sql, WaitTimeSeconds: 30 }));

describe('Redshift Data API through its SDK', () => {
  it('makes a table, loads it from the lake in one transaction, and reads it', async () => {
    lake.lines('landed/1.json.gz', [
      { id: 1, at: '2026-11-22T10:00:00.123Z', amount: '10.5', properties: { plan: 'pro' } },
      { id: 2 },
    ]);
    const batch = await client.send(
      new BatchExecuteStatementCommand({
        ...target,
        StatementName: 'load',
        Sqls: [
          'CREATE SCHEMA s',
          'CREATE TABLE s.t (id BIGINT NOT NULL, at TIMESTAMP, amount DECIMAL(18,4), properties SUPER)',
          `COPY s.t FROM '${lake.manifest(['landed/1.json.gz'])}' IAM_ROLE '${role}' FORMAT JSON 'auto' GZIP MANIFEST`,
          'SELECT pg_last_copy_count()',
        ],
        WaitTimeSeconds: 30,
      }),
    );
    expect(batch).toMatchObject({
      Id: expect.any(String),
      CreatedAt: expect.any(Date),
      Status: 'FINISHED',
      HasResultSet: true,
    });
    const description = await client.send(new DescribeStatementCommand({ Id: batch.Id }));
    expect(description.CreatedAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(description.SubStatements?.map(({ Id, Status, ResultRows }) => ({ Id, Status, ResultRows }))).toEqual([
      { Id: `${batch.Id}:1`, Status: 'FINISHED', ResultRows: 0 },
      { Id: `${batch.Id}:2`, Status: 'FINISHED', ResultRows: 0 },
      { Id: `${batch.Id}:3`, Status: 'FINISHED', ResultRows: 2 },
      { Id: `${batch.Id}:4`, Status: 'FINISHED', ResultRows: 1 },
    ]);
    const count = await client.send(new GetStatementResultCommand({ Id: `${batch.Id}:4` }));
    expect(count.Records).toEqual([[{ longValue: 2 }]]);

    const { Id } = await execute('SELECT id, at, amount, properties.plan, amount > 1 AS large FROM s.t ORDER BY id');
    const { Records, ColumnMetadata, TotalNumRows, NextToken } = await client.send(
      new GetStatementResultCommand({ Id }),
    );
    expect(Records).toEqual([
      [
        { longValue: 1 },
        { stringValue: '2026-11-22 10:00:00.123' },
        { stringValue: '10.5000' },
        { stringValue: '"pro"' },
        { booleanValue: true },
      ],
      [{ longValue: 2 }, { isNull: true }, { isNull: true }, { isNull: true }, { isNull: true }],
    ]);
    expect(ColumnMetadata?.map(({ name, typeName }) => [name, typeName])).toEqual([
      ['id', 'int8'],
      ['at', 'timestamp'],
      ['amount', 'numeric'],
      ['plan', 'super'],
      ['large', 'bool'],
    ]);
    expect([TotalNumRows, NextToken]).toEqual([2, undefined]);
  });

  it('pages through a long result', async () => {
    const { Id } = await execute(
      "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5000) SELECT i, REPEAT('x', 500) FROM c",
    );
    let [rows, pages] = [0, 0];
    for await (const page of paginateGetStatementResult({ client }, { Id })) {
      rows += page.Records?.length ?? 0;
      pages += 1;
    }
    expect(rows).toBe(5000);
    expect(pages).toBeGreaterThan(1);
  });

  it('answers a SQL error with success, and tells it when asked', async () => {
    const failed = await execute('SELECT * FROM s.nope');
    expect(failed.Status).toBe('FAILED');
    const description = await client.send(new DescribeStatementCommand({ Id: failed.Id, WaitTimeSeconds: 1 }));
    expect(description).toMatchObject({
      Status: 'FAILED',
      Error: 'ERROR: relation "s.nope" does not exist',
      HasResultSet: false,
    });
    expect(description.SubStatements).toBeUndefined();
  });

  it('refuses a bad request with the errors of the SDK', async () => {
    await expect(
      client.send(new ExecuteStatementCommand({ Sql: 'SELECT 1', Database: 'millrace' })),
    ).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'WorkgroupName is required.',
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
    await expect(
      client.send(new DescribeStatementCommand({ Id: '00000000-0000-4000-8000-000000000000' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException', ResourceId: '00000000-0000-4000-8000-000000000000' });
  });

  it('cancels what runs', async () => {
    const { Id } = await client.send(
      new ExecuteStatementCommand({
        ...target,
        Sql: 'WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100000000) SELECT MAX(i) FROM c',
      }),
    );
    expect(await client.send(new CancelStatementCommand({ Id }))).toMatchObject({ Status: true });
    expect(await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 20 }))).toMatchObject({
      Status: 'ABORTED',
    });
  });

  it('lists databases, schemas, statements and tables', async () => {
    const { Statements } = await client.send(new ListStatementsCommand({ StatementName: 'load' }));
    expect(Statements).toMatchObject([{ StatementName: 'load', IsBatchStatement: true, CreatedAt: expect.any(Date) }]);
    expect((await client.send(new ListDatabasesCommand(target))).Databases).toEqual(['millrace']);
    expect((await client.send(new ListSchemasCommand({ ...target, SchemaPattern: 's%' }))).Schemas).toEqual(['s']);
    const { Tables } = await client.send(new ListTablesCommand({ ...target, SchemaPattern: 's' }));
    expect(Tables).toEqual([{ name: 't', schema: 's', type: 'TABLE' }]);
    const { ColumnList } = await client.send(new DescribeTableCommand({ ...target, Schema: 's', Table: 't' }));
    expect(ColumnList?.map(({ name, typeName, nullable }) => [name, typeName, nullable])).toEqual([
      ['id', 'int8', 0],
      ['at', 'timestamp', 1],
      ['amount', 'numeric', 1],
      ['properties', 'super', 1],
    ]);
  });
});

describeWire('redshift-data', () => operations);
