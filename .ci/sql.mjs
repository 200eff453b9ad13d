// Parses every statement that Millrace sends to Redshift with sqlfluff's Redshift dialect. Needs sqlfluff on the PATH.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

// SQL files are text, as in the bundles.
registerHooks({
  load: (url, context, next) =>
    url.endsWith('.sql')
      ? {
          format: 'module',
          source: `export default ${JSON.stringify(readFileSync(new URL(url), 'utf8'))}`,
          shortCircuit: true,
        }
      : next(url, context),
});
const { collectStatements } = await import('../tests/house/sql/collect.ts');
const { waivers } = await import('../tests/house/sql/waivers.ts');

const folder = mkdtempSync(join(tmpdir(), 'millrace-sql-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Texts of the sections that the grammar has no place for. */
const unparsable = (segments) => {
  if (Array.isArray(segments)) return segments.flatMap(unparsable);
  if (segments === null || typeof segments !== 'object') return [];
  return Object.entries(segments).flatMap(([name, inside]) =>
    name === 'unparsable' ? [textOf(inside)] : unparsable(inside),
  );
};
const textOf = (segments) => {
  if (typeof segments === 'string') return segments;
  return Object.values(segments ?? {})
    .map(textOf)
    .join('');
};

const parse = (statements) => {
  for (const [at, { sql }] of statements.entries()) writeFileSync(join(folder, `${at}.sql`), `${sql.trim()}\n`);
  const args = ['parse', '--dialect', 'redshift', '--format', 'json', '--nofail', folder];
  const { status, stdout, stderr, error } = spawnSync('sqlfluff', args, { encoding: 'utf8', maxBuffer: 1 << 29 });
  if (error?.code === 'ENOENT') throw new Error('sqlfluff is not on the PATH: pip install sqlfluff==4.5.0');
  if (error !== undefined || status !== 0) throw new Error(`sqlfluff: ${error?.message ?? stderr + stdout}`);
  const files = new Map(JSON.parse(stdout).map(({ filepath, segments }) => [basename(filepath, '.sql'), segments]));
  return statements.map((statement, at) => {
    const segments = files.get(String(at));
    // sqlfluff leaves out, without a word, what it finds too large.
    if (segments === undefined || segments === null) throw new Error(`sqlfluff did not parse ${statement.sql}`);
    return { ...statement, faults: unparsable(segments) };
  });
};

const [broken] = parse([{ source: 'self-test', sql: 'SELECT raw FROM millrace.events' }]);
if (broken.faults.length === 0) throw new Error('sqlfluff took a reserved word for a name: this check checks nothing');

const parsed = parse(await collectStatements());
const used = new Set();
let failed = false;
for (const source of new Set(parsed.map((statement) => statement.source))) {
  const group = parsed.filter((statement) => statement.source === source);
  const refused = group.filter(({ sql, faults }) => {
    const waiver = waivers.find(({ kind, what }) => kind === 'grammar' && sql.includes(what));
    if (faults.length > 0 && waiver !== undefined) used.add(waiver);
    return faults.length > 0 && waiver === undefined;
  });
  failed ||= refused.length > 0;
  console.log(`${refused.length === 0 ? 'ok  ' : 'FAIL'}  ${source}: ${group.length} statements`);
  for (const { sql, faults } of refused) console.log(`      no grammar for "${faults.join('" and "')}" in\n${sql}`);
}
for (const waiver of waivers.filter((each) => each.kind === 'grammar' && !used.has(each))) {
  failed = true;
  console.log(`FAIL  waiver for "${waiver.what}" is not needed`);
}
process.exitCode = failed ? 1 : 0;
