import { type Catalogue, printName, type Table, type View } from '../catalogue.ts';
import { SqlError } from '../error.ts';
import { change, lockName, type Plan, untouched } from '../plan.ts';
import type { Statement } from '../sql/statements.ts';
import { forgetColumns, forgetView, type Names } from '../storage.ts';

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;

export const drop = (statement: Of<'drop'>, catalogue: Catalogue, names: Names): Plan => {
  const found: (Table | View)[] = [];
  for (const name of statement.names) {
    const each = catalogue.find(name);
    if (each === undefined && statement.ifExists) continue;
    if (each === undefined)
      throw new SqlError(`${statement.what === 'table' ? 'Table' : 'View'} "${printName(name)}" does not exist`);
    if (each.kind === 'system' || each.kind !== statement.what)
      throw new SqlError(`"${printName(name)}" is not a ${statement.what}`);
    found.push(each);
  }
  return dropRelations(found, names);
};

const dropRelations = (found: readonly (Table | View)[], names: Names): Plan & { readonly kind: 'change' } => ({
  kind: 'change',
  ...untouched,
  steps: found.flatMap((each) =>
    each.kind === 'view'
      ? forgetView(names, each)
      : [{ sql: `DROP TABLE ${each.duckName}` }, ...forgetColumns(names, each)],
  ),
  changes: found.map((each) => ({ kind: 'drop', relation: each })),
  exclusive: found.flatMap((each) => (each.kind === 'table' ? lockName(each) : [])),
});

export const dropSchema = (statement: Of<'dropSchema'>, catalogue: Catalogue, names: Names): Plan => {
  const { name, ifExists, cascade } = statement;
  if (!catalogue.hasSchema(name)) {
    if (ifExists) return change([]);
    throw new SqlError(`Schema "${name}" does not exist`);
  }
  const held = catalogue.inSchema(name);
  if (held.length > 0 && !cascade) throw new SqlError(`cannot drop schema ${name} because other objects depend on it`);
  const dropped = dropRelations(held, names);
  return {
    ...dropped,
    steps: [...dropped.steps, { sql: `DROP SCHEMA ${names.schema(name)}` }],
    changes: [...dropped.changes, { kind: 'schema', name, dropped: true }],
  };
};
