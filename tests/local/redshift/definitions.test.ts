import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Redshift } from '#local/redshift/redshift.ts';
import { createTestLake, errorOf, openRedshift, rowsOf, run, transact } from './support.ts';

const lake = createTestLake();
let redshift: Redshift;
beforeAll(async () => {
  redshift = await openRedshift(lake);
  await run(redshift, 'CREATE SCHEMA IF NOT EXISTS millrace', 'CREATE SCHEMA IF NOT EXISTS millrace');
});
afterAll(async () => {
  await redshift.close();
  lake.remove();
});

it('takes what Redshift says of a table and leaves what means nothing here', async () => {
  await run(
    redshift,
    `CREATE TABLE millrace.orders (
      id BIGINT NOT NULL ENCODE az64 PRIMARY KEY,
      code CHAR(4) ENCODE zstd,
      note VARCHAR,
      paid DECIMAL(18,4) DEFAULT 1.5 ENCODE az64,
      flag BOOL DEFAULT false NOT NULL,
      at TIMESTAMP WITHOUT TIME ZONE DEFAULT GETDATE(),
      zoned TIMESTAMPTZ,
      body SUPER,
      UNIQUE (code), FOREIGN KEY (id) REFERENCES other (id)
    ) DISTSTYLE KEY DISTKEY (id) COMPOUND SORTKEY (at, id) ENCODE AUTO`,
    'CREATE TABLE IF NOT EXISTS millrace.orders (id INTEGER) DISTSTYLE AUTO SORTKEY AUTO',
    'INSERT INTO millrace.orders (id) VALUES (1)',
  );
  expect(await rowsOf(redshift, 'SELECT id, paid, flag, at FROM millrace.orders')).toEqual([
    [1, '1.5000', false, '2026-11-22 10:00:00'],
  ]);
  expect(await errorOf(redshift, 'CREATE TABLE millrace.orders (id INTEGER)')).toBe('Relation "orders" already exists');
  expect(await errorOf(redshift, 'CREATE TABLE millrace.x (id GEOMETRY)')).toContain('does not know the type geometry');
  expect(await errorOf(redshift, 'CREATE TABLE millrace.x (id INTEGER IDENTITY(1,1))')).toContain(
    'columns with IDENTITY',
  );
  expect(await errorOf(redshift, 'CREATE TABLE nowhere.x (id INTEGER)')).toBe('schema "nowhere" does not exist');
});

it('counts a VARCHAR in bytes when it writes, and cuts in a cast only', async () => {
  await run(
    redshift,
    'CREATE TABLE millrace.short (v VARCHAR(4) NOT NULL)',
    "INSERT INTO millrace.short VALUES ('éé')",
  );
  expect(await errorOf(redshift, "INSERT INTO millrace.short VALUES ('ééé')")).toBe(
    'value too long for type character varying(4)',
  );
  expect(await errorOf(redshift, "INSERT INTO millrace.short SELECT v || 'x' FROM millrace.short")).toContain(
    'value too long',
  );
  expect(await errorOf(redshift, 'INSERT INTO millrace.short VALUES (NULL)')).toBe(
    'Cannot insert a NULL value into column v',
  );
  await run(
    redshift,
    "INSERT INTO millrace.short VALUES (CAST('ééé' AS VARCHAR(4)))",
    "UPDATE millrace.short SET v = 'x'",
  );
  expect(await rowsOf(redshift, 'SELECT v FROM millrace.short')).toEqual([['x'], ['x']]);
});

it('adds columns with their default to rows that are there, drops and renames', async () => {
  await run(
    redshift,
    'CREATE TABLE millrace.grown (id INTEGER)',
    'INSERT INTO millrace.grown VALUES (1)',
    "ALTER TABLE millrace.grown ADD COLUMN label VARCHAR(8) DEFAULT 'old' NOT NULL",
    'ALTER TABLE millrace.grown RENAME COLUMN id TO number',
    'INSERT INTO millrace.grown (number) VALUES (2)',
    'ALTER TABLE millrace.grown ALTER COLUMN label TYPE VARCHAR(16)',
    'ALTER TABLE millrace.grown OWNER TO admin',
  );
  expect(await rowsOf(redshift, 'SELECT number, label FROM millrace.grown ORDER BY 1')).toEqual([
    [1, 'old'],
    [2, 'old'],
  ]);
  expect(await errorOf(redshift, 'ALTER TABLE millrace.grown ADD COLUMN x INTEGER NOT NULL')).toContain(
    'must have a non-null default',
  );
});

