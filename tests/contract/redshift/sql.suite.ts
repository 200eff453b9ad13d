import { beforeAll, describe, expect, it } from 'vitest';
import { batch, execute, type Place, type PlaceOf, prepare, query } from './place.ts';

interface QueryRule {
  readonly rule: string;
  readonly sql: string;
  readonly rows: readonly (readonly unknown[])[];
}

/** Each rule with the page of the Amazon Redshift Database Developer Guide that has it. */
const queries: readonly QueryRule[] = [
  {
    rule: 'SHA2 gives lower-case hexadecimal digits ("SHA2 function")',
    sql: "SELECT SHA2('user:' || id, 256) FROM {people} WHERE id = 'a'",
    rows: [['767321b3673f590fcc4b5b441afbaade7a8be6db95273f71c67df0366924f43b']],
  },
  {
    rule: 'an aggregate over ORDER BY has a frame ("Window functions")',
    sql: 'SELECT n, SUM(n) OVER (ORDER BY n ROWS UNBOUNDED PRECEDING), LAG(n) OVER (ORDER BY n), MAX(n) OVER (ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) FROM {numbers} ORDER BY n',
    rows: [
      [1, 1, null, null],
      [2, 3, 1, 1],
      [4, 7, 2, 2],
    ],
  },
  {
    rule: 'integers divide to an integer, and their average is one ("AVG function")',
    sql: 'SELECT 7 / 2, AVG(n), COUNT(DISTINCT n), FLOOR(3.7) FROM {numbers}',
    rows: [[3, 2, 3, expect.anything()]],
  },
  {
    rule: 'GREATEST and LEAST pass NULL over ("GREATEST and LEAST functions")',
    sql: 'SELECT GREATEST(1, NULL, 3), LEAST(NULL, 2, 3)',
    rows: [[3, 2]],
  },
  {
    rule: 'LISTAGG joins in its own order ("LISTAGG function")',
    sql: "SELECT LISTAGG(id, ',') WITHIN GROUP (ORDER BY id DESC) FROM {people}",
    rows: [['b,a']],
  },
  {
    rule: 'NOT EXISTS and UNION ALL in FROM ("EXISTS condition", "UNION")',
    sql: "SELECT u.id FROM (SELECT id FROM {people} UNION ALL SELECT 'c') AS u WHERE NOT EXISTS (SELECT 1 FROM {people} AS p WHERE p.id = u.id)",
    rows: [['c']],
  },
  {
    rule: 'a path that SUPER has not is NULL, and so is a cast that fails ("Lax and strict modes")',
    sql: 'SELECT s.a.b, CAST(s.word AS INTEGER), CAST(s.object AS VARCHAR), JSON_SERIALIZE(s.object) FROM (SELECT JSON_PARSE(\'{"word":"many","object":{"x":1}}\') AS s) AS t',
    rows: [[null, null, null, '{"x":1}']],
  },
  {
    rule: 'names in SUPER are looked up in lower case ("Accessing semistructured data")',
    sql: 'SELECT CAST(s.userId AS VARCHAR), CAST(s.userid AS VARCHAR) FROM (SELECT JSON_PARSE(\'{"userId":"u"}\') AS s) AS t',
    rows: [[null, null]],
  },
  {
    rule: 'an array in SUPER is unnested in FROM ("Unnesting queries")',
    sql: 'SELECT CAST(x.n AS INTEGER) FROM (SELECT JSON_PARSE(\'[{"n":1},{"n":2}]\') AS s) AS t, t.s AS x ORDER BY 1',
    rows: [[1], [2]],
  },
];

