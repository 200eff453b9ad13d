import { availableParallelism, totalmem } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import { type ColumnType, eventColumns, landingColumns } from '#core/columns.ts';

export interface Bare {
  /** Milliseconds for the files' deduplicated events to be committed. */
  load(paths: readonly string[]): Promise<number>;
  countEvents(): Promise<number>;
  close(): void;
}

/**
 * What the laptop's load is held against: DuckDB alone in a file of its own, `read_json` of the same files into a temporary
 * table and an insert of the first of each event that the table has not; no rejected rows, batches, ledger or checks.
 */
export const openBare = async (databaseFile: string): Promise<Bare> => {
  // As many threads and as much memory as the laptop's warehouse takes.
  const instance = await DuckDBInstance.create(databaseFile, {
    threads: String(Math.min(4, Math.max(2, availableParallelism() >> 1))),
    memory_limit: `${Math.min(4_000, Math.max(1_000, Math.floor(totalmem() / 4e6)))}MB`,
  });
  const connection = await instance.connect();
  const columns = Object.entries(eventColumns).map(([name, type]) => `${name} ${duckTypes[type.type]}`);
  await connection.run(`CREATE TABLE events (${columns.join(', ')})`);
  const names = Object.keys(eventColumns).join(', ');
  const shape = Object.entries(landingColumns).map(([name, type]) => `'${name}': '${duckTypes[type.type]}'`);
  return {
    async load(paths) {
      const files = paths.map((path) => `'${path.replaceAll("'", "''")}'`).join(', ');
      const startedAt = process.hrtime.bigint();
      await connection.run('BEGIN');
      await connection.run(
        `CREATE TEMP TABLE staging AS SELECT * FROM read_json([${files}], format = 'newline_delimited', compression = 'gzip', columns = {${shape.join(', ')}})`,
      );
      await connection.run(
        `INSERT INTO events SELECT ${names} FROM (
           SELECT * FROM staging WHERE kind = 'event'
           QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY received_at, producer, seq) = 1
         ) AS incoming
         WHERE NOT EXISTS (SELECT 1 FROM events AS loaded WHERE loaded.event_id = incoming.event_id)`,
      );
      await connection.run('DROP TABLE staging');
      await connection.run('COMMIT');
      return Number(process.hrtime.bigint() - startedAt) / 1e6;
    },
    async countEvents() {
      const [[count] = []] = (await connection.runAndReadAll('SELECT count(*) FROM events')).getRows();
      return Number(count);
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
};

const duckTypes: Readonly<Record<ColumnType['type'], string>> = {
  VARCHAR: 'VARCHAR',
  TIMESTAMP: 'TIMESTAMP',
  BOOLEAN: 'BOOLEAN',
  BIGINT: 'BIGINT',
  INTEGER: 'INTEGER',
  SUPER: 'JSON',
};
