import { printName, relation } from '../catalogue.ts';
import { SqlError, unknownHere } from '../error.ts';
import type { FromItem, Name, PathStep } from '../sql/syntax.ts';
import { type } from '../sql/types.ts';
import {
  type Emitted,
  type EmittedQuery,
  type Emitter,
  type OutputColumn,
  quoteName,
  type Scope,
  type ScopeTable,
  type Source,
} from './emitter.ts';
import { condition } from './operators.ts';
import { resolves } from './scope.ts';
import { superElements } from './super.ts';

interface Emission {
  readonly sql: string;
  readonly scope: Scope;
}

/** Emits FROM from left to right; each item sees those before it, so that it can unnest their SUPER arrays. */
export const emitFrom = (items: readonly FromItem[], emitter: Emitter): Emission => {
  let scope = emptyScope(emitter.scope);
  const sqls = items.map((item) => {
    const emitted = emitItem(item, scope, emitter);
    scope = emitted.scope;
    return emitted.sql;
  });
  const aliases = scope.tables.map((table) => table.alias);
  const twice = aliases.find((alias, at) => aliases.indexOf(alias) !== at);
  if (twice !== undefined) throw new SqlError(`table name "${twice}" specified more than once`);
  return { sql: sqls.join(', '), scope };
};

export const emptyScope = (parent: Scope | undefined): Scope => ({
  tables: [],
  merged: new Map(),
  outputs: new Map(),
  ...(parent === undefined ? {} : { parent }),
});

const emitItem = (item: FromItem, scope: Scope, emitter: Emitter): Emission => {
  switch (item.kind) {
    case 'named':
      return emitNamed(item, scope, emitter);
    case 'query': {
      const query = emitter.query(item.query);
      return addTable(
        scope,
        `(${query.sql})`,
        item.alias ?? `derived_${scope.tables.length + 1}`,
        query.columns,
        item.columns,
      );
    }
    case 'join':
      return emitJoin(item, scope, emitter);
  }
};

const addTable = (
  scope: Scope,
  sql: string,
  alias: string,
  columns: readonly OutputColumn[],
  renamed: readonly string[] = [],
  schema?: string,
): Emission => {
  if (renamed.length > columns.length)
    throw new SqlError(
      `table "${alias}" has ${columns.length} columns available but ${renamed.length} columns specified`,
    );
  const table: ScopeTable = {
    alias,
    ...(schema === undefined ? {} : { schema }),
    columns: columns.map((column, at) => {
      const name = renamed[at] ?? column.name;
      const emitted: Emitted = {
        sql: `${quoteName(alias)}.${quoteName(name)}`,
        type: column.type,
        name,
        ...(column.source === undefined ? {} : { source: column.source }),
      };
      return { name, emitted };
    }),
  };
  const list = renamed.length === 0 ? '' : `(${table.columns.map((column) => quoteName(column.name)).join(', ')})`;
  return { sql: `${sql} AS ${quoteName(alias)}${list}`, scope: { ...scope, tables: [...scope.tables, table] } };
};

const nameOf = (steps: readonly PathStep[]): Name => {
  const names = steps.map((step) => {
    if (!('name' in step)) throw unknownHere('an index in a table name');
    return step.name;
  });
  const [schema, name] = names.slice(-2);
  return name === undefined ? { name: schema ?? '' } : { ...(schema === undefined ? {} : { schema }), name };
};

type Named = Extract<FromItem, { kind: 'named' }>;

const emitNamed = (item: Named, scope: Scope, emitter: Emitter): Emission => {
  const array = scope.tables.length === 0 ? undefined : resolves(item.steps, scope);
  if (array !== undefined) return emitUnnest(item, array, scope);
  if (item.index !== undefined) throw new SqlError('AT is for unnesting a SUPER array');
  const name = nameOf(item.steps);
  const alias = item.alias ?? name.name;
  const common = name.schema === undefined ? emitter.commonTables.get(name.name) : undefined;
  if (common !== undefined) return addTable(scope, quoteName(name.name), alias, common, item.columns);
  const { sql, columns, schema } = openRelation(name, emitter);
  return addTable(scope, sql, alias, columns, item.columns, item.alias === undefined ? schema : undefined);
};

