import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Catalogue, Table } from '#local/redshift/catalogue.ts';
import { SqlError } from '#local/redshift/error.ts';
import { createNames } from '#local/redshift/storage.ts';
import { translate } from '#local/redshift/translate.ts';

const table: Table = {
  kind: 'table',
  schema: 'millrace',
  name: 't',
  temporary: false,
  duckName: '"db"."millrace"."t"',
  columns: [
    { name: 'a', type: { kind: 'integer' }, notNull: false },
    { name: 'properties', type: { kind: 'super' }, notNull: false },
  ],
};
const catalogue: Catalogue = {
  find: ({ schema, name }) => (schema === 'millrace' && name === 't' ? table : undefined),
  hasSchema: (name) => name === 'millrace',
  inSchema: () => [],
  views: () => [],
  hasUser: () => true,
  hasRole: () => true,
};
const moment = {
  catalogue,
  statementTime: 0,
  transactionTime: 0,
  facts: { user: 'u', database: 'd', pid: 1, lastCopyCount: 0, lastCopyId: 0, lastQueryId: 0 },
};
const names = createNames('db');

/** The statement in DuckDB's SQL, or undefined when it is refused. Anything but a refusal fails the test. */
const duckSql = (source: string): string | undefined => {
  try {
    const { plan } = translate(source, moment, names);
    if (plan.kind === 'query') return plan.sql;
    return 'steps' in plan ? plan.steps.map((step) => step.sql).join(';') : '';
  } catch (error) {
    if (error instanceof SqlError) return undefined;
    throw error;
  }
};

const words = fc.constantFrom(
  ...`SELECT FROM WHERE a properties millrace.t millrace . t , ( ) * = + - / || :: AS x 'a' '/etc/passwd' "/etc/passwd" 1 2.5 COUNT SUM
  GROUP BY ORDER LIMIT CAST INTEGER VARCHAR NULL AND OR NOT IN IS CASE WHEN THEN END ELSE OVER PARTITION ROW_NUMBER UNION ALL WITH
  read_csv read_text getenv query COPY TO INSERT INTO VALUES UPDATE SET DELETE DROP TABLE CREATE VIEW ; -- [ ] { } $1 $$ ? @ # :p`.split(
    /\s+/,
  ),
);

it('refuses or translates any text at all, and never fails otherwise', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (source) => void duckSql(source)),
    { numRuns: 3_000 },
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 30 }), (tokens) => void duckSql(tokens.join(' '))),
    { numRuns: 20_000 },
  );
});

it('lets no function, table or statement through that it was not taught, whatever stands around it', () => {
  const intruders = [
    "read_csv('/etc/passwd')",
    "read_text('x')",
    'duckdb_settings()',
    "getenv('HOME')",
    '"/etc/passwd"',
    "glob('*')",
  ];
  const places = [
    (it: string) => `SELECT ${it}`,
    (it: string) => `SELECT a FROM ${it}`,
    (it: string) => `SELECT a FROM millrace.t WHERE a IN (SELECT 1 FROM ${it})`,
    (it: string) => `SELECT a FROM millrace.t ORDER BY ${it}`,
    (it: string) => `WITH x AS (SELECT * FROM ${it}) SELECT * FROM x`,
    (it: string) => `INSERT INTO millrace.t (a) SELECT 1 FROM ${it}`,
    (it: string) => `UPDATE millrace.t SET a = ${it}`,
    (it: string) => `DELETE FROM millrace.t USING ${it} WHERE true`,
    (it: string) => `SELECT COUNT(*) OVER (PARTITION BY ${it}) FROM millrace.t`,
    (it: string) => `CREATE TABLE millrace.n AS SELECT * FROM ${it}`,
    (it: string) => `SELECT a FROM millrace.t AS x, ${it} AS y`,
  ];
  for (const place of places)
    for (const intruder of intruders) expect(duckSql(place(intruder)), place(intruder)).toBeUndefined();
});

it('quotes every text so that it stays a text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
      const source = `SELECT '${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}' AS v`;
      const expected = `SELECT '${text.replaceAll("'", "''")}' AS "v"`;
      expect(duckSql(source)).toBe(text.includes('\0') ? undefined : expected);
    }),
    { numRuns: 2_000 },
  );
});
