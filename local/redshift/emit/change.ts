import { type Column, type Table, tableOf, targetColumns } from '../catalogue.ts';
import { SqlError } from '../error.ts';
import { change, lockName, type Plan, type Step, type Touched } from '../plan.ts';
import type { Assignment, MergeStatement, Statement } from '../sql/statements.ts';
import type { Expression } from '../sql/syntax.ts';
import { assign } from './cast.ts';
import { derived } from './definition.ts';
import { type Emitter, quoteName, type Scope } from './emitter.ts';
import { emitFrom, emptyScope, openRelation } from './from.ts';
import { condition } from './operators.ts';
import { refusePartialSuper } from './partial.ts';

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;
export type DefaultSql = (column: Column) => string;

/** Plans INSERT; columns that are left out get their default, computed now. */
export const insert = (statement: Of<'insert'>, emitter: Emitter, defaultSql: DefaultSql): Plan => {
  const table = tableOf(emitter.context.catalogue, statement.table);
  const named = targetColumns(table, statement.columns);
  const filled = table.columns.filter((column) => column.defaultText !== undefined && !named.includes(column));
  const defaults = filled.map(defaultSql);
  const { sql, count } =
    statement.query === undefined
      ? insertRows(statement.rows ?? [], named, defaults, emitter, defaultSql)
      : insertQuery(emitter.query(statement.query), named, defaults);
  const columns = [...named.slice(0, count), ...filled];
  const target = `${table.duckName} (${(columns.length === 0 ? table.columns : columns).map((column) => quoteName(column.name)).join(', ')})`;
  return change([{ sql: `INSERT INTO ${target} ${sql}`, counts: true }], [], {
    reads: [...emitter.context.reads],
    writes: lockName(table),
  });
};

interface Source {
  readonly sql: string;
  /** How many of the named columns the source fills: a list without names may be shorter than the table. */
  readonly count: number;
}

const checkCount = (given: number, named: readonly Column[]): number => {
  if (given > named.length) throw new SqlError('INSERT has more expressions than target columns');
  return given;
};

const insertQuery = (
  query: ReturnType<Emitter['query']>,
  named: readonly Column[],
  defaults: readonly string[],
): Source => {
  const count = checkCount(query.columns.length, named);
  const names = query.columns.map((_, at) => ({ name: `c${at + 1}` }));
  const items = names.map(({ name }, at) => {
    const column = named[at];
    const from = query.columns[at];
    const sql = `"source".${quoteName(name)}`;
    return column === undefined || from === undefined ? sql : assign({ sql, type: from.type }, column.type);
  });
  const isPlain = defaults.length === 0 && items.every((item, at) => item === `"source".${quoteName(`c${at + 1}`)}`);
  if (isPlain) return { sql: query.sql, count };
  return { sql: `SELECT ${[...items, ...defaults].join(', ')} FROM ${derived(query, names)}`, count };
};

const insertRows = (
  rows: readonly (readonly Expression[])[],
  named: readonly Column[],
  defaults: readonly string[],
  emitter: Emitter,
  defaultSql: DefaultSql,
): Source => {
  const count = checkCount(rows[0]?.length ?? 0, named);
  const values = rows.map((row) => {
    if (row.length !== count) throw new SqlError('VALUES lists must all be the same length');
    const items = row.map((value, at) => {
      const column = named[at];
      return column === undefined ? 'NULL' : assigned(value, column, emitter, defaultSql);
    });
    return `(${(items.length + defaults.length === 0 ? named.map(() => 'NULL') : [...items, ...defaults]).join(', ')})`;
  });
  return { sql: `VALUES ${values.join(', ')}`, count };
};

const assigned = (value: Expression, column: Column, emitter: Emitter, defaultSql: DefaultSql): string =>
  value.kind === 'default' ? defaultSql(column) : assign(emitter.expression(value), column.type);

const assignments = (set: readonly Assignment[], table: Table, emitter: Emitter, defaultSql: DefaultSql): string =>
  set
    .map(({ column: name, value }) => {
      const [column] = targetColumns(table, [name]);
      return column === undefined ? '' : `${quoteName(name)} = ${assigned(value, column, emitter, defaultSql)}`;
    })
    .join(', ');

/** The table that UPDATE, DELETE or MERGE changes, as a table in scope. */
const targetScope = (table: Table, alias: string): Scope => ({
  ...emptyScope(undefined),
  tables: [
    {
      alias,
      schema: table.schema,
      columns: table.columns.map((column) => ({
        name: column.name,
        emitted: { sql: `${quoteName(alias)}.${quoteName(column.name)}`, type: column.type, name: column.name },
      })),
    },
  ],
});

const both = (target: Scope, others: Scope): Scope => ({ ...others, tables: [...target.tables, ...others.tables] });

