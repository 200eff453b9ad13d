import type { Row, Warehouse } from '#aws/redshift.ts';
import { Failure } from '../errors.ts';

/** A sleeping warehouse takes some seconds to wake, and one statement here reads at most some thousand names. */
const patienceMs = 300_000;

/** Rows of one query. Throws `Fault`, which `withPipeline` explains. */
export const rowsOf = (warehouse: Warehouse, sql: string): Promise<readonly Row[]> =>
  warehouse.query(sql, Date.now() + patienceMs);

/** One transaction, all or nothing. Throws Failure with the warehouse's own text, or `Fault`. */
export const change = async (
  warehouse: Warehouse,
  name: string,
  statements: readonly string[],
  longestMs = patienceMs,
): Promise<void> => {
  const ended = await warehouse.transact(statements, { name, deadline: Date.now() + longestMs });
  if (ended.status === 'RUNNING')
    throw new Failure(`${name} has not ended in ${longestMs / 1000} s and goes on in the warehouse: look again later`);
  if (ended.status !== 'FINISHED') throw new Failure(`${name}: ${ended.error}`);
};
