import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { account, region } from '../template/resource-names.ts';
import { createCatalogueStore } from './catalogue-store.ts';
import type { LakeAs } from './copy/copy-role.ts';
import type { LoadFailure } from './copy/load-error.ts';
import type { LakeReader } from './copy/manifest.ts';
import { createDataApi, type DataApi } from './data/data-api.ts';
import type { Statement } from './data/statement.ts';
import { type Duck, openDuck } from './duck.ts';
import { quote } from './emit/emitter.ts';
import { SqlError } from './error.ts';
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
  /** Bytes of one result (default 100 MB) and of all results kept to be read (default 128 MB). */
  readonly maxResultBytes?: number;
  readonly maxResultsBytes?: number;
  /** Told of the end of a statement that was submitted with `WithEvent`. */
  readonly onEvent?: (event: StatementEvent) => void;
}

/** The detail of "Redshift Data Statement Status Change" ("Monitoring events for the Amazon Redshift Data API"). */
export interface StatementEvent {
  readonly statementId: string;
  readonly statementName: string | undefined;
  readonly redshiftQueryId: number;
  readonly state: string;
  readonly rows: number;
}

export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** The laptop's Redshift: one workgroup with one database, on DuckDB. */
export interface Redshift {
  readonly workgroup: string;
  readonly workgroupArn: string;
  readonly database: string;
  readonly clock: Clock;
  readonly api: DataApi;
  readonly catalogue: ReturnType<typeof createCatalogueStore>;
  /** Rows of one statement for readers in this process; integers as numbers while a number holds them, else text. Rejects with `SqlError`. */
  query(sql: string): Promise<readonly Row[]>;
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
  const catalogue = createCatalogueStore(names, user);
  await prepare(duck, names, catalogue);

  const counts = { rows_copied: 0, statements: 0, failed: 0 };
  let lastError: { readonly at: number; readonly message: string } | undefined;
  let queryId = 0;
  let pid = 1_073_741_000;
  const shared: Shared = {
    clock,
    names,
    catalogue,
    locks: createLocks(),
    lakeAs: settings.lakeAs ?? (() => lake),
    user,
    database,
    maxResultBytes: settings.maxResultBytes ?? 100_000_000,
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
    const session = opened.then(async () => createSession(shared, await duck.connect(purpose), own));
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
    if (!statement.submission.withEvent) return;
    settings.onEvent?.({
      statementId: statement.id,
      statementName: statement.submission.name,
      redshiftQueryId: statement.queryId,
      state: statement.status,
      rows: statement.rows,
    });
  };
  const api = createDataApi({
    clock,
    random,
    openSession: () => openSession('statement'),
    maxActive: settings.maxActive ?? 200,
    maxResultsBytes: settings.maxResultsBytes ?? 128_000_000,
    ended,
  });
  const readers = new Set<Promise<unknown>>();

  const query = async (sql: string): Promise<readonly Row[]> => {
    const session = await openSession('reader');
    try {
      const { result } = await session.run(sql);
      await session.commit();
      return result === undefined ? [] : toRows(result);
    } finally {
      await session.rollback();
      session.close();
    }
  };

  return {
    workgroup,
    workgroupArn,
    database,
    clock,
    api,
    catalogue,
    query: (sql) => {
      const rows = query(sql).finally(() => readers.delete(rows));
      readers.add(rows);
      return rows;
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
      duck.close();
    },
  };
};

const prepare = async (duck: Duck, names: Names, catalogue: ReturnType<typeof createCatalogueStore>): Promise<void> => {
  const connection = await duck.connect('statement');
  for (const sql of privateTables(names)) await connection.run(sql);
  await catalogue.load(connection);
  connection.close();
};

/** Error rows survive the rollback of the load, as those of a system table: they are written on a connection of their own. */
const noteLoadError = async (
  duck: Duck,
  names: Names,
  { error }: LoadFailure,
  facts: { readonly queryId: number; readonly pid: number; readonly startedAt: number; readonly database: string },
): Promise<void> => {
  const connection = await duck.connect('reader');
  const { column } = error;
  const time = new Date(facts.startedAt).toISOString().replace('T', ' ').replace('Z', '');
  const texts = [
    error.file.slice(0, 256),
    column?.name ?? '',
    column?.type ?? '',
    column?.length ?? '',
    error.message.slice(0, 512),
  ].map(quote);
  const [file, name, type, length, message] = texts;
  await connection.run(
    `INSERT INTO ${names.loadErrors} VALUES (100, ${facts.queryId}, ${facts.queryId}, ${facts.pid}, ${quote(facts.database)}, 0, CAST('${time}' AS TIMESTAMP), ${file}, ${error.line}, ${name}, ${type}, ${length}, ${error.position ?? 0}, ${error.code}, ${message})`,
  );
  connection.close();
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
