import type { CatalogueChange, Table } from './catalogue.ts';
import type { OutputColumn } from './emit/emitter.ts';
import type { CopyStatement } from './sql/statements.ts';

/** One statement for DuckDB. */
export interface Step {
  readonly sql: string;
  /** Whether the rows that it changes are the statement's. */
  readonly counts?: boolean;
  /** The statement fails with this text when the step finds a row. */
  readonly failsOnRow?: string;
}

/** Which tables a statement touches, as `schema.table`, for the locks that its transaction takes. */
export interface Touched {
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly exclusive: readonly string[];
}

export type Plan = Touched &
  (
    | { readonly kind: 'query'; readonly sql: string; readonly columns: readonly OutputColumn[] }
    | { readonly kind: 'change'; readonly steps: readonly Step[]; readonly changes: readonly CatalogueChange[] }
    | { readonly kind: 'copy'; readonly statement: CopyStatement; readonly table: Table }
    | { readonly kind: 'truncate'; readonly steps: readonly Step[] }
    | { readonly kind: 'transaction'; readonly action: 'begin' | 'commit' | 'rollback' }
    | { readonly kind: 'vacuum' }
  );

export const untouched: Touched = { reads: [], writes: [], exclusive: [] };

export const change = (
  steps: readonly Step[],
  changes: readonly CatalogueChange[] = [],
  touched: Partial<Touched> = {},
): Plan => ({
  kind: 'change',
  steps,
  changes,
  ...untouched,
  ...touched,
});

/** The name under which a table is locked; temporary tables are nobody else's. */
export const lockName = (table: Table): readonly string[] => (table.temporary ? [] : [`${table.schema}.${table.name}`]);
