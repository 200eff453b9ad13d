import { availableParallelism, totalmem } from 'node:os';
import { type DuckDBConnection, DuckDBInstance, type DuckDBResult } from '@duckdb/node-api';
import { quote } from './emit/emitter.ts';
import { createGate } from './gate.ts';

export interface DuckSettings {
  /** A file, or `:memory:`. */
  readonly databaseFile: string;
  /** The only folder whose files DuckDB may open, besides its own; undefined leaves all open. */
  readonly lakeFolder: string | undefined;
  readonly threads?: number;
  /** As DuckDB spells it (`1GB`); a quarter of the machine's memory, 1 to 4 GB, when undefined. */
  readonly memoryLimit?: string;
}

/** One connection: its temporary tables are its own. Calls are one after another. */
export interface Connection {
  /** Rows changed. */
  run(sql: string, values?: readonly string[]): Promise<number>;
  /** Reads a result a chunk at a time; `take` ends the reading by returning false. */
  read(sql: string, take: (result: DuckDBResult, rows: DuckRows) => boolean | undefined): Promise<void>;
  /** Stops what is running. */
  interrupt(): void;
  close(): void;
}

export type DuckRows = ReturnType<Awaited<ReturnType<DuckDBResult['fetchAllChunks']>>[number]['getRows']>;

export interface Duck {
  /** What DuckDB calls the database. */
  readonly catalog: string;
  /** `reader` connections have places of their own, so that queries of the console do not wait behind loads. */
  connect(purpose: 'statement' | 'reader'): Promise<Connection>;
  close(): void;
}

/** Statements and reads that run at once. Node gives all of them, and the laptop's file reads, four threads in all. */
const places = { statement: 2, reader: 1 };

const quarterOfMemory = (): string => `${Math.min(4_000, Math.max(1_000, Math.floor(totalmem() / 4e6)))}MB`;

/** Opens the warehouse file; a commit is on the disk before it is answered, so a killed process loses nothing committed. */
export const openDuck = async ({
  databaseFile,
  lakeFolder,
  threads,
  memoryLimit = quarterOfMemory(),
}: DuckSettings): Promise<Duck> => {
  const inMemory = databaseFile === ':memory:';
  const instance = await DuckDBInstance.create(databaseFile, {
    threads: String(threads ?? Math.min(4, Math.max(2, availableParallelism() >> 1))),
    memory_limit: memoryLimit,
    default_null_order: 'nulls_last_on_asc_first_on_desc',
    allow_community_extensions: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...(inMemory ? { temp_directory: '' } : {}),
  });
  const first = await instance.connect();
  const [[catalog] = []] = (await first.runAndReadAll('SELECT current_database()')).getRows();
  await first.run("SET GLOBAL TimeZone = 'UTC'");
  if (lakeFolder !== undefined) await first.run(`SET allowed_directories = [${quote(lakeFolder)}]`);
  if (lakeFolder !== undefined) await first.run('SET enable_external_access = false');
  await first.run('SET lock_configuration = true');
  first.closeSync();
  const gates = { statement: createGate(places.statement), reader: createGate(places.reader) };
  return {
    catalog: String(catalog),
    connect: async (purpose) => createConnection(await instance.connect(), gates[purpose]),
    close: () => instance.closeSync(),
  };
};

const createConnection = (connection: DuckDBConnection, gate: ReturnType<typeof createGate>): Connection => ({
  run: (sql, values) =>
    gate(async () => {
      const result = await connection.run(sql, values === undefined ? undefined : [...values]);
      return result.rowsChanged;
    }),
  read: (sql, take) =>
    gate(async () => {
      const result = await connection.stream(sql);
      for (;;) {
        const chunk = await result.fetchChunk();
        const rows = chunk === null ? [] : chunk.getRows();
        if (take(result, rows) === false || rows.length === 0) return;
      }
    }),
  interrupt: () => connection.interrupt(),
  close: () => connection.closeSync(),
});
