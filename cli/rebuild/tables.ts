import type { Warehouse } from '#aws/redshift.ts';
import { operation } from '../pipeline/sql.ts';
import { change, rowsOf } from '../pipeline/statements.ts';

/** What the lake's objects make. What is remembered of erased persons and failed records is not made of them, and stays. */
const tables = [
  'events',
  'rejected_events',
  'batches',
  'users',
  'user_aliases',
  'loads',
  'loaded_objects',
  'load_errors',
] as const;

export type Counts = Readonly<Record<(typeof tables)[number], number>>;

export const countRows = async (warehouse: Warehouse): Promise<Counts> => {
  const [row] = await rowsOf(warehouse, operation('rebuild-counts'));
  const count = (table: (typeof tables)[number]): number => Number(row?.[tables.indexOf(table)] ?? 0);
  return {
    events: count('events'),
    rejected_events: count('rejected_events'),
    batches: count('batches'),
    users: count('users'),
    user_aliases: count('user_aliases'),
    loads: count('loads'),
    loaded_objects: count('loaded_objects'),
    load_errors: count('load_errors'),
  };
};

/** All or nothing, and no load meanwhile. With them goes what was found to be complete. */
export const emptyTables = (warehouse: Warehouse): Promise<void> =>
  change(warehouse, 'millrace rebuild: empty', [
    operation('lock'),
    ...[...tables, 'reconciliations'].map((table) => operation('rebuild-empty', { table })),
  ]);

/** So that an object which is refused again shows. */
export const forgetRefusals = (warehouse: Warehouse): Promise<void> =>
  change(warehouse, 'millrace rebuild: refusals', [operation('lock'), operation('rebuild-unloaded-errors')]);
