import type { Catalogue } from '../catalogue.ts';
import type { Expression, Query } from '../sql/syntax.ts';
import type { SqlType } from '../sql/types.ts';

/** Where a column comes from, for the metadata of a result. */
export interface Source {
  readonly schema: string;
  readonly table: string;
}

/** An expression in DuckDB's SQL, closed enough to stand as an operand, with its Redshift type. */
export interface Emitted {
  readonly sql: string;
  readonly type: SqlType;
  /** The name of the result column that has no alias. */
  readonly name?: string;
  /** The text of a string literal, whose type is still open. */
  readonly literal?: string;
  /** The way into a SUPER value: the document and a JSON path. */
  readonly path?: { readonly document: string; readonly path: string };
  readonly source?: Source;
}

export interface OutputColumn {
  readonly name: string;
  readonly type: SqlType;
  readonly source?: Source;
}

export interface EmittedQuery {
  readonly sql: string;
  readonly columns: readonly OutputColumn[];
}

export interface ScopeTable {
  readonly alias: string;
  readonly schema?: string;
  readonly columns: readonly { readonly name: string; readonly emitted: Emitted }[];
}

/** What names mean at one place: the tables of FROM, columns merged by USING, and the aliases of the select list so far. */
export interface Scope {
  readonly tables: readonly ScopeTable[];
  readonly merged: ReadonlyMap<string, Emitted>;
  readonly outputs: ReadonlyMap<string, Emitted>;
  readonly parent?: Scope;
}

/** What system functions answer with. */
export interface SessionFacts {
  readonly user: string;
  readonly database: string;
  readonly pid: number;
  readonly lastCopyCount: number;
  readonly lastCopyId: number;
  readonly lastQueryId: number;
}

export interface EmitContext {
  readonly catalogue: Catalogue;
  readonly facts: SessionFacts;
  /** Epoch milliseconds at which the statement began (GETDATE) and its transaction (SYSDATE). */
  readonly statementTime: number;
  readonly transactionTime: number;
  /** Permanent tables that the statement reads, as `schema.table`. */
  readonly reads: Set<string>;
  /** Views being opened, outermost first. */
  readonly views: readonly string[];
}

export interface Emitter {
  readonly context: EmitContext;
  readonly scope: Scope | undefined;
  readonly commonTables: ReadonlyMap<string, readonly OutputColumn[]>;
  expression(expression: Expression): Emitted;
  query(query: Query): EmittedQuery;
  /** The same emitter at another place. */
  at(place: {
    scope?: Scope;
    commonTables?: ReadonlyMap<string, readonly OutputColumn[]>;
    context?: EmitContext;
    top?: boolean;
  }): Emitter;
}

/** A DuckDB string literal. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A DuckDB identifier. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
