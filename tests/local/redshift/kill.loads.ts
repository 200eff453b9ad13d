import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { createTestLake, openRedshift, role, run, type TestLake } from './support.ts';

/** Events of one load of the child. */
export const eventsPerLoad = 50;

const schema = [
  'CREATE SCHEMA IF NOT EXISTS millrace',
  'CREATE TABLE IF NOT EXISTS millrace.events (id VARCHAR(32) NOT NULL, properties SUPER, load_id INTEGER)',
  'CREATE TABLE IF NOT EXISTS millrace.loads (load_id INTEGER NOT NULL)',
  'CREATE OR REPLACE VIEW millrace.count AS SELECT COUNT(*) AS loads FROM millrace.loads WITH NO SCHEMA BINDING',
];

const load = (lake: TestLake, number: number, key: string): string[] => [
  'LOCK millrace.loads',
  'CREATE TEMP TABLE staging (id VARCHAR(32), properties SUPER)',
  `COPY staging FROM '${lake.manifest([key])}' IAM_ROLE '${role}' FORMAT JSON 'auto' GZIP MANIFEST`,
  `INSERT INTO millrace.events SELECT id, properties, ${number} FROM staging`,
  `INSERT INTO millrace.loads VALUES (${number})`,
];

/** Loads object after object into the file in the folder, and writes the number of each load that is committed. */
const [folder, from] = process.argv.slice(2);
if (folder !== undefined && from !== undefined) {
  const lake = createTestLake();
  const redshift = await openRedshift(lake, { databaseFile: join(folder, 'warehouse.duckdb') });
  await run(redshift, ...schema);
  for (let number = Number(from); ; number += 1) {
    const key = `landed/${number}.json.gz`;
    lake.lines(
      key,
      Array.from({ length: eventsPerLoad }, (_, n) => ({ id: `${number}-${n}`, properties: { n } })),
    );
    await run(redshift, ...load(lake, number, key));
    writeSync(1, `${number}\n`);
  }
}
