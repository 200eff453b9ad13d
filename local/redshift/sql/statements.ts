import type { Expression, FromItem, Name, Query } from './syntax.ts';
import type { SqlType } from './types.ts';

export interface ColumnDefinition {
  readonly name: string;
  readonly type: SqlType;
  readonly notNull: boolean;
  /** The DEFAULT expression as written. */
  readonly defaultText?: string;
}

export interface Assignment {
  readonly column: string;
  readonly value: Expression;
}

/** A COPY statement as parsed; `options` are the words that stand for settings we accept without effect. */
export interface CopyStatement {
  readonly kind: 'copy';
  readonly table: Name;
  readonly columns?: readonly string[];
  readonly from: string;
  /** `default`, or ARNs of roles of which each takes the next. */
  readonly iamRole: string;
  readonly json: 'auto' | 'auto ignorecase' | 'noshred';
  readonly gzip: boolean;
  readonly manifest: boolean;
  readonly timeFormat: 'auto' | 'epochsecs' | 'epochmillisecs';
  readonly truncateColumns: boolean;
  readonly blanksAsNull: boolean;
  readonly emptyAsNull: boolean;
  readonly trimBlanks: boolean;
  readonly roundDecimals: boolean;
  readonly noLoad: boolean;
}

export interface MergeStatement {
  readonly kind: 'merge';
  readonly target: Name;
  readonly source: Name;
  readonly alias?: string;
  readonly on: Expression;
  readonly matched?: 'delete' | readonly Assignment[];
  readonly insert?: { readonly columns?: readonly string[]; readonly values: readonly Expression[] };
  readonly removeDuplicates: boolean;
}

export type AlterAction =
  | { readonly kind: 'addColumn'; readonly column: ColumnDefinition }
  | { readonly kind: 'dropColumn'; readonly column: string }
  | { readonly kind: 'renameColumn'; readonly column: string; readonly to: string }
  | { readonly kind: 'renameTable'; readonly to: string }
  | { readonly kind: 'lengthen'; readonly column: string; readonly type: SqlType }
  | { readonly kind: 'none' };

export type Statement =
  | { readonly kind: 'query'; readonly query: Query }
  | { readonly kind: 'createSchema'; readonly name: string; readonly ifNotExists: boolean }
  | { readonly kind: 'dropSchema'; readonly name: string; readonly ifExists: boolean; readonly cascade: boolean }
  | {
      readonly kind: 'createTable';
      readonly name: Name;
      readonly temporary: boolean;
      readonly ifNotExists: boolean;
      readonly columns: readonly ColumnDefinition[];
    }
  | {
      readonly kind: 'createTableLike';
      readonly name: Name;
      readonly temporary: boolean;
      readonly ifNotExists: boolean;
      readonly like: Name;
      readonly defaults: boolean;
    }
  | {
      readonly kind: 'createTableAs';
      readonly name: Name;
      readonly temporary: boolean;
      readonly columns?: readonly string[];
      readonly query: Query;
    }
  | {
      readonly kind: 'createView';
      readonly name: Name;
      readonly orReplace: boolean;
      readonly columns?: readonly string[];
      readonly query: Query;
      readonly text: string;
      readonly lateBinding: boolean;
    }
  | {
      readonly kind: 'drop';
      readonly what: 'table' | 'view';
      readonly names: readonly Name[];
      readonly ifExists: boolean;
      readonly cascade: boolean;
    }
  | { readonly kind: 'alterTable'; readonly name: Name; readonly action: AlterAction }
  | { readonly kind: 'lock'; readonly names: readonly Name[] }
  | { readonly kind: 'truncate'; readonly name: Name }
  | {
      readonly kind: 'grant';
      readonly schemas: readonly string[];
      readonly tables: readonly Name[];
      readonly users: readonly string[];
      readonly roles: readonly string[];
    }
  | { readonly kind: 'createUser'; readonly name: string }
  | { readonly kind: 'createRole'; readonly name: string }
  | { readonly kind: 'analyze'; readonly names: readonly Name[] }
  | { readonly kind: 'vacuum'; readonly names: readonly Name[] }
  | { readonly kind: 'transaction'; readonly action: 'begin' | 'commit' | 'rollback' }
  | {
      readonly kind: 'insert';
      readonly table: Name;
      readonly columns?: readonly string[];
      readonly query?: Query;
      readonly rows?: readonly (readonly Expression[])[];
    }
  | {
      readonly kind: 'update';
      readonly table: Name;
      readonly alias?: string;
      readonly set: readonly Assignment[];
      readonly from: readonly FromItem[];
      readonly where?: Expression;
    }
  | { readonly kind: 'delete'; readonly table: Name; readonly using: readonly FromItem[]; readonly where?: Expression }
  | MergeStatement
  | CopyStatement;
