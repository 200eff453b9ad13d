import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite';

/** One row as SQLite gives it; read its columns through `textOf`, `numberOf` and their like, which check the type. */
export type Row = Readonly<Record<string, SQLOutputValue>>;

/**
 * What the stand-ins keep between two runs. A change that has been made outlives `kill -9` of the process at any moment
 * (not a power cut: nothing is flushed to the disk). One process at a time owns the file.
 */
export interface Store {
  /** Runs statements that answer nothing, such as `CREATE TABLE IF NOT EXISTS`. */
  exec(sql: string): void;
  prepare(sql: string): StatementSync;
  /** Runs `work` as all or nothing. One inside another joins the outer one. */
  transaction<T>(work: () => T): T;
  close(): void;
}

const PAGE_BYTES = 8_192;
const WORTH_COMPACTING_BYTES = 64 * 1024 * 1024;

/** Opens or creates the store at `path`; `:memory:` keeps it in the process. Throws when another process has it open. */
export const openStore = (path: string): Store => {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;
      PRAGMA synchronous = OFF; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 512;
      BEGIN IMMEDIATE; COMMIT;`);
    compact(database);
  } catch (error) {
    database.close();
    throw new Error(`The store ${path} cannot be opened; is another millrace running on the same data folder?`, {
      cause: error,
    });
  }

  let depth = 0;
  return {
    exec: (sql) => database.exec(sql),
    prepare: (sql) => database.prepare(sql),
    transaction: (work) => {
      if (depth > 0) return work();
      database.exec('BEGIN IMMEDIATE');
      depth += 1;
      try {
        const result = work();
        database.exec('COMMIT');
        return result;
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      } finally {
        depth -= 1;
      }
    },
    close: () => database.close(),
  };
};

/** Gives back to the disk what a past backlog took, when that is most of the file. */
const compact = (database: DatabaseSync): void => {
  const pages = numberOf(rowOf(database.prepare('PRAGMA page_count').get()), 'page_count');
  const free = numberOf(rowOf(database.prepare('PRAGMA freelist_count').get()), 'freelist_count');
  if (free * PAGE_BYTES > WORTH_COMPACTING_BYTES && free > pages / 2) database.exec('VACUUM');
};

/** The row of a query that always answers one, such as `SELECT count(*)`. */
export const rowOf = (row: Row | undefined): Row => {
  if (row === undefined) throw new TypeError('The store answered no row.');
  return row;
};

export const textOf = (row: Row, column: string): string => {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`Column ${column} of the store is not text.`);
  return value;
};

export const optionalTextOf = (row: Row, column: string): string | undefined =>
  row[column] === null ? undefined : textOf(row, column);

export const numberOf = (row: Row, column: string): number => {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`Column ${column} of the store is not a number.`);
  return value;
};

export const optionalNumberOf = (row: Row, column: string): number | undefined =>
  row[column] === null ? undefined : numberOf(row, column);

export const bytesOf = (row: Row, column: string): Buffer => {
  const value = row[column];
  if (!(value instanceof Uint8Array)) throw new TypeError(`Column ${column} of the store is not a blob.`);
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
};
