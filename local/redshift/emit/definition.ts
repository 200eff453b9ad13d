import { type Catalogue, type Column, defaultSchema, type Table, tableOf, type View } from '../catalogue.ts';
import { SqlError, unknownHere } from '../error.ts';
import { change, type Plan } from '../plan.ts';
import type { ColumnDefinition, Statement } from '../sql/statements.ts';
import type { Name } from '../sql/syntax.ts';
import { duckType, type SqlType } from '../sql/types.ts';
import { type Names, storeColumns, storeView } from '../storage.ts';
import { type EmittedQuery, type Emitter, quoteName } from './emitter.ts';
import { refuseUnqualified } from './qualified.ts';

type Of<Kind extends Statement['kind']> = Extract<Statement, { kind: Kind }>;
const reserved = ['laptop', 'main', 'temp', 'information_schema', 'pg_catalog', 'system'];

export const createSchema = (statement: Of<'createSchema'>, catalogue: Catalogue, names: Names): Plan => {
  if (catalogue.hasSchema(statement.name)) {
    if (statement.ifNotExists) return change([]);
    throw new SqlError(`Schema "${statement.name}" already exists`);
  }
  if (reserved.includes(statement.name) || statement.name.startsWith('pg_'))
    throw new SqlError(`unacceptable schema name "${statement.name}"`);
  return change(
    [{ sql: `CREATE SCHEMA ${names.schema(statement.name)}` }],
    [{ kind: 'schema', name: statement.name, dropped: false }],
  );
};

const newTable = (
  name: Name,
  temporary: boolean,
  columns: readonly Column[],
  catalogue: Catalogue,
  names: Names,
): Table => {
  const schema = name.schema ?? defaultSchema;
  if (temporary && name.schema !== undefined)
    throw new SqlError('cannot create temporary relation in a non-temporary schema');
  if (!temporary && !catalogue.hasSchema(schema)) throw new SqlError(`schema "${schema}" does not exist`);
  const twice = columns.find((column, at) => columns.findIndex((each) => each.name === column.name) !== at);
  if (twice !== undefined) throw new SqlError(`column "${twice.name}" specified more than once`);
  const duckName = temporary ? names.temporary(name.name) : names.table(schema, name.name);
  return { kind: 'table', schema: temporary ? 'pg_temp' : schema, name: name.name, temporary, duckName, columns };
};

/** Whether the name is taken where the table would stand. */
const isTaken = (name: Name, temporary: boolean, catalogue: Catalogue): boolean => {
  const found = catalogue.find(
    temporary ? { name: name.name } : { schema: name.schema ?? defaultSchema, name: name.name },
  );
  return found !== undefined && (!temporary || (found.kind === 'table' && found.temporary));
};

/** Refuses a name that something else has. */
export const refuseTaken = (name: Name, temporary: boolean, catalogue: Catalogue): void => {
  if (isTaken(name, temporary, catalogue)) throw new SqlError(`Relation "${name.name}" already exists`);
};

export const toColumn = ({ name, type, notNull, defaultText }: ColumnDefinition): Column => ({
  name,
  type,
  notNull,
  ...(defaultText === undefined ? {} : { defaultText }),
});

const planTable = (table: Table, names: Names): Plan => {
  const columns = table.columns.map(
    (column) => `${quoteName(column.name)} ${duckType(column.type)}${column.notNull ? ' NOT NULL' : ''}`,
  );
  const sql = `CREATE ${table.temporary ? 'TEMPORARY ' : ''}TABLE ${table.duckName} (${columns.join(', ')})`;
  return change([{ sql }, ...storeColumns(names, table)], [{ kind: 'put', relation: table }]);
};

export const createTable = (statement: Of<'createTable'>, catalogue: Catalogue, names: Names): Plan => {
  if (statement.ifNotExists && isTaken(statement.name, statement.temporary, catalogue)) return change([]);
  refuseTaken(statement.name, statement.temporary, catalogue);
  return planTable(
    newTable(statement.name, statement.temporary, statement.columns.map(toColumn), catalogue, names),
    names,
  );
};

