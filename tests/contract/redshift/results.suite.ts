import {
  DescribeTableCommand,
  GetStatementResultCommand,
  GetStatementResultV2Command,
  ListDatabasesCommand,
  ListSchemasCommand,
  ListTablesCommand,
  paginateGetStatementResult,
} from '@aws-sdk/client-redshift-data';
import { beforeAll, describe, expect, it } from 'vitest';
import { batch, execute, type Place, type PlaceOf, prepare } from './place.ts';

/** GetStatementResult, GetStatementResultV2 and the lists of what a database holds. */
export const resultRules = (placeOf: PlaceOf): void => {
  let place: Place;
  beforeAll(async () => {
    place = placeOf();
    const { schema } = place;
    await prepare(
      place,
      `CREATE TABLE ${schema}.results (id BIGINT NOT NULL, at TIMESTAMP, amount DECIMAL(18,4), is_large BOOLEAN, weight DOUBLE PRECISION, name VARCHAR(20) DEFAULT 'none', properties SUPER)`,
      `CREATE VIEW ${schema}.results_view AS SELECT id, amount FROM ${schema}.results`,
      `INSERT INTO ${schema}.results VALUES (1, '2026-11-22 10:00:00.123', 10.5, true, 0.5, 'a "b", c', JSON_PARSE('{"a":[1]}'))`,
      `INSERT INTO ${schema}.results (id, name) VALUES (2, NULL)`,
    );
  });

  describe('a result ("GetStatementResult", Amazon Redshift Data API Reference)', () => {
    it('has each value in the member of its type, and NULL as isNull', async () => {
      const { Id } = await execute(place, `SELECT * FROM ${place.schema}.results ORDER BY id`);
      const result = await place.client.send(new GetStatementResultCommand({ Id }));
      expect(result.Records).toEqual([
        [
          ...[{ longValue: 1 }, { stringValue: '2026-11-22 10:00:00.123' }, { stringValue: '10.5000' }],
          ...[{ booleanValue: true }, { doubleValue: 0.5 }, { stringValue: 'a "b", c' }, { stringValue: '{"a":[1]}' }],
        ],
        [{ longValue: 2 }, ...Array(6).fill({ isNull: true })],
      ]);
      expect(result.ColumnMetadata?.map(({ name, typeName }) => [name, typeName])).toEqual([
        ...[
          ['id', 'int8'],
          ['at', 'timestamp'],
          ['amount', 'numeric'],
          ['is_large', 'bool'],
        ],
        ...[
          ['weight', 'float8'],
          ['name', 'varchar'],
          ['properties', 'super'],
        ],
      ]);
      expect([result.TotalNumRows, result.NextToken]).toEqual([2, undefined]);
    });

    it('comes in pages', async () => {
      const { Id } = await execute(
        place,
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 5000) SELECT i, REPEAT('x', 500) FROM c",
      );
      let [rows, pages] = [0, 0];
      for await (const page of paginateGetStatementResult({ client: place.client }, { Id })) {
        rows += page.Records?.length ?? 0;
        pages += 1;
      }
      expect(rows).toBe(5000);
      expect(pages).toBeGreaterThan(1);
    });

    it('of a batch is that of one of its statements', async () => {
      const { Id } = await batch(place, ['SELECT 1', 'SELECT 2']);
      const { Records } = await place.client.send(new GetStatementResultCommand({ Id: `${Id}:2` }));
      expect(Records).toEqual([[{ longValue: 2 }]]);
    });

    it('is not there for a statement without one, or that failed', async () => {
      for (const sql of ['CREATE TEMP TABLE nothing (a INTEGER)', 'SELECT nowhere']) {
        const { Id } = await execute(place, sql);
        await expect(place.client.send(new GetStatementResultCommand({ Id }))).rejects.toMatchObject({
          name: expect.stringMatching(/^(ValidationException|ResourceNotFoundException)$/),
        });
      }
    });

    it('has rows of at most 64 KB ("Troubleshooting issues for Amazon Redshift Data API")', async () => {
      const wide = "SELECT REPEAT('x', 60000) AS a, REPEAT('y', 10000) AS b";
      expect(await execute(place, wide)).toMatchObject({ Status: 'FAILED' });
      expect(await execute(place, "SELECT REPEAT('x', 60000) AS a")).toMatchObject({ Status: 'FINISHED' });
    });
  });

  describe('CSV ("GetStatementResultV2", Amazon Redshift Data API Reference)', () => {
    it('is the same result as text, quoted where it has to be', async () => {
      const { Id, ResultFormat } = await execute(
        place,
        `SELECT id, amount, name FROM ${place.schema}.results ORDER BY id`,
        { ResultFormat: 'CSV' },
      );
      const result = await place.client.send(new GetStatementResultV2Command({ Id }));
      const text = result.Records?.map(({ CSVRecords }) => CSVRecords ?? '').join('');
      expect(text?.trimEnd().split(/\r?\n/)).toEqual(['1,10.5000,"a ""b"", c"', '2,,']);
      expect([ResultFormat, result.ResultFormat, result.TotalNumRows]).toEqual(['CSV', 'CSV', 2]);
    });

    it('and JSON are read each with its own operation', async () => {
      const csv = await execute(place, 'SELECT 1', { ResultFormat: 'CSV' });
      const json = await execute(place, 'SELECT 1');
      const wrong = { name: 'ValidationException' };
      await expect(place.client.send(new GetStatementResultCommand({ Id: csv.Id }))).rejects.toMatchObject(wrong);
      await expect(place.client.send(new GetStatementResultV2Command({ Id: json.Id }))).rejects.toMatchObject(wrong);
    });
  });

  describe('the lists ("ListDatabases", "ListSchemas", "ListTables", "DescribeTable")', () => {
    it('have the database, and schemas by pattern', async () => {
      const { client, target, schema } = place;
      const { Databases } = await client.send(new ListDatabasesCommand(target));
      expect(Databases).toContain(target.Database);
      const { Schemas } = await client.send(new ListSchemasCommand({ ...target, SchemaPattern: `${schema}%` }));
      expect(Schemas).toEqual([schema]);
    });

    it('have tables and views by pattern, in pages', async () => {
      const { client, target, schema } = place;
      const input = { ...target, SchemaPattern: schema, TablePattern: 'results%' };
      const { Tables } = await client.send(new ListTablesCommand(input));
      expect(Tables).toEqual([
        { name: 'results', schema, type: 'TABLE' },
        { name: 'results_view', schema, type: 'VIEW' },
      ]);
      const first = await client.send(new ListTablesCommand({ ...input, MaxResults: 1 }));
      const { NextToken } = first;
      const second = await client.send(new ListTablesCommand({ ...input, MaxResults: 1, NextToken }));
      expect([first.Tables, second.Tables].flat()).toEqual(Tables);
    });

    it('describe the columns of a table and of a view', async () => {
      const { client, target, schema } = place;
      const columns = async (Table: string) => {
        const { ColumnList } = await client.send(new DescribeTableCommand({ ...target, Schema: schema, Table }));
        return ColumnList?.map(({ name, typeName, nullable }) => [name, typeName, nullable]);
      };
      expect((await columns('results'))?.slice(0, 3)).toEqual([
        ['id', 'int8', 0],
        ['at', 'timestamp', 1],
        ['amount', 'numeric', 1],
      ]);
      expect((await columns('results_view'))?.map(([name, type]) => [name, type])).toEqual([
        ['id', 'int8'],
        ['amount', 'numeric'],
      ]);
    });
  });
};
