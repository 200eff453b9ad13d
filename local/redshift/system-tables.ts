import type { Column, SystemTable } from './catalogue.ts';
import { quote } from './emit/emitter.ts';
import type { IsolationLevel } from './isolation.ts';
import { type SqlType, text, type } from './sql/types.ts';
import type { Names } from './storage.ts';

const columns = (definition: Readonly<Record<string, SqlType>>): readonly Column[] =>
  Object.entries(definition).map(([name, of]) => ({ name, type: of, notNull: false }));

const table = (
  schema: string,
  name: string,
  definition: Readonly<Record<string, SqlType>>,
  duckSql: string | (() => string),
): SystemTable => ({
  kind: 'system',
  schema,
  name,
  duckSql: typeof duckSql === 'string' ? () => duckSql : duckSql,
  columns: columns(definition),
});

const [integer, bigint, timestamp, name] = [type('integer'), type('bigint'), type('timestamp'), text(128)];

/** "SYS_LOAD_ERROR_DETAIL", Amazon Redshift Database Developer Guide; fixed-width columns come padded with blanks. */
const loadErrorColumns: Readonly<Record<string, SqlType>> = {
  user_id: integer,
  query_id: bigint,
  transaction_id: bigint,
  session_id: integer,
  database_name: { kind: 'char', length: 64 },
  table_id: integer,
  start_time: timestamp,
  file_name: { kind: 'char', length: 256 },
  line_number: bigint,
  column_name: { kind: 'char', length: 127 },
  column_type: { kind: 'char', length: 10 },
  column_length: { kind: 'char', length: 10 },
  position: integer,
  error_code: integer,
  error_message: { kind: 'char', length: 512 },
};

/** Columns of "SYS_LOAD_HISTORY" that the laptop knows. */
const loadHistoryColumns: Readonly<Record<string, SqlType>> = {
  user_id: integer,
  query_id: bigint,
  status: text(128),
  session_id: integer,
  transaction_id: bigint,
  database_name: text(128),
  table_name: text(128),
  start_time: timestamp,
  end_time: timestamp,
  duration: bigint,
  data_source: text(2048),
  file_format: text(128),
  loaded_rows: bigint,
  error_message: text(512),
};

const padded = (definition: Readonly<Record<string, SqlType>>): string =>
  Object.entries(definition)
    .map(([column, of]) =>
      of.kind === 'char' ? `rpad("${column}", ${of.length ?? 1}, ' ') AS "${column}"` : `"${column}"`,
    )
    .join(', ');

/** What a database tells of itself. */
export interface Facts {
  readonly user: string;
  readonly database: string;
  readonly isolation: IsolationLevel;
  /** A query for the rows of SYS_LOAD_HISTORY. */
  readonly loads: () => string;
}

/** System tables and views that the laptop answers. */
export const systemTables = (names: Names, { user, database, isolation, loads }: Facts): readonly SystemTable[] => {
  const relations = `SELECT DISTINCT schema_name AS table_schema, table_name, 'TABLE' AS table_type FROM ${names.columns} UNION ALL SELECT schema_name, view_name, 'VIEW' FROM ${names.views}`;
  const relationColumns = { table_schema: name, table_name: name, table_type: name };
  const fields = `SELECT schema_name AS table_schema, table_name, column_name, position + 1 AS ordinal_position, column_default, is_nullable, type AS data_type FROM (SELECT *, default_text AS column_default, CASE WHEN not_null THEN 'NO' ELSE 'YES' END AS is_nullable FROM ${names.columns}) AS stored`;
  const fieldColumns = {
    table_schema: name,
    table_name: name,
    column_name: name,
    ordinal_position: integer,
    column_default: text(4000),
    is_nullable: text(3),
    data_type: name,
  };
  const users = (column: string): string =>
    `SELECT ${quote(user)} AS ${column} UNION ALL SELECT name FROM ${names.users} WHERE kind = 'user'`;
  return [
    table(
      'pg_catalog',
      'sys_load_error_detail',
      loadErrorColumns,
      `SELECT ${padded(loadErrorColumns)} FROM ${names.loadErrors}`,
    ),
    table('pg_catalog', 'sys_load_history', loadHistoryColumns, loads),
    table('pg_catalog', 'svv_tables', relationColumns, relations),
    table('information_schema', 'tables', relationColumns, relations),
    table('pg_catalog', 'svv_columns', fieldColumns, fields),
    table('information_schema', 'columns', fieldColumns, fields),
    table(
      'pg_catalog',
      'stv_db_isolation_level',
      { db_name: { kind: 'char', length: 128 }, isolation_level: { kind: 'char', length: 20 } },
      `SELECT rpad(${quote(database)}, 128, ' ') AS db_name, rpad(${quote(isolation === 'SNAPSHOT' ? 'Snapshot Isolation' : 'Serializable')}, 20, ' ') AS isolation_level`,
    ),
    table('pg_catalog', 'pg_user', { usename: name }, users('usename')),
    table('pg_catalog', 'svv_user_info', { user_name: name }, users('user_name')),
    table(
      'pg_catalog',
      'svv_roles',
      { role_name: name },
      `SELECT name AS role_name FROM ${names.users} WHERE kind = 'role'`,
    ),
  ];
};