it('reads a late-binding view at every use, so that it follows its tables', async () => {
  await run(
    redshift,
    'CREATE OR REPLACE VIEW millrace.early AS SELECT a.v, a.n FROM millrace.later AS a WITH NO SCHEMA BINDING',
    'CREATE OR REPLACE VIEW millrace.above (w) AS WITH x AS (SELECT v FROM millrace.early) SELECT v FROM x WITH NO SCHEMA BINDING',
  );
  expect(await errorOf(redshift, 'SELECT * FROM millrace.above')).toBe('relation "millrace.later" does not exist');
  await run(
    redshift,
    'CREATE TABLE millrace.later (v VARCHAR(3), n SUPER)',
    "INSERT INTO millrace.later VALUES ('one', JSON_PARSE('{\"a\":2}'))",
  );
  expect(await rowsOf(redshift, 'SELECT w FROM millrace.above')).toEqual([['one']]);
  expect(await rowsOf(redshift, 'SELECT n.a::int FROM millrace.early')).toEqual([[2]]);
  await run(
    redshift,
    'DROP TABLE millrace.later',
    'CREATE TABLE millrace.later (v INTEGER, n SUPER)',
    'INSERT INTO millrace.later VALUES (7, NULL)',
  );
  expect(await rowsOf(redshift, 'SELECT w FROM millrace.above')).toEqual([[7]]);
  expect(await errorOf(redshift, 'CREATE VIEW millrace.bad AS SELECT * FROM later WITH NO SCHEMA BINDING')).toContain(
    'should be qualified',
  );
  expect(await errorOf(redshift, 'CREATE VIEW millrace.bound AS SELECT nope FROM millrace.later')).toContain(
    'column "nope" does not exist',
  );
});

it('keeps temporary tables to their connection and their transaction', async () => {
  const batch = await run(
    redshift,
    'CREATE TEMP TABLE kept AS SELECT 1 AS a, NULL AS b, CAST(2.5 AS DECIMAL(4,1)) AS c',
    'CREATE TEMP TABLE likewise (LIKE kept)',
    'INSERT INTO likewise SELECT * FROM kept',
    'SELECT a, c FROM likewise',
  );
  expect(batch.parts[3]?.result?.rows).toEqual([[1n, '2.5']]);
  expect(await errorOf(redshift, 'SELECT * FROM kept')).toBe('relation "kept" does not exist');
});

it('rolls back schema and data of a failed batch alike', async () => {
  const failed = await transact(
    redshift,
    'CREATE TABLE millrace.gone (a INTEGER)',
    'INSERT INTO millrace.gone VALUES (1)',
    'SELECT 1/0',
  );
  expect(failed).toMatchObject({ status: 'FAILED', error: 'Query #3 failed with ERROR: Divide by zero' });
  expect(await errorOf(redshift, 'SELECT * FROM millrace.gone')).toContain('does not exist');
  await run(redshift, 'CREATE TABLE millrace.gone (a INTEGER)');
});

it('merges as Redshift does, and refuses several matches', async () => {
  await run(
    redshift,
    'CREATE TABLE millrace.target (id INTEGER, v VARCHAR(4))',
    'CREATE TABLE millrace.source (id INTEGER, v VARCHAR(4))',
    "INSERT INTO millrace.target VALUES (1, 'a'), (2, 'b')",
    "INSERT INTO millrace.source VALUES (2, 'B'), (3, 'C')",
    'MERGE INTO millrace.target USING millrace.source AS s ON target.id = s.id WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.v)',
  );
  expect(await rowsOf(redshift, 'SELECT id, v FROM millrace.target ORDER BY id')).toEqual([
    [1, 'a'],
    [2, 'B'],
    [3, 'C'],
  ]);
  await run(redshift, "INSERT INTO millrace.source VALUES (2, 'X')");
  const twice =
    'MERGE INTO millrace.target USING millrace.source ON target.id = source.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (source.id, source.v)';
  expect(await errorOf(redshift, twice)).toBe('Found multiple matches to update the same tuple.');
  expect(
    await errorOf(
      redshift,
      'MERGE INTO millrace.target USING millrace.source ON target.id = source.id WHEN MATCHED THEN DELETE',
    ),
  ).toContain('must have both');
  expect(
    await errorOf(redshift, 'MERGE INTO millrace.target USING (SELECT 1) AS s ON true WHEN MATCHED THEN DELETE'),
  ).toContain('not a subquery');
  await run(
    redshift,
    "DELETE FROM millrace.source WHERE v = 'X'",
    'MERGE INTO millrace.target USING millrace.source ON target.id = source.id REMOVE DUPLICATES',
  );
  expect(await rowsOf(redshift, 'SELECT id, v FROM millrace.target ORDER BY id')).toEqual([
    [1, 'a'],
    [2, 'B'],
    [3, 'C'],
  ]);
});

