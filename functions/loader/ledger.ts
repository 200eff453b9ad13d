import type { Warehouse } from '#aws/redshift.ts';
import type { LandedObject } from './landed-objects.ts';
import { ledgerName, toLedgerLookup } from './statements.ts';

/** The objects that are not in the tables, by one question to the ledger. Throws `Fault`. */
export const findUnloaded = async (
  { warehouse }: { readonly warehouse: Warehouse },
  objects: readonly LandedObject[],
  deadline: number,
): Promise<readonly LandedObject[]> => {
  const loaded = new Set((await warehouse.query(toLedgerLookup(objects), deadline)).map(([name]) => name));
  return objects.filter((object) => !loaded.has(ledgerName(object)));
};
