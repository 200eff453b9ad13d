import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { account, region } from '../template/resource-names.ts';
import { type CatalogueStore, createCatalogueStore } from './catalogue-store.ts';
import type { LakeAs } from './copy/copy-role.ts';
import type { LakeReader } from './copy/manifest.ts';
import { createDataApi, type DataApi } from './data/data-api.ts';
import { createEvents, type StatementEvent } from './data/events.ts';
import type { Statement } from './data/statement.ts';
import { type Duck, openDuck } from './duck.ts';
import { type OutputColumn, quoteName } from './emit/emitter.ts';
import { SqlError } from './error.ts';
import { createIsolation, type IsolationLevel } from './isolation.ts';
import { noteLoadError } from './load-errors.ts';
import { createLoadHistory } from './load-history.ts';
import { createLocks } from './locks.ts';
import type { RowSet, Value } from './rows.ts';
import { createSession, type Session, type Shared } from './session.ts';
import { createNames, type Names, privateTables } from './storage.ts';

export interface RedshiftSettings {
  /** A file, or `:memory:`. */
  readonly databaseFile: string;
  readonly workgroup: string;
  /** Default: one made of the name. */
  readonly workgroupArn?: string;
  readonly database: string;
  readonly lake: LakeReader;
  /** The lake as a role of COPY's IAM_ROLE may read it; without this every role reads all. */
  readonly lakeAs?: LakeAs;
  readonly clock: Clock;
  readonly random: Random;
  /** Database user of every statement (default `admin`). */
  readonly user?: string;
  /** Threads of DuckDB (default half the processors, 2 to 4). */
  readonly threads?: number;
  /** Memory of DuckDB, such as `1GB` (default a quarter of the machine's, 1 to 4 GB). */
  readonly memoryLimit?: string;
  /** Statements under way at once (default 200, "Using the Amazon Redshift Data API"). */
  readonly maxActive?: number;
  /** Sessions open at once (default 500). */
  readonly maxSessions?: number;
  /** That of the database (default SNAPSHOT, as for new workgroups: "Isolation levels", Amazon Redshift Database Developer Guide). */
  readonly isolation?: IsolationLevel;
  /** Bytes of one result (default 100 MB) and of all results kept to be read (default 128 MB). */
  readonly maxResultBytes?: number;
  readonly maxResultsBytes?: number;
}

/** Largest row of a result ("Troubleshooting issues for Amazon Redshift Data API"). */
const maxRowBytes = 64 * 1024;

export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** The laptop's Redshift: one workgroup with one database, on DuckDB. */
export interface Redshift {
  readonly workgroup: string;
  readonly workgroupArn: string;
  readonly database: string;
  readonly clock: Clock;
  readonly api: DataApi;
  readonly catalogue: CatalogueStore;
  /** What EventBridge would have been sent, oldest first. */
  events(): readonly StatementEvent[];
  /** Rows of one statement for readers in this process; integers as numbers while a number holds them, else text. Rejects with `SqlError`. */
  query(sql: string): Promise<readonly Row[]>;
  /** Columns of a view as it is now. Rejects with `SqlError`. */
  columnsOf(schema: string, view: string): Promise<readonly OutputColumn[]>;
  stats(): {
    readonly queued: number;
    readonly oldest: number | undefined;
    readonly counts: Readonly<Record<string, number>>;
    readonly lastError: { readonly at: number; readonly message: string } | undefined;
  };
  /** Resolves when no statement is under way. */
  idle(): Promise<void>;
  /** Stops what is under way and closes the file. */
  close(): Promise<void>;
}

