import { printName, type Table, type View } from '../catalogue.ts';
import { SqlError } from '../error.ts';
import { change, lockName, type Plan, untouched } from '../plan.ts';
import type { Statement } from '../sql/statements.ts';
import { forgetColumns, forgetView, type Names } from '../storage.ts';
import type { Emitter } from './emitter.ts';

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;

export const drop = (statement: Of<'drop'>, emitter: Emitter, names: Names): Plan => {
  const { catalogue } = emitter.context;
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
  const bound = boundTo(found, emitter);
  if (bound.length > 0 && !statement.cascade)
    throw new SqlError(
      `cannot drop ${statement.what} ${statement.names.map(printName).join(', ')} because other objects depend on it\n  Hint: Use DROP ... CASCADE to drop the dependent objects too.`,
    );
  return dropRelations([...found, ...bound], names);
};

/** Other views that cannot do without one of these; a late-binding view can ("CREATE VIEW"). */
const boundTo = (found: readonly (Table | View)[], emitter: Emitter): readonly View[] => {
  const others = emitter.context.catalogue.views().filter((view) => !view.lateBinding && !found.includes(view));
  return others.filter((view) => {
    const reads = readsOf(view, emitter);
    return found.some((each) => !isTemporary(each) && reads.has(`${each.schema}.${each.name}`));
  });
};

const isTemporary = (each: Table | View): boolean => each.kind === 'table' && each.temporary;

/** Tables and views that a view reads, also through others; none of one that is broken. */
const readsOf = (view: View, emitter: Emitter): ReadonlySet<string> => {
  const reads = new Set<string>();
  try {
    emitter.at({ context: { ...emitter.context, reads, views: [] }, top: true }).query(view.query);
    return reads;
  } catch (error) {
    if (error instanceof SqlError) return new Set();
    throw error;
  }
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

export const dropSchema = (statement: Of<'dropSchema'>, emitter: Emitter, names: Names): Plan => {
  const { catalogue } = emitter.context;
  const { name, ifExists, cascade } = statement;
  if (!catalogue.hasSchema(name)) {
    if (ifExists) return change([]);
    throw new SqlError(`Schema "${name}" does not exist`);
  }
  const held = catalogue.inSchema(name);
  if (held.length > 0 && !cascade) throw new SqlError(`cannot drop schema ${name} because other objects depend on it`);
  const dropped = dropRelations([...held, ...boundTo(held, emitter)], names);
  return {
    ...dropped,
    steps: [...dropped.steps, { sql: `DROP SCHEMA ${names.schema(name)}` }],
    changes: [...dropped.changes, { kind: 'schema', name, dropped: true }],
  };
};
