import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { createWarehouse } from '#aws/redshift.ts';
import type { Health } from '#core/status.ts';
import { type LoadFacts, problemsOf, readLoadFacts } from './load-facts.ts';

export interface LaptopFacts {
  /** Null while the warehouse does not answer. */
  readonly loads: LoadFacts | null;
  readonly problems: readonly string[];
}

/** What a laptop's warehouse knows of loads, and what is wrong by it; `flags` as in `problemsOf`. */
export const readLaptopFacts = async ({ resources }: Health, flags: string): Promise<LaptopFacts> => {
  const { aws: endpoint, workgroup, database } = resources;
  const credentials = { accessKeyId: 'laptop', secretAccessKey: 'laptop' };
  const client = new RedshiftDataClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 });
  try {
    const place = { workgroup, database, cluster: undefined, secretArn: undefined };
    const loads = await readLoadFacts(createWarehouse(place, client));
    return { loads, problems: problemsOf(loads, flags) };
  } catch {
    return { loads: null, problems: [] };
  } finally {
    client.destroy();
  }
};