export const createTableLike = (statement: Of<'createTableLike'>, catalogue: Catalogue, names: Names): Plan => {
  const model = tableOf(catalogue, statement.like);
  if (statement.ifNotExists && isTaken(statement.name, statement.temporary, catalogue)) return change([]);
  refuseTaken(statement.name, statement.temporary, catalogue);
  const columns = model.columns.map(({ defaultText, ...column }) =>
    statement.defaults && defaultText !== undefined ? { ...column, defaultText } : column,
  );
  return planTable(newTable(statement.name, statement.temporary, columns, catalogue, names), names);
};

export const createTableAs = (statement: Of<'createTableAs'>, emitter: Emitter, names: Names): Plan => {
  const { catalogue, reads } = emitter.context;
  refuseTaken(statement.name, statement.temporary, catalogue);
  const query = emitter.query(statement.query);
  const columns = query.columns.map(
    ({ name, type }, at): Column => ({
      name: statement.columns?.[at] ?? name,
      type: storedType(name, type),
      notNull: false,
    }),
  );
  const table = newTable(statement.name, statement.temporary, columns, catalogue, names);
  const items = columns.map(
    (column) => `CAST(${quoteName(column.name)} AS ${duckType(column.type)}) AS ${quoteName(column.name)}`,
  );
  const sql = `CREATE ${table.temporary ? 'TEMPORARY ' : ''}TABLE ${table.duckName} AS SELECT ${items.join(', ')} FROM ${derived(query, columns)}`;
  return change([{ sql, counts: true }, ...storeColumns(names, table)], [{ kind: 'put', relation: table }], {
    reads: [...reads],
  });
};

/** A query as a derived table with these column names. */
export const derived = (query: EmittedQuery, columns: readonly { readonly name: string }[]): string =>
  `(${query.sql}) AS "source"(${columns.map((column) => quoteName(column.name)).join(', ')})`;

const storedType = (name: string, type: SqlType): SqlType => {
  if (type.kind === 'unknown') throw unknownHere(`the type of column "${name}": cast it`);
  if (type.kind === 'null') return { kind: 'varchar', length: 1 };
  return type.kind === 'varchar' && type.length === undefined ? { kind: 'varchar', length: 65_535 } : type;
};

export const createView = (statement: Of<'createView'>, emitter: Emitter, names: Names): Plan => {
  const { catalogue } = emitter.context;
  const schema = statement.name.schema ?? defaultSchema;
  if (!catalogue.hasSchema(schema)) throw new SqlError(`schema "${schema}" does not exist`);
  const found = catalogue.find({ schema, name: statement.name.name });
  if (found !== undefined && found.kind !== 'view') throw new SqlError(`"${statement.name.name}" is not a view`);
  if (found !== undefined && !statement.orReplace)
    throw new SqlError(`Relation "${statement.name.name}" already exists`);
  if (statement.lateBinding) refuseUnqualified(statement.query);
  else emitter.query(statement.query);
  if (found !== undefined) refuseOtherColumns(found, statement, emitter);
  const { name, kind: _kind, orReplace: _orReplace, ...rest } = statement;
  const view: View = { kind: 'view', schema, name: name.name, ...rest };
  return change(storeView(names, view), [{ kind: 'put', relation: view }]);
};

/** "You can only replace a view with a new query that generates the identical set of columns" ("CREATE VIEW"). */
const refuseOtherColumns = (before: View, after: Of<'createView'>, emitter: Emitter): void => {
  const [old, now] = [columnsOf(before, emitter), columnsOf(after, emitter)];
  if (old === undefined || now === undefined) return;
  if (old.length !== now.length) throw new SqlError('cannot change number of columns in view');
  for (const [at, { name, type }] of old.entries()) {
    if (now[at]?.name !== name) throw new SqlError(`cannot change name of view column "${name}"`);
    if (JSON.stringify(now[at]?.type) !== JSON.stringify(type))
      throw new SqlError(`cannot change data type of view column "${name}"`);
  }
};

/** None for a late-binding view that cannot be bound now. */
const columnsOf = (view: View | Of<'createView'>, emitter: Emitter) => {
  try {
    const { columns } = emitter.query(view.query);
    return columns.map(({ name, type }, at) => ({ name: view.columns?.[at] ?? name, type }));
  } catch (error) {
    if (error instanceof SqlError) return undefined;
    throw error;
  }
};
