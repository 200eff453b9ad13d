import { SqlError } from './error.ts';
import type { Expression, Name, Query } from './sql/syntax.ts';
import type { SqlType } from './sql/types.ts';

export interface Column {
  readonly name: string;
  readonly type: SqlType;
  readonly notNull: boolean;
  readonly defaultText?: string;
}

/** A table, permanent or of one connection. `duckName` is its quoted name in DuckDB. */
export interface Table {
  readonly kind: 'table';
  readonly schema: string;
  readonly name: string;
  readonly temporary: boolean;
  readonly duckName: string;
  readonly columns: readonly Column[];
}

/** A view: its query is kept and put in the place of its name at every use, so that a late-binding view binds late. */
export interface View {
  readonly kind: 'view';
  readonly schema: string;
  readonly name: string;
  readonly columns?: readonly string[];
  readonly query: Query;
  readonly text: string;
  readonly lateBinding: boolean;
}

/** A relation of the system, answered from a DuckDB query. */
export interface SystemTable {
  readonly kind: 'system';
  readonly schema: string;
  readonly name: string;
  readonly duckSql: () => string;
  readonly columns: readonly Column[];
}

export type Relation = Table | View | SystemTable;

/** What a statement may name. The session gives its own view of it: its temporary tables and its uncommitted changes. */
export interface Catalogue {
  find(name: Name): Relation | undefined;
  hasSchema(name: string): boolean;
  /** Permanent tables and views of a schema. */
  inSchema(name: string): readonly (Table | View)[];
  /** Views of every schema. */
  views(): readonly View[];
  hasUser(name: string): boolean;
  hasRole(name: string): boolean;
}

/** Redshift's search path is "$user", public; temporary tables come first. */
export const defaultSchema = 'public';

export const printName = (name: Name): string =>
  name.schema === undefined ? name.name : `${name.schema}.${name.name}`;

export const relation = (catalogue: Catalogue, name: Name): Relation => {
  const found = catalogue.find(name);
  if (found === undefined) throw new SqlError(`relation "${printName(name)}" does not exist`);
  return found;
};

export const tableOf = (catalogue: Catalogue, name: Name): Table => {
  const found = relation(catalogue, name);
  if (found.kind !== 'table') throw new SqlError(`"${printName(name)}" is not a table`);
  return found;
};

/** Position of each column to be written, in the order given; all columns when none is named. */
export const targetColumns = (table: Table, names: readonly string[] | undefined): readonly Column[] =>
  names === undefined
    ? table.columns
    : names.map((name, at) => {
        const column = table.columns.find((each) => each.name === name);
        if (column === undefined) throw new SqlError(`column "${name}" of relation "${table.name}" does not exist`);
        if (names.indexOf(name) !== at) throw new SqlError(`column "${name}" specified more than once`);
        return column;
      });

/** One change of the catalogue that a statement makes, applied for its transaction at once and for all at its commit. */
export type CatalogueChange =
  | { readonly kind: 'schema'; readonly name: string; readonly dropped: boolean }
  | { readonly kind: 'put'; readonly relation: Table | View }
  | { readonly kind: 'drop'; readonly relation: Table | View }
  | { readonly kind: 'user' | 'role'; readonly name: string };

export type DefaultReader = (text: string) => Expression;