const refusals: readonly (readonly [string, string])[] = [
  ['an aggregate over ORDER BY without a frame ("Window functions")', 'SELECT SUM(n) OVER (ORDER BY n) FROM {numbers}'],
  ['ON CONFLICT ("Unsupported PostgreSQL features")', 'INSERT INTO {numbers} VALUES (1) ON CONFLICT DO NOTHING'],
  ['RETURNING ("Unsupported PostgreSQL features")', 'DELETE FROM {numbers} RETURNING n'],
  ['FILTER ("Unsupported PostgreSQL features")', 'SELECT COUNT(*) FILTER (WHERE n > 1) FROM {numbers}'],
  [
    'a text longer than VARCHAR, which is VARCHAR(256) ("Character types")',
    "INSERT INTO {texts} VALUES (REPEAT('x', 257))",
  ],
  ['a number out of range ("Integer types")', 'SELECT CAST(99999999999 AS INTEGER)'],
  [
    'a column NOT NULL without a default in a table that is there ("ALTER TABLE")',
    'ALTER TABLE {numbers} ADD COLUMN m INTEGER NOT NULL',
  ],
  ['a SUPER column as DISTKEY ("Limitations", semistructured data)', 'CREATE TABLE {distributed} (s SUPER DISTKEY)'],
  ['a SUPER column as SORTKEY ("Limitations", semistructured data)', 'CREATE TABLE {sorted} (s SUPER) SORTKEY (s)'],
  [
    'MERGE with WHEN MATCHED AND ("MERGE")',
    "MERGE INTO {people} USING {others} ON {people}.id = {others}.id WHEN MATCHED AND {others}.id = 'a' THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES ({others}.id, {others}.name)",
  ],
  [
    'MERGE by a part of a SUPER column ("MERGE")',
    'MERGE INTO {documents} USING {sources} ON {documents}.id = {sources}.s.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES ({sources}.id, {sources}.s)',
  ],
  [
    'MERGE of a subquery ("MERGE")',
    'MERGE INTO {people} USING (SELECT * FROM {others}) AS o ON {people}.id = o.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (o.id, o.name)',
  ],
];