/** Opens the warehouse. Everything committed before is there; what was not committed is not. */
export const createRedshift = async (settings: RedshiftSettings): Promise<Redshift> => {
  const { clock, random, workgroup, database, lake, user = 'admin' } = settings;
  const { workgroupArn = `arn:aws:redshift-serverless:${region}:${account}:workgroup/${workgroup}` } = settings;
  const duck = await openDuck({
    databaseFile: settings.databaseFile,
    lakeFolder: lake.folder,
    ...(settings.threads === undefined ? {} : { threads: settings.threads }),
    ...(settings.memoryLimit === undefined ? {} : { memoryLimit: settings.memoryLimit }),
  });
  const names = createNames(duck.catalog);
  const loads = createLoadHistory(database);
  const isolation = createIsolation(settings.isolation ?? 'SNAPSHOT');
  const catalogue = createCatalogueStore(names, { user, database, isolation: isolation.level, loads: loads.sql });
  const events = createEvents(clock, random, workgroupArn);
  let queryId = await prepare(duck, names, catalogue);

  const counts = { rows_copied: 0, statements: 0, failed: 0 };
  let lastError: { readonly at: number; readonly message: string } | undefined;
  let pid = 1_073_741_000;
  const shared: Shared = {
    clock,
    names,
    catalogue,
    locks: createLocks(),
    isolation,
    loads,
    lakeAs: settings.lakeAs ?? (() => lake),
    user,
    database,
    bounds: { maxResultBytes: settings.maxResultBytes ?? 100_000_000, maxRowBytes },
    nextQueryId: () => {
      queryId += 1;
      return queryId;
    },
    noteLoadError: (failure, facts) => noteLoadError(duck, names, failure, { ...facts, database }),
  };
  // One after another, so that statements begin in the order in which they were submitted.
  let opened: Promise<unknown> = Promise.resolve();
  const openSession = (purpose: 'statement' | 'reader'): Promise<Session> => {
    pid += 1;
    const own = pid;
    const bounds = purpose === 'reader' ? { ...shared.bounds, maxRowBytes: Number.POSITIVE_INFINITY } : shared.bounds;
    const session = opened.then(async () => createSession({ ...shared, bounds }, await duck.connect(purpose), own));
    opened = session.catch(() => undefined);
    return session;
  };
  const ended = (statement: Statement, failure: unknown): void => {
    counts.statements += 1;
    if (statement.status === 'FINISHED') counts.rows_copied += copiedRows(statement);
    else counts.failed += 1;
    // A query that somebody mistyped is no fault of the pipeline; a COPY that fails is, and so is whatever is no SQL error.
    const isOurs = failure !== undefined && (!(failure instanceof SqlError) || failedCopy(statement));
    if (isOurs && statement.status === 'FAILED') lastError = { at: clock.now(), message: statement.error ?? 'failed' };
    events.ended(statement);
  };
  const api = createDataApi({
    clock,
    random,
    openSession: () => openSession('statement'),
    maxActive: settings.maxActive ?? 200,
    maxSessions: settings.maxSessions ?? 500,
    maxResultsBytes: settings.maxResultsBytes ?? 128_000_000,
    ended,
  });
  const readers = new Set<Promise<unknown>>();

  const read = async (sql: string): Promise<RowSet | undefined> => {
    const session = await openSession('reader');
    try {
      const { result } = await session.run(sql);
      await session.commit();
      return result;
    } finally {
      await session.rollback();
      session.close();
    }
  };
  /** Reads are waited for when the warehouse closes. */
  const reading = (sql: string): Promise<RowSet | undefined> => {
    const rows = read(sql).finally(() => readers.delete(rows));
    readers.add(rows);
    return rows;
  };

  return {
    workgroup,
    workgroupArn,
    database,
    clock,
    api,
    catalogue,
    events: events.all,
    query: async (sql) => {
      const result = await reading(sql);
      return result === undefined ? [] : toRows(result);
    },
    columnsOf: async (schema, view) => {
      const result = await reading(`SELECT * FROM ${quoteName(schema)}.${quoteName(view)} LIMIT 0`);
      return result?.columns ?? [];
    },
    stats: () => {
      const active = api.active();
      return { queued: active.length, oldest: active[0]?.createdAt, counts: { ...counts }, lastError };
    },
    idle: api.idle,
    close: async () => {
      api.abortAll();
      await api.idle();
      await Promise.allSettled(readers);
      api.sessions.closeAll();
      duck.close();
    },
  };
};

/** The last query id that an earlier run wrote down: later ones go on from there. */
const prepare = async (duck: Duck, names: Names, catalogue: CatalogueStore): Promise<number> => {
  const connection = await duck.connect('statement');
  for (const sql of privateTables(names)) await connection.run(sql);
  await catalogue.load(connection);
  let last = 0;
  await connection.read(`SELECT max(query_id) FROM ${names.loadErrors}`, (_, rows) => {
    for (const [id] of rows) last = Number(id ?? 0);
    return undefined;
  });
  connection.close();
  return last;
};

const isCopy = (sql: string): boolean => /^\s*(?:--[^\n]*\n\s*)*copy\s/i.test(sql);

const copiedRows = (statement: Statement): number =>
  [statement, ...statement.parts].reduce((sum, run) => sum + (isCopy(run.sql) ? Math.max(0, run.rows) : 0), 0);

const failedCopy = (statement: Statement): boolean =>
  [statement, ...statement.parts].some((run) => run.status === 'FAILED' && isCopy(run.sql));

const toRows = ({ columns, rows }: RowSet): readonly Row[] =>
  rows.map((row) => Object.fromEntries(columns.map((column, at) => [column.name, toPlain(row[at] ?? null)])));

const toPlain = (value: Value): string | number | boolean | null =>
  typeof value === 'bigint' ? (Number.isSafeInteger(Number(value)) ? Number(value) : String(value)) : value;
