import { type Catalogue, type Column, type Table, tableOf } from '../catalogue.ts';
import { SqlError, unknownHere } from '../error.ts';
import { change, lockName, type Plan, type Step } from '../plan.ts';
import type { AlterAction, Statement } from '../sql/statements.ts';
import { duckType } from '../sql/types.ts';
import { forgetColumns, type Names, storeColumns } from '../storage.ts';
import { refuseTaken, toColumn } from './definition.ts';
import { quoteName } from './emitter.ts';

type Of<Kind extends AlterAction['kind']> = Extract<AlterAction, { kind: Kind }>;
type DefaultSql = (column: Column) => string;

/** Plans ALTER TABLE; the table is locked against everybody else. */
export const alterTable = (
  { name, action }: Extract<Statement, { kind: 'alterTable' }>,
  catalogue: Catalogue,
  names: Names,
  defaultSql: DefaultSql,
): Plan => {
  const table = tableOf(catalogue, name);
  if (action.kind === 'none') return change([], [], { exclusive: lockName(table) });
  if (action.kind === 'renameTable') return renameTable(table, action.to, catalogue, names);
  const { columns, steps } = alterColumns(table, action, defaultSql);
  const altered: Table = { ...table, columns };
  return change(
    [...steps, ...forgetColumns(names, table), ...storeColumns(names, altered)],
    [{ kind: 'put', relation: altered }],
    { exclusive: lockName(table) },
  );
};

interface Altered {
  readonly columns: readonly Column[];
  readonly steps: readonly Step[];
}

const alterColumns = (
  table: Table,
  action: Exclude<AlterAction, { kind: 'none' | 'renameTable' }>,
  defaultSql: DefaultSql,
): Altered => {
  if (action.kind === 'addColumn') return addColumn(table, action, defaultSql);
  const found = table.columns.find((each) => each.name === action.column);
  if (found === undefined) throw new SqlError(`column "${action.column}" of relation "${table.name}" does not exist`);
  const replaced = (column: Column): Column[] => table.columns.map((each) => (each === found ? column : each));
  switch (action.kind) {
    case 'dropColumn':
      return {
        columns: table.columns.filter((each) => each !== found),
        steps: [step(table, `DROP COLUMN ${quoteName(action.column)}`)],
      };
    case 'renameColumn':
      return {
        columns: replaced({ ...found, name: action.to }),
        steps: [step(table, `RENAME COLUMN ${quoteName(action.column)} TO ${quoteName(action.to)}`)],
      };
    case 'lengthen': {
      const isText = found.type.kind === 'varchar' && action.type.kind === 'varchar';
      if (!isText || (action.type.length ?? 0) < (found.type.length ?? 0))
        throw unknownHere('ALTER COLUMN TYPE other than to a longer VARCHAR');
      return { columns: replaced({ ...found, type: action.type }), steps: [] };
    }
  }
};

const step = (table: Table, sql: string): Step => ({ sql: `ALTER TABLE ${table.duckName} ${sql}` });

/** DuckDB fills the rows that are there from a default, which it then forgets: later rows get theirs from the translator. */
const addColumn = (table: Table, action: Of<'addColumn'>, defaultSql: DefaultSql): Altered => {
  const column = toColumn(action.column);
  if (table.columns.some((each) => each.name === column.name))
    throw new SqlError(`column "${column.name}" of relation "${table.name}" already exists`);
  if (column.notNull && column.defaultText === undefined)
    throw new SqlError('ALTER TABLE ADD COLUMN defined as NOT NULL must have a non-null default expression');
  const name = quoteName(column.name);
  const filled = column.defaultText === undefined ? '' : ` DEFAULT ${defaultSql(column)}`;
  return {
    columns: [...table.columns, column],
    steps: [
      step(table, `ADD COLUMN ${name} ${duckType(column.type)}${filled}`),
      ...(filled === '' ? [] : [step(table, `ALTER COLUMN ${name} DROP DEFAULT`)]),
      ...(column.notNull ? [step(table, `ALTER COLUMN ${name} SET NOT NULL`)] : []),
    ],
  };
};

const renameTable = (table: Table, to: string, catalogue: Catalogue, names: Names): Plan => {
  refuseTaken(table.temporary ? { name: to } : { schema: table.schema, name: to }, table.temporary, catalogue);
  const renamed: Table = {
    ...table,
    name: to,
    duckName: table.temporary ? names.temporary(to) : names.table(table.schema, to),
  };
  return change(
    [step(table, `RENAME TO ${quoteName(to)}`), ...forgetColumns(names, table), ...storeColumns(names, renamed)],
    [
      { kind: 'drop', relation: table },
      { kind: 'put', relation: renamed },
    ],
    { exclusive: lockName(table) },
  );
};
