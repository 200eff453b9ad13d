import { type Catalogue, type Column, relation, tableOf } from './catalogue.ts';
import { alterTable } from './emit/alter.ts';
import { assign } from './emit/cast.ts';
import { deleteRows, insert, merge, update } from './emit/change.ts';
import { createEmitter } from './emit/create.ts';
import { createSchema, createTable, createTableAs, createTableLike, createView } from './emit/definition.ts';
import { drop, dropSchema } from './emit/drop.ts';
import type { EmitContext, Emitter } from './emit/emitter.ts';
import { SqlError } from './error.ts';
import { change, lockName, type Plan, untouched } from './plan.ts';
import { parseDefault, parseStatement } from './sql/statement.ts';
import type { Statement } from './sql/statements.ts';
import { type Names, storeUser } from './storage.ts';

export interface Translation {
  readonly plan: Plan;
  /** Names of the parameters that the statement uses. */
  readonly used: ReadonlySet<string>;
}

/** What a translation depends on besides the text. */
export type Moment = Omit<EmitContext, 'reads' | 'views'>;

/**
 * Turns one statement of Redshift's SQL into what DuckDB is to do for it. Throws `SqlError` for what Redshift refuses and,
 * naming the word, for what the laptop was not taught: nothing reaches DuckDB that was not understood.
 */
export const translate = (
  source: string,
  moment: Moment,
  names: Names,
  parameters: ReadonlyMap<string, string> = new Map(),
): Translation => {
  try {
    const { statement, used } = parseStatement(source, parameters);
    return { plan: planOf(statement, moment, names), used };
  } catch (error) {
    if (error instanceof RangeError) throw new SqlError('the statement is nested too deeply', { cause: error });
    throw error;
  }
};

/** A column's DEFAULT as DuckDB's SQL, at the time of the statement. */
export const defaultOf = (column: Column, moment: Moment): string =>
  column.defaultText === undefined
    ? 'NULL'
    : assign(emitterOf(moment).expression(parseDefault(column.defaultText)), column.type);

const emitterOf = (moment: Moment): Emitter => createEmitter({ ...moment, reads: new Set(), views: [] });

const planOf = (statement: Statement, moment: Moment, names: Names): Plan => {
  const { catalogue } = moment;
  const emitter = emitterOf(moment);
  const defaultSql = (column: Column): string => defaultOf(column, moment);
  switch (statement.kind) {
    case 'query': {
      const query = emitter.query(statement.query);
      return { kind: 'query', ...query, ...untouched, reads: [...emitter.context.reads] };
    }
    case 'insert':
      return insert(statement, emitter, defaultSql);
    case 'update':
      return update(statement, emitter, defaultSql);
    case 'delete':
      return deleteRows(statement, emitter);
    case 'merge':
      return merge(statement, emitter, defaultSql);
    case 'copy': {
      const table = tableOf(catalogue, statement.table);
      return { kind: 'copy', statement, table, ...untouched, writes: lockName(table) };
    }
    case 'createSchema':
      return createSchema(statement, catalogue, names);
    case 'createTable':
      for (const column of statement.columns) defaultSql({ ...column });
      return createTable(statement, catalogue, names);
    case 'createTableLike':
      return createTableLike(statement, catalogue, names);
    case 'createTableAs':
      return createTableAs(statement, emitter, names);
    case 'createView':
      return createView(statement, emitter, names);
    case 'drop':
      return drop(statement, emitter, names);
    case 'dropSchema':
      return dropSchema(statement, emitter, names);
    case 'alterTable':
      return alterTable(statement, catalogue, names, defaultSql);
    default:
      return planSmall(statement, catalogue, names);
  }
};

type Small = Extract<
  Statement,
  { kind: 'lock' | 'truncate' | 'grant' | 'createUser' | 'createRole' | 'analyze' | 'vacuum' | 'transaction' }
>;

const planSmall = (statement: Small, catalogue: Catalogue, names: Names): Plan => {
  switch (statement.kind) {
    case 'lock':
      return change([], [], { exclusive: statement.names.flatMap((name) => lockName(tableOf(catalogue, name))) });
    case 'truncate': {
      const table = tableOf(catalogue, statement.name);
      return {
        kind: 'truncate',
        steps: [{ sql: `DELETE FROM ${table.duckName}` }],
        ...untouched,
        exclusive: lockName(table),
      };
    }
    case 'grant':
      checkGrant(statement, catalogue);
      return change([]);
    case 'createUser':
      if (catalogue.hasUser(statement.name)) throw new SqlError(`user "${statement.name}" already exists`);
      return change([storeUser(names, 'user', statement.name)], [{ kind: 'user', name: statement.name }]);
    case 'createRole':
      if (catalogue.hasRole(statement.name)) throw new SqlError(`Role "${statement.name}" already exists`);
      return change([storeUser(names, 'role', statement.name)], [{ kind: 'role', name: statement.name }]);
    case 'analyze':
      for (const name of statement.names) tableOf(catalogue, name);
      return change([]);
    case 'vacuum':
      for (const name of statement.names) tableOf(catalogue, name);
      return { kind: 'vacuum', ...untouched };
    case 'transaction':
      return { kind: 'transaction', action: statement.action, ...untouched };
  }
};

const checkGrant = (statement: Extract<Statement, { kind: 'grant' }>, catalogue: Catalogue): void => {
  for (const name of statement.tables) relation(catalogue, name);
  for (const schema of statement.schemas) {
    if (!catalogue.hasSchema(schema)) throw new SqlError(`schema "${schema}" does not exist`);
  }
  for (const user of statement.users) if (!catalogue.hasUser(user)) throw new SqlError(`user "${user}" does not exist`);
  for (const role of statement.roles) if (!catalogue.hasRole(role)) throw new SqlError(`role "${role}" does not exist`);
};
