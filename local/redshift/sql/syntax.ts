import type { Cursor } from './cursor.ts';
import type { SqlType } from './types.ts';

/** What the parts of the parser need of each other. */
export interface Grammar {
  readonly cursor: Cursor;
  expression(): Expression;
  /** An expression without AND, OR, NOT and predicates. */
  operand(): Expression;
  query(): Query;
}

/** The statements and expressions that the laptop's warehouse takes, as the parser leaves them. */
export type PathStep = { readonly name: string } | { readonly index: number };

export interface OrderItem {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nulls?: 'first' | 'last';
}

export interface WindowSpec {
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly OrderItem[];
  /** The ROWS clause as DuckDB reads it. */
  readonly frame?: string;
}

export interface Call {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expression[];
  readonly distinct?: boolean;
  readonly star?: boolean;
  readonly approximate?: boolean;
  readonly ignoreNulls?: boolean;
  readonly withinGroup?: readonly OrderItem[];
  readonly over?: WindowSpec;
}

export type Expression =
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: string }
  | { readonly kind: 'constant'; readonly value: 'true' | 'false' | 'null' }
  | { readonly kind: 'default' }
  | { readonly kind: 'path'; readonly steps: readonly PathStep[] }
  | { readonly kind: 'unary'; readonly operator: '-' | '+' | 'not'; readonly operand: Expression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'is';
      readonly operand: Expression;
      readonly test: 'null' | 'true' | 'false' | 'unknown';
      readonly not: boolean;
    }
  | {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly not: boolean;
    }
  | { readonly kind: 'in'; readonly operand: Expression; readonly list: readonly Expression[]; readonly not: boolean }
  | { readonly kind: 'inQuery'; readonly operand: Expression; readonly query: Query; readonly not: boolean }
  | {
      readonly kind: 'like';
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escapeWith?: string;
      readonly insensitive: boolean;
      readonly not: boolean;
    }
  | {
      readonly kind: 'case';
      readonly subject?: Expression;
      readonly branches: readonly { readonly when: Expression; readonly result: Expression }[];
      readonly otherwise?: Expression;
    }
  | { readonly kind: 'cast'; readonly operand: Expression; readonly to: SqlType; readonly lax: boolean }
  | { readonly kind: 'interval'; readonly value: string }
  | { readonly kind: 'exists'; readonly query: Query }
  | { readonly kind: 'subquery'; readonly query: Query }
  | Call;

export interface Name {
  readonly schema?: string;
  readonly name: string;
}

export type SelectItem =
  | { readonly kind: 'expression'; readonly expression: Expression; readonly alias?: string }
  | { readonly kind: 'star'; readonly of?: string };

export type FromItem =
  | {
      readonly kind: 'named';
      readonly steps: readonly PathStep[];
      readonly alias?: string;
      readonly columns?: readonly string[];
      readonly index?: string;
    }
  | { readonly kind: 'query'; readonly query: Query; readonly alias?: string; readonly columns?: readonly string[] }
  | {
      readonly kind: 'join';
      readonly type: 'inner' | 'left' | 'right' | 'full' | 'cross';
      readonly left: FromItem;
      readonly right: FromItem;
      readonly on?: Expression;
      readonly using?: readonly string[];
    };

export interface Select {
  readonly kind: 'select';
  readonly distinct: boolean;
  readonly items: readonly SelectItem[];
  readonly from: readonly FromItem[];
  readonly where?: Expression;
  readonly groupBy: readonly Expression[];
  readonly having?: Expression;
  readonly qualify?: Expression;
  readonly top?: number;
}

export type Body =
  | Select
  | {
      readonly kind: 'set';
      readonly operator: 'UNION' | 'UNION ALL' | 'INTERSECT' | 'EXCEPT';
      readonly left: Body;
      readonly right: Body;
    }
  | { readonly kind: 'nested'; readonly query: Query };

export interface CommonTable {
  readonly name: string;
  readonly columns?: readonly string[];
  readonly query: Query;
}

export interface Query {
  readonly recursive: boolean;
  readonly with: readonly CommonTable[];
  readonly body: Body;
  readonly orderBy: readonly OrderItem[];
  readonly limit?: Expression;
  readonly offset?: Expression;
}
