import type { Column, Table, View } from './catalogue.ts';
import { quote, quoteName } from './emit/emitter.ts';
import type { Step } from './plan.ts';
import { typeName } from './sql/types.ts';

/** Where the laptop keeps what DuckDB has no place for: Redshift's types, view texts, users. No statement can name this schema. */
export const privateSchema = 'laptop';

/** Names of this warehouse's things in DuckDB; `catalog` is what DuckDB calls the database file. */
export const createNames = (catalog: string) => {
  const own = (table: string): string => `${quoteName(catalog)}.${privateSchema}.${table}`;
  return {
    catalog,
    columns: own('columns'),
    views: own('views'),
    users: own('users'),
    loadErrors: own('load_errors'),
    schema: (name: string): string => `${quoteName(catalog)}.${quoteName(name)}`,
    table: (schema: string, name: string): string => `${quoteName(catalog)}.${quoteName(schema)}.${quoteName(name)}`,
    temporary: (name: string): string => `temp.main.${quoteName(name)}`,
  };
};

export type Names = ReturnType<typeof createNames>;

/** Statements that make the private tables in a new file. */
export const privateTables = (names: Names): readonly string[] => [
  `CREATE SCHEMA IF NOT EXISTS ${names.schema(privateSchema)}`,
  `CREATE SCHEMA IF NOT EXISTS ${names.schema('public')}`,
  `CREATE TABLE IF NOT EXISTS ${names.columns} (schema_name VARCHAR, table_name VARCHAR, position INTEGER, column_name VARCHAR, type VARCHAR, not_null BOOLEAN, default_text VARCHAR)`,
  `CREATE TABLE IF NOT EXISTS ${names.views} (schema_name VARCHAR, view_name VARCHAR, columns VARCHAR, text VARCHAR, late_binding BOOLEAN)`,
  `CREATE TABLE IF NOT EXISTS ${names.users} (kind VARCHAR, name VARCHAR)`,
  `CREATE TABLE IF NOT EXISTS ${names.loadErrors} (user_id INTEGER, query_id BIGINT, transaction_id BIGINT, session_id INTEGER, database_name VARCHAR, table_id INTEGER, start_time TIMESTAMP, file_name VARCHAR, line_number BIGINT, column_name VARCHAR, column_type VARCHAR, column_length VARCHAR, "position" INTEGER, error_code INTEGER, error_message VARCHAR)`,
];

const nullable = (text: string | undefined): string => (text === undefined ? 'NULL' : quote(text));

/** Writes a table's columns into the private catalogue. */
export const storeColumns = (
  names: Names,
  table: Table,
  columns: readonly Column[] = table.columns,
  from = 0,
): readonly Step[] => {
  if (table.temporary || columns.length === 0) return [];
  const rows = columns.map(
    (column, at) =>
      `(${quote(table.schema)}, ${quote(table.name)}, ${from + at}, ${quote(column.name)}, ${quote(typeName(column.type))}, ${column.notNull}, ${nullable(column.defaultText)})`,
  );
  return [{ sql: `INSERT INTO ${names.columns} VALUES ${rows.join(', ')}` }];
};

export const forgetColumns = (names: Names, table: Table): readonly Step[] =>
  table.temporary
    ? []
    : [
        {
          sql: `DELETE FROM ${names.columns} WHERE schema_name = ${quote(table.schema)} AND table_name = ${quote(table.name)}`,
        },
      ];

export const storeView = (names: Names, view: View): readonly Step[] => [
  ...forgetView(names, view),
  {
    sql: `INSERT INTO ${names.views} VALUES (${quote(view.schema)}, ${quote(view.name)}, ${nullable(view.columns === undefined ? undefined : JSON.stringify(view.columns))}, ${quote(view.text)}, ${view.lateBinding})`,
  },
];

export const forgetView = (names: Names, view: View): readonly Step[] => [
  { sql: `DELETE FROM ${names.views} WHERE schema_name = ${quote(view.schema)} AND view_name = ${quote(view.name)}` },
];

export const storeUser = (names: Names, kind: 'user' | 'role', name: string): Step => ({
  sql: `INSERT INTO ${names.users} VALUES (${quote(kind)}, ${quote(name)})`,
});