/** What Redshift's SQL does where PostgreSQL, or DuckDB, does something else. */
export const sqlRules = (placeOf: PlaceOf): void => {
  let place: Place;
  /** A text with the tables of these rules for their names in braces. */
  const at = (sql: string): string => sql.replace(/\{(\w+)\}/g, (_, table: string) => `${place.schema}.sql_${table}`);
  beforeAll(async () => {
    place = placeOf();
    await prepare(
      place,
      ...[
        'CREATE TABLE {people} (id VARCHAR(9) NOT NULL, name VARCHAR(9), PRIMARY KEY (id))',
        'CREATE TABLE {others} (id VARCHAR(9), name VARCHAR(9))',
        'CREATE TABLE {numbers} (n INTEGER)',
        'CREATE TABLE {texts} (v VARCHAR)',
        'CREATE TABLE {documents} (id INTEGER, s SUPER)',
        'CREATE TABLE {sources} (id INTEGER, s SUPER)',
        "INSERT INTO {people} VALUES ('a', 'Ada'), ('b', 'Bob')",
        'INSERT INTO {numbers} VALUES (1), (2), (4)',
      ].map(at),
    );
  });
  const rows = (sql: string) => query(place, at(sql));
  const run = (...sqls: readonly string[]) => prepare(place, ...sqls.map(at));

  describe('SQL (Amazon Redshift Database Developer Guide)', () => {
    it.each(queries)('$rule', async ({ sql, rows: expected }) => {
      expect(await rows(sql)).toEqual(expected);
    });

    it.each(refusals)('refuses %s', async (_, sql) => {
      expect(await execute(place, at(sql))).toMatchObject({
        Status: 'FAILED',
        Error: expect.stringMatching(/^ERROR: /),
      });
    });

    it('enforces no PRIMARY KEY ("Defining table constraints")', async () => {
      await run('CREATE TABLE {keys} (id INTEGER PRIMARY KEY)', 'INSERT INTO {keys} VALUES (1), (1)');
      expect(await rows('SELECT COUNT(*) FROM {keys}')).toEqual([[2]]);
    });

    it('updates from and deletes by another table ("UPDATE", "DELETE")', async () => {
      await run(
        'CREATE TABLE {changed} (id INTEGER, v VARCHAR(9))',
        "INSERT INTO {changed} VALUES (1, 'old'), (2, 'old'), (3, 'old')",
        "UPDATE {changed} SET v = s.v FROM (SELECT 1 AS id, 'new' AS v) AS s WHERE s.id = {changed}.id",
        'DELETE FROM {changed} USING {numbers} WHERE {numbers}.n = {changed}.id AND {numbers}.n = 2',
      );
      expect(await rows('SELECT id, v FROM {changed} ORDER BY id')).toEqual([
        [1, 'new'],
        [3, 'old'],
      ]);
    });

    it('merges a source: matched rows change, others go in, also twice the same ("MERGE")', async () => {
      const merge =
        'MERGE INTO {merged} USING {source} ON {merged}.id = {source}.id WHEN MATCHED THEN UPDATE SET v = {source}.v WHEN NOT MATCHED THEN INSERT VALUES ({source}.id, {source}.v)';
      await run(
        'CREATE TABLE {merged} (id INTEGER, v VARCHAR(9))',
        'CREATE TABLE {source} (id INTEGER, v VARCHAR(9))',
        "INSERT INTO {merged} VALUES (1, 'old')",
        "INSERT INTO {source} VALUES (1, 'new'), (2, 'x'), (2, 'y')",
        merge,
      );
      expect(await rows('SELECT id, v FROM {merged} ORDER BY id, v')).toEqual([
        [1, 'new'],
        [2, 'x'],
        [2, 'y'],
      ]);
      expect(await execute(place, at(merge))).toMatchObject({
        ...{ Status: 'FAILED', Error: expect.stringContaining('Found multiple matches to update the same tuple') },
      });
    });

    it('merges a SUPER column whole ("MERGE")', async () => {
      await run(
        'INSERT INTO {sources} VALUES (1, JSON_PARSE(\'{"id":1}\'))',
        'MERGE INTO {documents} USING {sources} ON {documents}.id = {sources}.id WHEN MATCHED THEN UPDATE SET s = {sources}.s WHEN NOT MATCHED THEN INSERT VALUES ({sources}.id, {sources}.s)',
      );
      expect(await rows('SELECT id, JSON_SERIALIZE(s) FROM {documents}')).toEqual([[1, '{"id":1}']]);
    });

    it('gives a new column its default in the rows that are there ("ALTER TABLE")', async () => {
      await run(
        'CREATE TABLE {grown} (id INTEGER)',
        'INSERT INTO {grown} VALUES (1)',
        "ALTER TABLE {grown} ADD COLUMN v VARCHAR(9) NOT NULL DEFAULT 'none'",
      );
      expect(await rows('SELECT id, v FROM {grown}')).toEqual([[1, 'none']]);
    });

    it('commits with TRUNCATE what came before it in a batch ("TRUNCATE")', async () => {
      await run('CREATE TABLE {emptied} (id INTEGER)', 'CREATE TABLE {before} (id INTEGER)');
      await run('INSERT INTO {emptied} VALUES (1)');
      const sqls = ['INSERT INTO {before} VALUES (1)', 'TRUNCATE {emptied}', "SELECT CAST('many' AS INTEGER)"];
      expect(await batch(place, sqls.map(at))).toMatchObject({ Status: 'FAILED' });
      expect(await rows('SELECT (SELECT COUNT(*) FROM {before}), (SELECT COUNT(*) FROM {emptied})')).toEqual([[1, 0]]);
    });

    it('takes VACUUM by itself, not in a batch ("VACUUM")', async () => {
      expect(await batch(place, ['SELECT 1', 'VACUUM {numbers}'].map(at))).toMatchObject({ Status: 'FAILED' });
      expect(await execute(place, at('VACUUM {numbers}'))).toMatchObject({ Status: 'FINISHED' });
    });

    it('lets a late-binding view outlive its table, and asks for the schema of each ("CREATE VIEW")', async () => {
      await run(
        'CREATE TABLE {seen} (id INTEGER)',
        'CREATE VIEW {view} AS SELECT * FROM {seen} WITH NO SCHEMA BINDING',
        'DROP TABLE {seen}',
      );
      expect(await execute(place, at('SELECT * FROM {view}'))).toMatchObject({ Status: 'FAILED' });
      await run('CREATE TABLE {seen} (id INTEGER)', 'INSERT INTO {seen} VALUES (5)');
      expect(await rows('SELECT id FROM {view}')).toEqual([[5]]);
      expect(
        await execute(place, at('CREATE VIEW {other_view} AS SELECT * FROM sql_seen WITH NO SCHEMA BINDING')),
      ).toMatchObject({ Status: 'FAILED' });
    });

    it('keeps a table that a view is bound to, unless CASCADE drops that too ("DROP TABLE")', async () => {
      await run('CREATE TABLE {held} (id INTEGER)', 'CREATE VIEW {holding} AS SELECT id FROM {held}');
      expect(await execute(place, at('DROP TABLE {held}'))).toMatchObject({
        ...{ Status: 'FAILED', Error: expect.stringContaining('because other objects depend on it') },
      });
      expect(await rows('SELECT COUNT(*) FROM {holding}')).toEqual([[0]]);
      await run('DROP TABLE {held} CASCADE');
      expect(await execute(place, at('SELECT * FROM {holding}'))).toMatchObject({ Status: 'FAILED' });
    });

    it('takes one statement at a time ("ExecuteStatement", Amazon Redshift Data API Reference)', async () => {
      expect(await execute(place, 'SELECT 1; SELECT 2')).toMatchObject({ Status: 'FAILED' });
      expect(await execute(place, 'SELECT 1;')).toMatchObject({ Status: 'FINISHED' });
    });
  });
};