/** A named relation as something that can stand in FROM: a table by its name, a view by its query. */
export const openRelation = (name: Name, emitter: Emitter): EmittedQuery & { readonly schema: string } => {
  const { context } = emitter;
  const found = relation(context.catalogue, name);
  const source: Source = { schema: found.schema, table: found.name };
  if (found.kind !== 'view') {
    const columns = found.columns.map((column) => ({ name: column.name, type: column.type, source }));
    if (found.kind === 'system') return { sql: `(${found.duckSql()})`, columns, schema: found.schema };
    if (!found.temporary) context.reads.add(`${found.schema}.${found.name}`);
    return { sql: found.duckName, columns, schema: found.schema };
  }
  const full = `${found.schema}.${found.name}`;
  context.reads.add(full);
  if (context.views.includes(full))
    throw new SqlError(`infinite recursion detected in rules for relation "${printName(name)}"`);
  const inner = emitter.at({ context: { ...context, views: [...context.views, full] }, top: true });
  const query = inner.query(found.query);
  const columns = query.columns.map((column, at) => ({
    name: found.columns?.[at] ?? column.name,
    type: column.type,
    source,
  }));
  const renamed =
    found.columns === undefined
      ? query.sql
      : `SELECT * FROM (${query.sql}) AS "view"(${columns.map((each) => quoteName(each.name)).join(', ')})`;
  return { sql: `(${renamed})`, columns, schema: found.schema };
};

/** `FROM t, t.array AS element AT index`: one row per element; a value that is no array has none. */
const emitUnnest = (item: Named, array: Emitted, scope: Scope): Emission => {
  if (array.type.kind !== 'super')
    throw new SqlError(`cannot unnest a value of type ${array.type.kind}: it is not SUPER`);
  const last = item.steps.findLast((step) => 'name' in step);
  const alias = item.alias ?? (last !== undefined && 'name' in last ? last.name : 'element');
  const list = superElements(array);
  const index = item.index === undefined ? '' : `, generate_subscripts(${list}, 1) - 1 AS ${quoteName(item.index)}`;
  const columns: OutputColumn[] = [
    { name: alias, type: type('super') },
    ...(item.index === undefined ? [] : [{ name: item.index, type: type('bigint') }]),
  ];
  return addTable(scope, `LATERAL (SELECT unnest(${list}) AS ${quoteName(alias)}${index})`, alias, columns);
};

const emitJoin = (item: Extract<FromItem, { kind: 'join' }>, scope: Scope, emitter: Emitter): Emission => {
  const left = emitItem(item.left, scope, emitter);
  const right = emitItem(item.right, left.scope, emitter);
  const head = `${left.sql} ${item.type.toUpperCase()} JOIN ${right.sql}`;
  if (item.type === 'cross') return { sql: head, scope: right.scope };
  if (item.on !== undefined) {
    const on = emitter.at({ scope: right.scope }).expression(item.on);
    return { sql: `${head} ON ${condition(on)}`, scope: right.scope };
  }
  const merged = new Map(right.scope.merged);
  for (const name of item.using ?? []) {
    const [a, b] = [left.scope.tables, right.scope.tables.slice(left.scope.tables.length)].map((tables) =>
      tables.flatMap((table) => table.columns).find((column) => column.name === name),
    );
    if (a === undefined || b === undefined)
      throw new SqlError(`column "${name}" specified in USING clause does not exist`);
    const sql =
      item.type === 'full'
        ? `coalesce(${a.emitted.sql}, ${b.emitted.sql})`
        : (item.type === 'right' ? b : a).emitted.sql;
    merged.set(name, { ...a.emitted, sql });
  }
  const on = (item.using ?? []).map((name) => {
    const sides = [left.scope.tables, right.scope.tables.slice(left.scope.tables.length)].map(
      (tables) =>
        tables.flatMap((table) => table.columns).find((column) => column.name === name)?.emitted.sql ?? 'NULL',
    );
    return sides.join(' = ');
  });
  return { sql: `${head} ON (${on.join(' AND ')})`, scope: { ...right.scope, merged } };
};

/** The columns that `*` or `t.*` stands for. */
export const starColumns = (
  scope: Scope,
  of: string | undefined,
): readonly { readonly name: string; readonly emitted: Emitted }[] => {
  if (of !== undefined) {
    const table = scope.tables.find((each) => each.alias === of);
    if (table === undefined) throw new SqlError(`missing FROM-clause entry for table "${of}"`);
    return table.columns;
  }
  if (scope.tables.length === 0) throw new SqlError('SELECT * with no tables specified is not valid');
  const merged = [...scope.merged].map(([name, emitted]) => ({ name, emitted }));
  return [
    ...merged,
    ...scope.tables.flatMap((table) => table.columns.filter((column) => !scope.merged.has(column.name))),
  ];
};
