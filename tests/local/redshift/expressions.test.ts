import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Redshift } from '#local/redshift/redshift.ts';
import { createTestLake, openRedshift, rowsOf, run, scalar } from './support.ts';

const lake = createTestLake();
let redshift: Redshift;
beforeAll(async () => {
  redshift = await openRedshift(lake);
  await run(
    redshift,
    'CREATE SCHEMA millrace',
    `CREATE TABLE millrace.t (id INTEGER NOT NULL, name VARCHAR(20), amount DECIMAL(10,2), at TIMESTAMP, properties SUPER)`,
    `INSERT INTO millrace.t VALUES
      (1, 'one', 10.50, '2026-11-22 10:00:30', JSON_PARSE('{"total":"12.34567","qty":3,"plan":"pro","flag":true,"note":null,"deep":{"list":[1,{"sku":"a"}]},"items":[{"sku":"x","n":2},{"sku":"y","n":5}],"Upper":1,"long":"${'é'.repeat(20)}"}')),
      (2, 'two', 20.25, '2026-11-22 10:01:00', JSON_PARSE('{"total":7,"qty":"3","plan":5,"items":"none"}')),
      (3, NULL, NULL, NULL, NULL)`,
  );
});
afterAll(async () => {
  await redshift.close();
  lake.remove();
});

describe('expressions', () => {
  it.each<[string, unknown]>([
    ['7 / 2', 3],
    ['-7 / 2', -3],
    ['7 % 4', 3],
    ['7.0 / 2', '3.500000000000'],
    ["CAST('12' AS INTEGER)", 12],
    ["'12'::bigint + 1", 13],
    ["1 + '2'", 3],
    ['CAST(1.005 AS DECIMAL)', '1'],
    ['2.675::decimal(10,2)', '2.68'],
    ["'abc' || 1 || 2.50", 'abc12.50'],
    ["'it''s \\\\ \\'quoted\\''", "it's \\ 'quoted'"],
    ["'a\\tb'", 'a\tb'],
    ['1 BETWEEN 0 AND 2', true],
    ["'abc' LIKE 'a%'", true],
    ["'a_c' LIKE 'a\\\\_c'", true],
    ["'abc' LIKE 'a\\\\_c'", false],
    ["'ABC' ILIKE 'abc'", true],
    ["'abc' ~ 'b'", true],
    ["'abc' !~ '^b'", true],
    ["2 IN (1, 2) AND 'x' NOT IN ('y')", true],
    ['NULL IS NULL AND NOT (1 IS NULL)', true],
    ["CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END", 'two'],
    ['CASE WHEN 1 > 2 THEN 1 ELSE 2.5 END', '2.5'],
    ["NVL(NULL, 'x')", 'x'],
    ["NVL2(NULL, 'set', 'unset')", 'unset'],
    ['NULLIF(1, 1)', null],
    ["DECODE(3, 1, 'one', 3, 'three', 'many')", 'three'],
    ["DECODE(NULL, NULL, 'null', 'other')", 'null'],
    ['GREATEST(1, NULL, 3)', 3],
    ["LEN('héé')", 3],
    ["OCTET_LENGTH('héé')", 5],
    ["UPPER('a') || LOWER('B') || INITCAP('hello world')", 'AbHello World'],
    ["SUBSTRING('hello', 2, 3)", 'ell'],
    ["SUBSTRING('hello' FROM 2 FOR 3)", 'ell'],
    ["SUBSTRING('hello', 0, 3)", 'he'],
    ["POSITION('l' IN 'hello')", 3],
    ["CHARINDEX('l', 'hello')", 3],
    ["TRIM(BOTH 'x' FROM 'xxaxx')", 'a'],
    ["LPAD('7', 3, '0')", '007'],
    ["SPLIT_PART('a,b,c', ',', 2)", 'b'],
    ["REGEXP_REPLACE('a1b22', '[0-9]+', '#')", 'a#b#'],
    ["REGEXP_SUBSTR('a1b22', '[0-9]{2}')", '22'],
    ["REGEXP_COUNT('a1b22', '[0-9]+')", 2],
    ["MD5('a')", '0cc175b9c0f1b6a831c399e269772661'],
    ['ROUND(2.567, 1)', '2.600'],
    ['TRUNC(2.567)', '2.000'],
    ['FLOOR(-1.5)', '-2'],
    ['MOD(7, 4)', 3],
    ["CONVERT(INTEGER, '5')", 5],
    ["TRY_CAST('x' AS INTEGER)", null],
    ["CAST('héllo' AS VARCHAR(3))", 'hé'],
    ["CAST('héllo' AS VARCHAR(2))", 'h'],
    ['9007199254740993', '9007199254740993'],
    ["INTERVAL '1 day' + TIMESTAMP '2026-11-22 10:00:00'", '2026-11-23 10:00:00'],
    ["TIMESTAMP 'epoch' + INTERVAL '1 second' * 90", '1970-01-01 00:01:30'],
    ["DATE '2026-11-22' - DATE '2026-11-20'", 2],
    ["DATEADD(day, -30, TIMESTAMP '2026-11-22 10:00:00.5')", '2026-10-23 10:00:00.5'],
    ["DATEADD('month', 1, '2026-01-31')", '2026-02-28 00:00:00'],
    ["DATEADD(quarter, 1, '2026-01-31')", '2026-04-30 00:00:00'],
    ["DATEDIFF(minute, '2026-11-22 10:00:59', '2026-11-22 10:01:00')", 1],
    ["DATE_TRUNC('hour', TIMESTAMP '2026-11-22 10:59:00')", '2026-11-22 10:00:00'],
    ["DATE_TRUNC('day', DATE '2026-11-22')", '2026-11-22 00:00:00'],
    ["EXTRACT(year FROM TIMESTAMP '2026-11-22 10:59:00')", 2026],
    ["DATE_PART(dow, DATE '2026-11-22')", 0],
    ["LAST_DAY('2026-02-10')", '2026-02-28'],
    ["ADD_MONTHS('2026-02-28', 1)", '2026-03-31 00:00:00'],
    ["TO_CHAR(TIMESTAMP '2026-11-22 09:05:07.089', 'YYYY-MM-DD HH24:MI:SS.MS')", '2026-11-22 09:05:07.089'],
    ["TO_CHAR(DATE '2026-11-22', 'DD Mon YYYY, \"Q\"Q')", '22 Nov 2026, Q4'],
    ["TO_DATE('22/11/2026', 'DD/MM/YYYY')", '2026-11-22'],
    ["CONVERT_TIMEZONE('America/New_York', TIMESTAMP '2026-11-22 10:00:00')", '2026-11-22 05:00:00'],
    ['JSON_EXTRACT_PATH_TEXT(\'{"a":{"b":"c"}}\', \'a\', \'b\')', 'c'],
    ['JSON_SERIALIZE(JSON_PARSE(\'{"a":1}\'))', '{"a":1}'],
    ['IS_VALID_JSON(\'{"a":1}\')', true],
    ["JSON_ARRAY_LENGTH('[1,2]')", 2],
    ['pg_last_copy_count()', 0],
    ['CURRENT_USER', 'admin'],
    ['CURRENT_DATABASE()', 'millrace'],
  ])('%s', async (expression, expected) => {
    expect(await scalar(redshift, expression)).toEqual(expected);
  });

  it('tells the time of the clock: GETDATE in whole seconds, SYSDATE in full', async () => {
    expect(await rowsOf(redshift, 'SELECT GETDATE(), SYSDATE, CURRENT_DATE')).toEqual([
      ['2026-11-22 10:00:00', '2026-11-22 10:00:00', '2026-11-22'],
    ]);
  });
});