/** What a change of rows touches: it reads the table that it writes. */
const touched = (emitter: Emitter, table: Table): Pick<Touched, 'reads' | 'writes'> => ({
  reads: [...emitter.context.reads, ...lockName(table)],
  writes: lockName(table),
});

export const update = (statement: Of<'update'>, emitter: Emitter, defaultSql: DefaultSql): Plan => {
  const table = tableOf(emitter.context.catalogue, statement.table);
  const alias = statement.alias ?? table.name;
  const from =
    statement.from.length === 0 ? { sql: '', scope: emptyScope(undefined) } : emitFrom(statement.from, emitter);
  const inner = emitter.at({ scope: both(targetScope(table, alias), from.scope) });
  const where = statement.where === undefined ? '' : ` WHERE ${condition(inner.expression(statement.where))}`;
  const sql = `UPDATE ${table.duckName} AS ${quoteName(alias)} SET ${assignments(statement.set, table, inner, defaultSql)}${from.sql === '' ? '' : ` FROM ${from.sql}`}${where}`;
  return change([{ sql, counts: true }], [], touched(emitter, table));
};

export const deleteRows = (statement: Of<'delete'>, emitter: Emitter): Plan => {
  const table = tableOf(emitter.context.catalogue, statement.table);
  const using =
    statement.using.length === 0 ? { sql: '', scope: emptyScope(undefined) } : emitFrom(statement.using, emitter);
  const inner = emitter.at({ scope: both(targetScope(table, table.name), using.scope) });
  const where = statement.where === undefined ? '' : ` WHERE ${condition(inner.expression(statement.where))}`;
  const sql = `DELETE FROM ${table.duckName} AS ${quoteName(table.name)}${using.sql === '' ? '' : ` USING ${using.sql}`}${where}`;
  return change([{ sql, counts: true }], [], touched(emitter, table));
};

/** MERGE: a target row that several source rows match is an error in Redshift, so it is looked for first. */
export const merge = (statement: MergeStatement, emitter: Emitter, defaultSql: DefaultSql): Plan => {
  const table = tableOf(emitter.context.catalogue, statement.target);
  const source = openRelation(statement.source, emitter);
  if (source.sql.startsWith('(')) throw new SqlError('MERGE source must be a table, not a view');
  if (source.sql === table.duckName) throw new SqlError('MERGE source and target must be different tables');
  const alias = statement.alias === undefined ? {} : { alias: statement.alias };
  const from = emitFrom([{ kind: 'named', steps: stepsOf(statement.source), ...alias }], emitter);
  const inner = emitter.at({ scope: both(targetScope(table, table.name), from.scope) });
  const changes = statement.matched === 'delete' ? [] : (statement.matched ?? []).map(({ value }) => value);
  refusePartialSuper([statement.on, ...changes, ...(statement.insert?.values ?? [])], inner);
  const on = condition(inner.expression(statement.on));
  const target = `${table.duckName} AS ${quoteName(table.name)}`;
  const steps: Step[] = [
    {
      sql: `SELECT 1 FROM ${target} JOIN ${from.sql} ON ${on} GROUP BY ${quoteName(table.name)}.rowid HAVING count(*) > 1 LIMIT 1`,
      failsOnRow: 'Found multiple matches to update the same tuple.',
    },
  ];
  const plan = (more: readonly Step[]): Plan => change([...steps, ...more], [], touched(emitter, table));
  if (statement.removeDuplicates) {
    if (source.columns.length !== table.columns.length)
      throw new SqlError('MERGE REMOVE DUPLICATES needs tables with the same columns');
    return plan([
      { sql: `DELETE FROM ${target} USING ${from.sql} WHERE ${on}` },
      { sql: `INSERT INTO ${table.duckName} SELECT DISTINCT * FROM ${source.sql}`, counts: true },
    ]);
  }
  const matched =
    statement.matched === 'delete'
      ? 'DELETE'
      : `UPDATE SET ${assignments(statement.matched ?? [], table, inner, defaultSql)}`;
  const columns = targetColumns(table, statement.insert?.columns);
  const values = (statement.insert?.values ?? []).map((value, at) => {
    const column = columns[at];
    if (column === undefined) throw new SqlError('INSERT has more expressions than target columns');
    return assigned(value, column, inner, defaultSql);
  });
  const names = columns.slice(0, values.length).map((column) => quoteName(column.name));
  return plan([
    {
      sql: `MERGE INTO ${target} USING ${from.sql} ON ${on} WHEN MATCHED THEN ${matched} WHEN NOT MATCHED THEN INSERT (${names.join(', ')}) VALUES (${values.join(', ')})`,
      counts: true,
    },
  ]);
};

const stepsOf = (name: { readonly schema?: string; readonly name: string }): { name: string }[] =>
  name.schema === undefined ? [{ name: name.name }] : [{ name: name.schema }, { name: name.name }];
