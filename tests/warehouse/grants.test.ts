import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { toGrants } from '#functions/migrator/grants.ts';

const project = join(import.meta.dirname, '../..');

it('the loader may change the tables that its load changes or locks, and no others', () => {
  const load = globSync('warehouse/load/*.sql', { cwd: project }).map((file) =>
    readFileSync(join(project, file), 'utf8'),
  );
  const changed = load.flatMap((sql) =>
    [...sql.matchAll(/^(?:UPDATE|LOCK) (millrace\.\w+)/gm)].map(([, table]) => table),
  );
  const grants = toGrants({
    loaderUser: 'IAMR:loader',
    reconcilerUser: 'IAMR:reconciler',
    reportingRole: 'reporting',
    database: 'db',
  });
  const granted = grants.flatMap((sql) => sql.match(/^GRANT UPDATE ON TABLE (.*) TO /)?.[1]?.split(', ') ?? []);
  expect(granted.length).toBeGreaterThan(0);
  expect(granted.sort()).toEqual([...new Set(changed)].sort());
});