it('updates and deletes with other tables', async () => {
  await run(
    redshift,
    'CREATE TABLE millrace.a (id INTEGER, v INTEGER)',
    'CREATE TABLE millrace.b (id INTEGER, v INTEGER)',
    'INSERT INTO millrace.a VALUES (1, 1), (2, 2), (3, 3)',
    'INSERT INTO millrace.b VALUES (1, 10), (2, 20)',
    'UPDATE millrace.a SET v = b.v + a.v FROM millrace.b AS b WHERE a.id = b.id',
    'DELETE FROM millrace.a USING millrace.b WHERE a.id = b.id AND b.v = 20',
  );
  expect(await rowsOf(redshift, 'SELECT id, v FROM millrace.a ORDER BY id')).toEqual([
    [1, 11],
    [3, 3],
  ]);
});

it('checks grants against what is there', async () => {
  expect(await errorOf(redshift, 'GRANT USAGE ON SCHEMA millrace TO "IAMR:loader"')).toBe(
    'user "iamr:loader" does not exist',
  );
  await run(redshift, 'CREATE USER "IAMR:loader" PASSWORD DISABLE', 'CREATE ROLE readers');
  await run(
    redshift,
    'GRANT USAGE ON SCHEMA millrace TO "IAMR:loader"',
    'GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA millrace TO "IAMR:loader", ROLE readers, PUBLIC',
    'GRANT TEMP ON DATABASE millrace TO "IAMR:loader"',
    'GRANT ROLE readers TO "IAMR:loader"',
    'REVOKE SELECT ON TABLE millrace.a FROM ROLE readers',
  );
  expect(await errorOf(redshift, 'CREATE USER "IAMR:loader" PASSWORD DISABLE')).toBe(
    'user "iamr:loader" already exists',
  );
  expect(await rowsOf(redshift, "SELECT usename FROM pg_user WHERE usename LIKE 'iamr:%'")).toEqual([['iamr:loader']]);
  expect(await errorOf(redshift, 'GRANT FLY ON SCHEMA millrace TO PUBLIC')).toContain(
    'does not know the privilege FLY',
  );
});

it('drops a schema with all that is in it only by CASCADE, and takes it back with its transaction', async () => {
  const make = ['CREATE SCHEMA gone', 'CREATE TABLE gone.t (a INTEGER)', 'CREATE VIEW gone.v AS SELECT a FROM gone.t'];
  await run(redshift, ...make, 'INSERT INTO gone.t VALUES (1)');
  expect(await errorOf(redshift, 'DROP SCHEMA gone')).toContain('because other objects depend on it');
  expect((await transact(redshift, 'DROP SCHEMA gone CASCADE', 'SELECT nope')).status).toBe('FAILED');
  expect(await rowsOf(redshift, 'SELECT a FROM gone.v')).toEqual([[1]]);
  await run(redshift, 'DROP SCHEMA gone CASCADE', ...make, 'DROP SCHEMA gone CASCADE', 'DROP SCHEMA IF EXISTS gone');
  expect(await errorOf(redshift, 'SELECT a FROM gone.t')).toMatch(/does not exist/);
  expect(await errorOf(redshift, 'DROP SCHEMA gone')).toContain('does not exist');
});

it('replaces a view only by one of the same columns', async () => {
  await run(redshift, 'CREATE VIEW millrace.shown AS SELECT 1 AS one, CAST(2 AS VARCHAR(8)) AS two');
  await run(redshift, 'CREATE OR REPLACE VIEW millrace.shown AS SELECT 3 AS one, CAST(4 AS VARCHAR(8)) AS two');
  expect(await rowsOf(redshift, 'SELECT * FROM millrace.shown')).toEqual([[3, '4']]);
  const replaced = (query: string): Promise<string> =>
    errorOf(redshift, `CREATE OR REPLACE VIEW millrace.shown AS ${query}`);
  expect(await replaced('SELECT 1 AS one')).toContain('cannot change number of columns in view');
  expect(await replaced('SELECT 1 AS one, CAST(2 AS VARCHAR(8)) AS second')).toContain(
    'cannot change name of view column "two"',
  );
  expect(await replaced('SELECT 1 AS one, 2 AS two')).toContain('cannot change data type of view column "two"');
});
