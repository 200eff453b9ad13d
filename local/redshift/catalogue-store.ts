import {
  type Catalogue,
  type CatalogueChange,
  defaultSchema,
  type Relation,
  type Table,
  type View,
} from './catalogue.ts';
import type { Connection } from './duck.ts';
import { quote } from './emit/emitter.ts';
import { Cursor } from './sql/cursor.ts';
import { parseStatement } from './sql/statement.ts';
import { parseType } from './sql/types.ts';
import { type Names, privateSchema } from './storage.ts';
import { type Facts, systemTables } from './system-tables.ts';

const keyOf = (schema: string, name: string): string => `${schema}.${name}`;

/** Committed relations, schemas, users and roles, kept in memory beside their rows in the private tables. */
export const createCatalogueStore = (names: Names, facts: Facts) => {
  const relations = new Map<string, Table | View>();
  const schemas = new Set<string>([defaultSchema]);
  const users = new Set<string>([facts.user]);
  const roles = new Set<string>();
  const system = new Map<string, Relation>(
    systemTables(names, facts).map((each) => [keyOf(each.schema, each.name), each]),
  );

  const apply = (change: CatalogueChange): void => {
    switch (change.kind) {
      case 'schema':
        if (change.dropped) schemas.delete(change.name);
        else schemas.add(change.name);
        return;
      case 'put':
        relations.set(keyOf(change.relation.schema, change.relation.name), change.relation);
        return;
      case 'drop':
        relations.delete(keyOf(change.relation.schema, change.relation.name));
        return;
      case 'user':
        users.add(change.name);
        return;
      case 'role':
        roles.add(change.name);
    }
  };

  return {
    apply,
    relations: (): readonly (Table | View)[] => [...relations.values()],
    schemas: (): readonly string[] => [...schemas],
    /** What a connection sees: the committed, its transaction's changes, and its temporary tables before all. */
    view: (temporary: ReadonlyMap<string, Table>, pending: readonly CatalogueChange[]): Catalogue => {
      const uncommitted = (schema: string, name: string): Relation | 'dropped' | undefined => {
        const last = pending.findLast(
          (change) =>
            (change.kind === 'put' || change.kind === 'drop') &&
            change.relation.schema === schema &&
            change.relation.name === name,
        );
        if (last === undefined) return undefined;
        return last.kind === 'put' ? last.relation : 'dropped';
      };
      const findIn = (schema: string, name: string): Relation | undefined => {
        if (schema === 'pg_temp') return temporary.get(name);
        const own = uncommitted(schema, name);
        if (own !== undefined) return own === 'dropped' ? undefined : own;
        return relations.get(keyOf(schema, name)) ?? system.get(keyOf(schema, name));
      };
      const present = (): readonly (Table | View)[] => {
        const put = pending.flatMap((change) => (change.kind === 'put' ? [change.relation] : []));
        const known = new Map([...relations.values(), ...put].map((each) => [keyOf(each.schema, each.name), each]));
        return [...known.values()].flatMap(({ schema, name }) => {
          const found = findIn(schema, name);
          return found === undefined || found.kind === 'system' ? [] : [found];
        });
      };
      const pendingSchema = (name: string): boolean | undefined => {
        const last = pending.findLast((change) => change.kind === 'schema' && change.name === name);
        return last?.kind === 'schema' ? !last.dropped : undefined;
      };
      const pends = (kind: 'user' | 'role', name: string): boolean =>
        pending.some((change) => change.kind === kind && 'name' in change && change.name === name);
      return {
        find: ({ schema, name }) =>
          schema === undefined
            ? (temporary.get(name) ?? findIn(defaultSchema, name) ?? findIn('pg_catalog', name))
            : findIn(schema, name),
        hasSchema: (name) => pendingSchema(name) ?? schemas.has(name),
        inSchema: (name) => present().filter((each) => each.schema === name),
        views: () => present().filter((each) => each.kind === 'view'),
        hasUser: (name) => users.has(name) || pends('user', name),
        hasRole: (name) => roles.has(name) || pends('role', name),
      };
    },
    /** Reads what an earlier run committed. */
    load: async (connection: Connection): Promise<void> => {
      const rowsOf = async (sql: string): Promise<(string | undefined)[][]> => {
        const rows: (string | undefined)[][] = [];
        await connection.read(sql, (_, chunk) => {
          for (const row of chunk) rows.push(row.map((value) => (value === null ? undefined : String(value))));
          return undefined;
        });
        return rows;
      };
      const inner = ['main', privateSchema, 'information_schema', 'pg_catalog'].map(quote).join(', ');
      const found = await rowsOf(
        `SELECT schema_name FROM duckdb_schemas() WHERE database_name = ${quote(names.catalog)} AND schema_name NOT IN (${inner})`,
      );
      for (const [name = ''] of found) schemas.add(name);
      const columns = await rowsOf(
        `SELECT schema_name, table_name, column_name, type, not_null, default_text FROM ${names.columns} ORDER BY schema_name, table_name, position`,
      );
      for (const row of columns) apply({ kind: 'put', relation: withColumn(relations, names, row) });
      for (const row of await rowsOf(
        `SELECT schema_name, view_name, columns, text, late_binding FROM ${names.views}`,
      )) {
        apply({ kind: 'put', relation: toView(row) });
      }
      for (const [kind, name = ''] of await rowsOf(`SELECT kind, name FROM ${names.users}`))
        apply({ kind: kind === 'role' ? 'role' : 'user', name });
    },
  };
};

export type CatalogueStore = ReturnType<typeof createCatalogueStore>;

const withColumn = (
  relations: ReadonlyMap<string, Table | View>,
  names: Names,
  row: readonly (string | undefined)[],
): Table => {
  const [schema = '', name = '', column = '', type = '', notNull, defaultText] = row;
  const known = relations.get(keyOf(schema, name));
  return {
    kind: 'table',
    schema,
    name,
    temporary: false,
    duckName: names.table(schema, name),
    columns: [
      ...(known?.kind === 'table' ? known.columns : []),
      {
        name: column,
        type: parseType(new Cursor(type)),
        notNull: notNull === 'true',
        ...(defaultText === undefined ? {} : { defaultText }),
      },
    ],
  };
};

const toView = (row: readonly (string | undefined)[]): View => {
  const [schema = '', name = '', columns, text = '', lateBinding] = row;
  const { statement } = parseStatement(text);
  if (statement.kind !== 'query') throw new Error(`the text of view ${schema}.${name} is not a query`);
  const renamed: readonly string[] | undefined = columns === undefined ? undefined : parseNames(columns);
  return {
    kind: 'view',
    schema,
    name,
    query: statement.query,
    text,
    lateBinding: lateBinding === 'true',
    ...(renamed === undefined ? {} : { columns: renamed }),
  };
};

const parseNames = (text: string): readonly string[] => {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.map(String) : [];
};
