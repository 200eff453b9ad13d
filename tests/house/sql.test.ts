import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectStatements } from './sql/collect.ts';
import { waivers } from './sql/waivers.ts';
import { findMisused, parseWords } from './sql/words.ts';

const project = join(import.meta.dirname, '../..');
const wordsFile = join(project, '../shared/samples/redshift/words.json');
const statements = await collectStatements();

const flat = (sql: string): string => sql.replace(/\s+/g, ' ').trim();
const sent = statements.map(({ sql }) => flat(sql)).join('\n');
/** A text up to where a value is filled in. */
const fixedPart = (text: string): string => flat(text.split(/\{\{|\$\{/)[0] ?? '');

describe('the statements that Millrace sends to Redshift', () => {
  it('hold every file of warehouse/', () => {
    const files = globSync('warehouse/**/*.sql', { cwd: project });
    expect(files.length).toBeGreaterThan(0);
    const left = files.filter((file) => {
      const lines = readFileSync(join(project, file), 'utf8').split('\n');
      const sql = lines.filter((line) => !line.startsWith('--')).join('\n');
      return !sent.includes(fixedPart(sql.split(';')[0] ?? ''));
    });
    expect(left).toEqual([]);
  });

  it('hold every statement that is written in a source file', () => {
    const files = globSync('{functions,aws,cli,local/console}/**/*.ts', { cwd: project });
    const literals = files.flatMap((file) =>
      [...readFileSync(join(project, file), 'utf8').matchAll(opening)].map(([text]) => ({ file, text: text.slice(1) })),
    );
    expect(literals.length).toBeGreaterThan(5);
    expect(literals.filter(({ text }) => !sent.includes(fixedPart(text)))).toEqual([]);
  });
});

/** A literal that begins as a statement does, up to its end or the first value that is filled in. `…` is for people. */
const opening =
  /(?:'(?:SELECT|WITH|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|GRANT|REVOKE|COPY|LOCK|TRUNCATE|CALL) [^'…]*(?=')|`(?:SELECT|WITH|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|GRANT|REVOKE|COPY|LOCK|TRUNCATE|CALL) [^`…]*?(?=`|\$\{))/g;

describe.skipIf(!existsSync(wordsFile))("Redshift's words (../shared/samples/redshift/words.json)", () => {
  const words = existsSync(wordsFile) ? parseWords(readFileSync(wordsFile, 'utf8')) : undefined;
  const misused = (sql: string) => (words === undefined ? [] : findMisused(sql, words));
  const isWaived = ({ kind, what }: { kind: string; what: string }): boolean =>
    waivers.some((waiver) => waiver.kind === kind && waiver.what === what);

  it('no statement takes a reserved word as a name, or calls a function that Redshift does not list', () => {
    const wrong = statements.flatMap(({ source, sql }) =>
      misused(sql)
        .filter((word) => !isWaived(word))
        .map(({ kind, what }) => `${source}: ${kind} ${what} in ${flat(sql).slice(0, 80)}`),
    );
    expect([...new Set(wrong)]).toEqual([]);
  });

  it('every waiver of a word is needed', () => {
    const found = statements.flatMap(({ sql }) => misused(sql));
    const idle = waivers.filter(
      ({ kind, what }) => kind !== 'grammar' && !found.some((word) => word.kind === kind && word.what === what),
    );
    expect(idle).toEqual([]);
  });

  it.each([
    ['SELECT raw FROM t', 'reserved raw'],
    ['SELECT a AS tag FROM t', 'reserved tag'],
    ['SELECT a AS user FROM t', 'reserved user'],
    ['SELECT t.order FROM t', 'reserved order'],
    ['CREATE TABLE s.t (id INTEGER, timestamp TIMESTAMP)', 'reserved timestamp'],
    ['INSERT INTO s.t (user, id) VALUES (1, 2)', 'reserved user'],
    ["COPY t (id, table) FROM 's3://x'", 'reserved table'],
    ['SELECT string_agg(a, 1) FROM t', 'function string_agg'],
    ['SELECT clock_timestamp()', 'function clock_timestamp'],
  ])('finds what is wrong with %s', (sql, found) => {
    expect(misused(sql).map(({ kind, what }) => `${kind} ${what}`)).toEqual([found]);
  });

  it.each([
    'SELECT CAST(a AS TIMESTAMP) AS "user" FROM t WHERE a IN (1, 2)',
    'CREATE TABLE IF NOT EXISTS s.t (id VARCHAR(8) NOT NULL, at TIMESTAMP) SORTKEY (at)',
    'CREATE VIEW s.v AS WITH a AS (SELECT COUNT(*) FROM t) SELECT * FROM a',
    'GRANT SELECT ON TABLE s.t TO ROLE "x"',
  ])('finds nothing wrong with %s', (sql) => {
    expect(misused(sql)).toEqual([]);
  });
});
