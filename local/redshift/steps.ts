import type { Connection } from './duck.ts';
import { SqlError } from './error.ts';
import type { Plan, Step } from './plan.ts';
import { type RowSet, settleColumns, sizeOf, toReader, type Value } from './rows.ts';

/** Runs the steps of a plan one after another; the rows that they change. */
export const runSteps = async (connection: Connection, steps: readonly Step[]): Promise<number> => {
  let count = 0;
  for (const { sql, counts, failsOnRow } of steps) {
    if (failsOnRow !== undefined) {
      await connection.read(sql, (_, rows) => {
        if (rows.length > 0) throw new SqlError(failsOnRow);
        return false;
      });
    } else {
      const changed = await connection.run(sql);
      if (counts === true) count += changed;
    }
  }
  return count;
};

/** Largest result and largest row of it in bytes. */
export interface ResultBounds {
  readonly maxResultBytes: number;
  readonly maxRowBytes: number;
}

/** The rows of a query, all in memory. Throws `SqlError` when they, or one of them, are larger than that. */
export const readRows = async (
  connection: Connection,
  { sql, columns }: Extract<Plan, { kind: 'query' }>,
  { maxResultBytes, maxRowBytes }: ResultBounds,
): Promise<RowSet> => {
  const rows: Value[][] = [];
  let size = 0;
  let settled = columns;
  await connection.read(sql, (result, chunk) => {
    settled = settleColumns(columns, result);
    const readers = columns.map((_, at) => toReader(result.columnTypeId(at)));
    for (const values of chunk) {
      const row = readers.map((read, at) => read(values[at] ?? null));
      const bytes = sizeOf(row);
      if (bytes > maxRowBytes) throw new SqlError('Packet for query is too large');
      size += bytes;
      rows.push(row);
    }
    if (size > maxResultBytes)
      throw new SqlError(
        `Database response exceeded size limit: more than ${Math.floor(maxResultBytes / 1_000_000)} MB`,
      );
    return undefined;
  });
  return { columns: settled, rows, size };
};
