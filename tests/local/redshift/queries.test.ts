import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Redshift } from '#local/redshift/redshift.ts';
import { createTestLake, errorOf, openRedshift, rowsOf, run } from './support.ts';

const lake = createTestLake();
let redshift: Redshift;
beforeAll(async () => {
  redshift = await openRedshift(lake);
  await run(
    redshift,
    'CREATE SCHEMA millrace',
    'CREATE TABLE millrace.t (id INTEGER, kind VARCHAR(8), n BIGINT, amount DECIMAL(10,2))',
    `INSERT INTO millrace.t VALUES (1,'a',10,1.50), (2,'a',20,2.25), (3,'b',31,NULL), (4,NULL,NULL,4.00)`,
  );
});
afterAll(async () => {
  await redshift.close();
  lake.remove();
});

const rows = (sql: string) => rowsOf(redshift, sql);

describe('queries', () => {
  it('sorts NULLs last ascending and first descending', async () => {
    expect(await rows('SELECT kind FROM millrace.t ORDER BY kind')).toEqual([['a'], ['a'], ['b'], [null]]);
    expect(await rows('SELECT DISTINCT kind FROM millrace.t ORDER BY kind DESC')).toEqual([[null], ['b'], ['a']]);
  });

  it('gives sums and averages of integers as integers, of decimals with their scale', async () => {
    expect(
      await rows('SELECT COUNT(*), SUM(n), AVG(n), SUM(amount), AVG(amount), MAX(id) + 1 - COUNT(*) FROM millrace.t'),
    ).toEqual([[4, 61, 20, '7.75', '2.58', 1]]);
  });

  it('groups and orders by position and by alias', async () => {
    expect(
      await rows(
        "SELECT COALESCE(kind, 'none') AS k, COUNT(*) AS c FROM millrace.t GROUP BY k HAVING COUNT(*) > 0 ORDER BY 2 DESC, k",
      ),
    ).toEqual([
      ['a', 2],
      ['b', 1],
      ['none', 1],
    ]);
  });

  it('knows aliases of the select list further right', async () => {
    expect(await rows('SELECT id AS x, x + 1 AS y, y * 2 FROM millrace.t WHERE id = 1')).toEqual([[1, 2, 4]]);
  });

  it('prefers a column to an alias of the same name in GROUP BY', async () => {
    expect(await rows("SELECT 'all' AS kind, COUNT(*) FROM millrace.t GROUP BY kind ORDER BY 2 DESC, 1")).toHaveLength(
      3,
    );
  });

  it('joins, with USING and ON, and correlates subqueries', async () => {
    expect(
      await rows(
        'SELECT id, a.n FROM millrace.t AS a JOIN (SELECT id, n FROM millrace.t) AS b USING (id) WHERE a.n > 15 ORDER BY id',
      ),
    ).toEqual([
      [2, 20],
      [3, 31],
    ]);
    expect(
      await rows('SELECT a.id FROM millrace.t a LEFT JOIN millrace.t b ON a.id = b.id + 1 WHERE b.id IS NULL'),
    ).toEqual([[1]]);
    expect(
      await rows(
        'SELECT id FROM millrace.t AS o WHERE NOT EXISTS (SELECT 1 FROM millrace.t AS i WHERE i.n > o.n) AND n IS NOT NULL',
      ),
    ).toEqual([[3]]);
    expect(
      await rows('SELECT id FROM millrace.t WHERE n = (SELECT MAX(n) FROM millrace.t) OR id IN (SELECT 4) ORDER BY 1'),
    ).toEqual([[3], [4]]);
  });

  it('numbers rows, keeps one per key with QUALIFY, and carries the last value over NULLs', async () => {
    expect(
      await rows(
        'SELECT id FROM millrace.t QUALIFY ROW_NUMBER() OVER (PARTITION BY kind ORDER BY id DESC) = 1 ORDER BY id',
      ),
    ).toEqual([[2], [3], [4]]);
    expect(
      await rows(
        'SELECT LAST_VALUE(kind IGNORE NULLS) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM millrace.t ORDER BY id',
      ),
    ).toEqual([['a'], ['a'], ['b'], ['b']]);
    expect(
      await rows('SELECT LAG(id, 1) OVER (ORDER BY id), SUM(n) OVER (PARTITION BY kind) FROM millrace.t ORDER BY id'),
    ).toEqual([
      [null, 30],
      [1, 30],
      [2, 31],
      [3, null],
    ]);
  });

  it('aggregates with LISTAGG, MEDIAN, PERCENTILE_CONT and APPROXIMATE', async () => {
    expect(
      await rows(
        "SELECT LISTAGG(kind, '+') WITHIN GROUP (ORDER BY id), MEDIAN(n), PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount), APPROXIMATE COUNT(DISTINCT id) FROM millrace.t",
      ),
    ).toEqual([['a+a+b', '20.0000', '2.2500', 4]]);
  });

  it('combines queries and reads common tables, recursive ones too', async () => {
    expect(await rows('SELECT 1 AS v UNION SELECT 1 UNION ALL SELECT 2 ORDER BY v DESC LIMIT 2')).toEqual([[2], [1]]);
    expect(
      await rows('SELECT id FROM millrace.t EXCEPT SELECT 1 INTERSECT SELECT id FROM millrace.t ORDER BY id'),
    ).toEqual([[2], [3], [4]]);
    expect(
      await rows('WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 3) SELECT SUM(i) FROM c'),
    ).toEqual([[6]]);
    expect(
      await rows('WITH a AS (SELECT id FROM millrace.t), b AS (SELECT MAX(id) AS m FROM a) SELECT m FROM b'),
    ).toEqual([[4]]);
  });

  it('reads the system tables that it has', async () => {
    expect(await rows("SELECT table_name FROM svv_tables WHERE table_schema = 'millrace'")).toEqual([['t']]);
    expect(
      await rows(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = 't' ORDER BY ordinal_position LIMIT 2",
      ),
    ).toEqual([
      ['id', 'integer'],
      ['kind', 'character varying(8)'],
    ]);
  });
});

