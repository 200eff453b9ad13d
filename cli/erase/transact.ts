import type { Row, Warehouse } from '#aws/redshift.ts';
import { Failure } from '../errors.ts';

/** A sleeping warehouse wakes first, and a load that is under way ends first. */
const patienceMs = 900_000;

/** One transaction; answers with the rows of the statements asked for, counted from 1. Throws Failure or `Fault`. */
export const transact = async (
  warehouse: Warehouse,
  name: string,
  statements: readonly string[],
  answers: readonly number[] = [],
): Promise<readonly (readonly Row[])[]> => {
  const ended = await warehouse.transact(statements, { name, deadline: Date.now() + patienceMs });
  if (ended.status === 'RUNNING')
    throw new Failure(
      `${name} has not ended in ${patienceMs / 60_000} minutes and goes on: run the command again later`,
    );
  if (ended.status !== 'FINISHED') throw new Failure(`${name}: ${ended.error}`);
  const rows: (readonly Row[])[] = [];
  for (const at of answers) rows.push(await warehouse.results(ended.id, at));
  return rows;
};

export const inChunks = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, at) => items.slice(at * size, (at + 1) * size));
