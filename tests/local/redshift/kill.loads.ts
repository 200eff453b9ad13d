import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { event, loadStatements, schemaStatements } from './load.ts';
import { createTestLake, openRedshift, run } from './support.ts';

/** Events of one load of the child. */
export const eventsPerLoad = 50;

/** Loads object after object into the file in the folder, and writes the number of each load that is committed. */
const [folder, from] = process.argv.slice(2);
if (folder !== undefined && from !== undefined) {
  const lake = createTestLake();
  const redshift = await openRedshift(lake, { databaseFile: join(folder, 'warehouse.duckdb') });
  await run(redshift, ...schemaStatements());
  for (let number = Number(from); ; number += 1) {
    const key = `landed/${number}.json.gz`;
    lake.lines(
      key,
      Array.from({ length: eventsPerLoad }, (_, n) => event(`${number}-${n}`, n)),
    );
    await run(redshift, ...loadStatements(lake, `load-${number}`, [key]));
    writeSync(1, `${number}\n`);
  }
}
