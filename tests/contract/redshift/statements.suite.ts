import { randomUUID } from 'node:crypto';
import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  ListStatementsCommand,
} from '@aws-sdk/client-redshift-data';
import { beforeAll, describe, expect, it } from 'vitest';
import { batch, endless, execute, type Place, type PlaceOf, prepare, query } from './place.ts';

/** ExecuteStatement, BatchExecuteStatement, DescribeStatement, CancelStatement and ListStatements. */
export const statementRules = (placeOf: PlaceOf): void => {
  let place: Place;
  let table: string;
  beforeAll(async () => {
    place = placeOf();
    table = `${place.schema}.statements`;
    await prepare(place, `CREATE TABLE ${table} (a INTEGER, v VARCHAR(20))`);
  });
  const count = async (condition: string): Promise<unknown> =>
    (await query(place, `SELECT COUNT(*) FROM ${table} WHERE ${condition}`))[0]?.[0];

  describe('a statement ("ExecuteStatement", "DescribeStatement", Amazon Redshift Data API Reference)', () => {
    it('is answered before it is over, and goes SUBMITTED, PICKED, STARTED', async () => {
      const { client, target } = place;
      const answer = await client.send(new ExecuteStatementCommand({ ...target, Sql: endless }));
      expect(answer).toMatchObject({ Id: expect.any(String), CreatedAt: expect.any(Date), Database: target.Database });
      const { Status } = await client.send(new DescribeStatementCommand({ Id: answer.Id }));
      expect(['SUBMITTED', 'PICKED', 'STARTED']).toContain(Status);
      expect(await client.send(new CancelStatementCommand({ Id: answer.Id }))).toMatchObject({ Status: true });
    });

    it('tells of its run: rows, size, time, process and query', async () => {
      const sql = 'SELECT 1 AS one UNION ALL SELECT 2';
      expect(await execute(place, sql, { StatementName: 'told' })).toMatchObject({
        ...{ Status: 'FINISHED', HasResultSet: true, ResultRows: 2, ResultFormat: 'JSON', QueryString: sql },
        ...{ Duration: expect.any(Number), RedshiftPid: expect.any(Number), RedshiftQueryId: expect.any(Number) },
        ...{ ResultSize: expect.any(Number), CreatedAt: expect.any(Date), UpdatedAt: expect.any(Date) },
      });
    });

    it('counts the rows that it changed, and has no result set then', async () => {
      const description = await execute(place, `INSERT INTO ${table} VALUES (1, 'x'), (2, 'y')`);
      expect(description).toMatchObject({ Status: 'FINISHED', HasResultSet: false, ResultRows: 2 });
    });

    it('that is wrong is taken in, and fails with its error', async () => {
      const description = await execute(place, `SELECT * FROM ${place.schema}.nowhere`);
      expect(description).toMatchObject({ Status: 'FAILED', HasResultSet: false });
      expect(description.Error).toMatch(/^ERROR: relation ".*nowhere" does not exist/);
    });

    it('stops when it is cancelled, and cannot be cancelled once it is over', async () => {
      const { client, target } = place;
      const { Id } = await client.send(new ExecuteStatementCommand({ ...target, Sql: endless }));
      await client.send(new CancelStatementCommand({ Id }));
      const { Status } = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
      expect(Status).toBe('ABORTED');
      await expect(client.send(new CancelStatementCommand({ Id }))).rejects.toMatchObject({
        name: 'ValidationException',
      });
    });

    it('that nobody submitted is not found', async () => {
      const Id = randomUUID();
      await expect(place.client.send(new DescribeStatementCommand({ Id }))).rejects.toMatchObject({
        ...{ name: 'ResourceNotFoundException', ResourceId: Id },
      });
    });

    it('under a client token is run once', async () => {
      const request = { ...place.target, Sql: `INSERT INTO ${table} VALUES (7, 'once')`, ClientToken: randomUUID() };
      const first = await place.client.send(new ExecuteStatementCommand({ ...request, WaitTimeSeconds: 30 }));
      const again = await place.client.send(new ExecuteStatementCommand({ ...request, WaitTimeSeconds: 30 }));
      expect([again.Id, await count("v = 'once'")]).toEqual([first.Id, 1]);
    });
  });

  describe('parameters ("Using the Data API", parameterized statements)', () => {
    const parameters = [{ name: 'v', value: "it's :v" }];

    it('are values, cast as the place wants them', async () => {
      await execute(place, `INSERT INTO ${table} VALUES (:a, :v)`, {
        Parameters: [{ name: 'a', value: '42' }, ...parameters],
      });
      expect(await query(place, `SELECT v FROM ${table} WHERE a = 42`)).toEqual([["it's :v"]]);
    });

    it('are shared by the statements of a batch, each used by one at least', async () => {
      const sqls = [`INSERT INTO ${table} VALUES (43, :v)`, `SELECT COUNT(*) FROM ${table} WHERE v = :v`];
      expect(await batch(place, sqls, { Parameters: parameters })).toMatchObject({ Status: 'FINISHED' });
    });

    it.each([
      ['unused', 'SELECT 1', parameters],
      ['empty', 'SELECT :v', [{ name: 'v', value: '' }]],
    ])('are refused when one is %s', async (_, Sql, Parameters) => {
      await expect(
        place.client.send(new ExecuteStatementCommand({ ...place.target, Sql, Parameters })),
      ).rejects.toMatchObject({ name: 'ValidationException' });
    });
  });

  describe('a batch ("BatchExecuteStatement", Amazon Redshift Data API Reference)', () => {
    it('numbers its statements from 1, and runs them on one connection', async () => {
      const description = await batch(place, ['CREATE TEMP TABLE x AS SELECT 5 AS a', 'SELECT a FROM x']);
      expect(description).toMatchObject({ Status: 'FINISHED', HasResultSet: true });
      expect(description.SubStatements).toMatchObject([
        { Id: `${description.Id}:1`, Status: 'FINISHED', HasResultSet: false },
        { Id: `${description.Id}:2`, Status: 'FINISHED', HasResultSet: true, ResultRows: 1 },
      ]);
    });

    it('is all or nothing', async () => {
      const sqls = [`INSERT INTO ${table} VALUES (50, 'all')`, "SELECT CAST('many' AS INTEGER)", 'SELECT 1'];
      expect(await batch(place, sqls)).toMatchObject({ Status: 'FAILED' });
      expect(await count('a = 50')).toBe(0);
    });

    it('in AUTO_COMMIT mode keeps what went well', async () => {
      const sqls = [`INSERT INTO ${table} VALUES (51, 'auto')`, "SELECT CAST('many' AS INTEGER)"];
      const description = await batch(place, sqls, { ExecutionMode: 'AUTO_COMMIT' });
      expect(description).toMatchObject({ ExecutionMode: 'AUTO_COMMIT' });
      expect(description.SubStatements?.map(({ Status }) => Status)).toEqual(['FINISHED', 'FAILED']);
      expect(await count('a = 51')).toBe(1);
    });

    it('holds 40 statements and no more', async () => {
      const { client, target } = place;
      const of = (length: number) =>
        new BatchExecuteStatementCommand({ ...target, Sqls: Array<string>(length).fill('SELECT 1') });
      expect((await client.send(of(40))).Id).toBeDefined();
      await expect(client.send(of(41))).rejects.toMatchObject({ name: 'ValidationException' });
    });
  });

  describe('a request is refused ("ExecuteStatement"; "Considerations when calling the Data API")', () => {
    it.each<[string, Partial<ExecuteStatementCommandInput>]>([
      ['for a statement of more than 100 KB', { Sql: `SELECT '${'x'.repeat(102_400)}'` }],
      ['for a wait of more than 30 seconds', { WaitTimeSeconds: 31 }],
      ['for a session of more than a day', { SessionKeepAliveSeconds: 86_401 }],
      ['for a long client token', { ClientToken: 'x'.repeat(65) }],
      ['for a long name', { StatementName: 'x'.repeat(2_049) }],
      ['for no parameters at all', { Parameters: [] }],
    ])('%s', async (_, input) => {
      await expect(
        place.client.send(new ExecuteStatementCommand({ ...place.target, Sql: 'SELECT 1', ...input })),
      ).rejects.toMatchObject({ name: 'ValidationException', $metadata: { httpStatusCode: 400 } });
    });
  });

  describe('the list ("ListStatements", Amazon Redshift Data API Reference)', () => {
    it('has the statements of a name, newest first, by status and page', async () => {
      const name = `list-${randomUUID()}`;
      await execute(place, 'SELECT 1', { StatementName: `${name}-a` });
      await execute(place, 'SELECT nowhere', { StatementName: `${name}-b` });
      await batch(place, ['SELECT 2', 'SELECT 3'], { StatementName: `${name}-c` });
      const list = async (input: ListStatementsCommand['input']) => {
        const { Statements, NextToken } = await place.client.send(
          new ListStatementsCommand({ StatementName: name, ...input }),
        );
        return { names: Statements?.map(({ StatementName }) => StatementName?.slice(-1)), Statements, NextToken };
      };
      const all = await list({});
      expect(all.names).toEqual(['c', 'b', 'a']);
      expect(all.Statements?.[0]).toMatchObject({ IsBatchStatement: true, QueryStrings: ['SELECT 2', 'SELECT 3'] });
      expect(all.Statements?.[2]).toMatchObject({ IsBatchStatement: false, QueryString: 'SELECT 1' });
      expect((await list({ Status: 'FAILED' })).names).toEqual(['b']);
      expect((await list({ Database: 'nowhere' })).names).toEqual([]);
      const first = await list({ MaxResults: 2 });
      expect([first.names, (await list({ NextToken: first.NextToken })).names]).toEqual([['c', 'b'], ['a']]);
    });
  });
};