describe('refusals', () => {
  it.each([
    ["SELECT * FROM read_csv('/etc/passwd')", /does not know functions in FROM/],
    ["SELECT * FROM '/etc/passwd'", /syntax error at or near "'\/etc\/passwd'"/],
    ['SELECT * FROM "/etc/passwd"', /relation "\/etc\/passwd" does not exist/],
    ["SELECT read_text('/etc/passwd')", /does not know the function read_text/],
    ["SELECT getenv('HOME')", /does not know the function getenv/],
    ['SELECT * FROM duckdb_settings()', /does not know functions in FROM/],
    ['SELECT * FROM duckdb_tables', /relation "duckdb_tables" does not exist/],
    ['SELECT * FROM laptop.columns', /relation "laptop.columns" does not exist/],
    ['SELECT * FROM main.sqlite_master', /does not exist/],
    ["ATTACH '/tmp/x.db'", /does not know the statement ATTACH/],
    ['PRAGMA database_list', /does not know the statement PRAGMA/],
    ['INSTALL httpfs', /does not know the statement INSTALL/],
    ['SET threads = 4', /does not know the statement SET/],
    ["EXPORT DATABASE '/tmp/x'", /does not know the statement EXPORT/],
    ["COPY (SELECT 1) TO '/tmp/x.csv'", /syntax error at or near "\("/],
    ["COPY millrace.t TO '/tmp/x.csv'", /syntax error at or near "TO"/],
    ["COPY millrace.t FROM '/etc/passwd'", /only s3:\/\//],
    ['SELECT 1; DROP TABLE millrace.t', /cannot insert multiple commands/],
    ['SELECT id.x FROM millrace.t', /column notation .x applied to type integer/],
    ['SELECT x FROM millrace.t', /column "x" does not exist in t/],
    ['SELECT id FROM millrace.t a, millrace.t b', /column reference "id" is ambiguous/],
    ['SELECT SUM(n) OVER (ORDER BY id) FROM millrace.t', /require a frame clause/],
    ['SELECT COUNT(DISTINCT id) OVER () FROM millrace.t', /does not know COUNT\(DISTINCT/],
    ['SELECT ROW_NUMBER() FROM millrace.t', /requires an OVER clause/],
    ['SELECT id AS raw FROM millrace.t', /syntax error at or near "raw"/],
    ['SELECT DISTINCT ON (id) id FROM millrace.t', /DISTINCT ON/],
    ['SELECT 1 FROM millrace.t NATURAL JOIN millrace.t', /NATURAL JOIN/],
    ["SELECT '5'::int[]", /syntax error at or near "\["/],
    ['SELECT true::varchar', /cannot cast type boolean/],
    ["SELECT CAST('2.5' AS INTEGER)", /invalid input syntax for integer: "2.5"/],
    ["SELECT CAST('0x10' AS INTEGER)", /invalid input syntax for integer: "0x10"/],
    ["SELECT CAST('garbage' AS TIMESTAMP)", /invalid input syntax for type timestamp: "garbage"/],
    ['SELECT 1 / 0', /Divide by zero/],
    ['SELECT CAST(1000 AS DECIMAL(4,2))', /Numeric data overflow/],
    ['SELECT kind, COUNT(*) FROM millrace.t', /must appear in the GROUP BY clause/],
    ['SELECT id FROM millrace.t WHERE n', /must be type boolean, not type bigint/],
    ["SELECT 'unterminated", /unterminated quoted string/],
    ['SELECT `id` FROM millrace.t', /syntax error at or near "`"/],
    ['SELECT $1', /syntax error/],
    ['SELECT {1}', /syntax error/],
    ['SELECT [1]', /syntax error at or near "\["/],
    ['SELECT x -> 1 FROM millrace.t', /syntax error at or near ">"/],
    ['SELECT lambda x: x', /syntax error|does not exist/],
    ['FROM millrace.t', /does not know the statement FROM/],
    ['SELECT * EXCLUDE (id) FROM millrace.t', /syntax error/],
    ['EXPLAIN SELECT 1', /does not know the statement EXPLAIN/],
    ['SELECT 1 FROM generate_series(1, 2)', /functions in FROM/],
    [`SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`, /nested too deeply/],
  ])('%s', async (sql, message) => {
    expect(await errorOf(redshift, sql)).toMatch(message);
  });
});