describe('SUPER', () => {
  const of = (expression: string) => rowsOf(redshift, `SELECT ${expression} FROM millrace.t AS e ORDER BY id`);

  it('is navigated by dots and indexes, and missing paths are NULL', async () => {
    expect(
      await of('properties.deep.list[1].sku, e.properties.qty, t2.id').catch((error: unknown) => String(error)),
    ).toContain('missing FROM-clause entry for table "t2"');
    expect(await of('properties.deep.list[1].sku, e.properties.nope.more, properties.note')).toEqual([
      ['"a"', null, null],
      [null, null, null],
      [null, null, null],
    ]);
  });

  it('folds attribute names to lower case, quoted ones too, as Redshift does by default', async () => {
    expect(await of('properties.PLAN, properties."Upper"')).toEqual([
      ['"pro"', null],
      ['5', null],
      [null, null],
    ]);
  });

  it('is cast laxly: strings and numbers convert, what does not is NULL', async () => {
    expect(
      await of(
        'CAST(properties.total AS DECIMAL(18,4)), properties.qty::integer, properties.plan::varchar, properties.deep::varchar, properties.plan::integer, properties.flag::boolean',
      ),
    ).toEqual([
      ['12.3457', 3, 'pro', null, null, true],
      ['7.0000', 3, '5', null, 5, null],
      [null, null, null, null, null, null],
    ]);
  });

  it('cuts a string to the bytes of its VARCHAR', async () => {
    expect(await of('CAST(properties.long AS VARCHAR(5))')).toEqual([['éé'], [null], [null]]);
  });

  it('compares by dynamic type: a number is no string', async () => {
    expect(await of("properties.plan = 'pro', properties.qty = 3, properties.qty = '3', properties.qty > 2")).toEqual([
      [true, true, false, true],
      [false, null, true, null],
      [null, null, null, null],
    ]);
  });

  it('is inspected by JSON_TYPEOF and its kin', async () => {
    expect(
      await of(
        'JSON_TYPEOF(properties.items), IS_ARRAY(properties.items), IS_INTEGER(properties.qty), GET_ARRAY_LENGTH(properties.items)',
      ),
    ).toEqual([
      ['array', true, true, 2],
      ['string', false, false, null],
      [null, false, false, null],
    ]);
  });

  it('is unnested in FROM, with the index of each element', async () => {
    expect(
      await rowsOf(
        redshift,
        'SELECT e.id, item.sku::varchar, at_index, item.n::int * 2 FROM millrace.t AS e, e.properties.items AS item AT at_index ORDER BY at_index',
      ),
    ).toEqual([
      [1, 'x', 0, 4],
      [1, 'y', 1, 10],
    ]);
  });

  it('sorts booleans, numbers by value, then strings', async () => {
    expect(
      await rowsOf(
        redshift,
        "SELECT v FROM (SELECT JSON_PARSE('10') AS v UNION ALL SELECT JSON_PARSE('9') UNION ALL SELECT JSON_PARSE('\"a\"') UNION ALL SELECT JSON_PARSE('true')) AS s ORDER BY v",
      ),
    ).toEqual([['true'], ['9'], ['10'], ['"a"']]);
  });

  it('takes a plain string as a string, not as JSON', async () => {
    await run(
      redshift,
      'CREATE TABLE millrace.s (v SUPER)',
      `INSERT INTO millrace.s VALUES ('{"a":1}'), (5), (NULL)`,
      `INSERT INTO millrace.s SELECT name FROM millrace.t WHERE id = 1`,
    );
    expect(await rowsOf(redshift, 'SELECT v, JSON_TYPEOF(v) FROM millrace.s')).toEqual([
      ['"{\\"a\\":1}"', 'string'],
      ['5', 'number'],
      [null, null],
      ['"one"', 'string'],
    ]);
  });
});
