import { AwsError } from '../../aws-error.ts';
import type { Clock } from '../../clock.ts';
import type { Random } from '../../random.ts';
import { SqlError } from '../error.ts';
import type { Session } from '../session.ts';
import { maxStatementBytes } from '../sql/statement.ts';
import { tokenize } from '../sql/tokens.ts';
import { createRunner } from './runner.ts';
import { createSessions, type KeptSession } from './sessions.ts';
import { createRun, isOver, type Run, type Statement, type Submission } from './statement.ts';
import { createStatementStore } from './store.ts';

export interface DataApiSettings {
  readonly clock: Clock;
  readonly random: Random;
  openSession(): Promise<Session>;
  /** Statements that may be under way at once: beyond them ActiveStatementsExceededException. */
  readonly maxActive: number;
  /** Sessions that may be open at once: beyond them ActiveSessionsExceededException. */
  readonly maxSessions: number;
  /** Room for results that are kept to be read. */
  readonly maxResultsBytes: number;
  readonly ended: (statement: Statement, failure: unknown) => void;
}

const validation = (message: string): AwsError => new AwsError('ValidationException', message);
const notFound = (id: string): AwsError =>
  new AwsError('ResourceNotFoundException', 'Query does not exist.', 404, { ResourceId: id });

const noSession = (id: string): AwsError =>
  new AwsError('ResourceNotFoundException', 'Session does not exist.', 404, { ResourceId: id });

/** Most statements of a batch (BatchExecuteStatement, Amazon Redshift Data API Reference). */
const maxBatch = 40;

/** Longest run of a statement ("Considerations when calling the Data API", Amazon Redshift Management Guide). */
const maxRunMs = 24 * 3_600_000;

/** The Redshift Data API's behaviour: statements are taken in, run one after another within a batch, and told of by id. */
export const createDataApi = (settings: DataApiSettings) => {
  const { clock, random, openSession, maxActive, maxSessions, maxResultsBytes, ended } = settings;
  const store = createStatementStore(clock, maxResultsBytes);
  const stop = (id: string): void => store.get(id)?.abort.abort();
  const sessions = createSessions({ clock, random, maxSessions, openSession, stop });
  const lease = async ({ kept }: Statement) => {
    if (kept !== undefined) return sessions.lease(kept);
    const session = await openSession();
    return { session, end: session.close };
  };
  const start = createRunner({ clock, store, lease, ended });
  /** Statements under way, oldest first. */
  const underway = new Map<Statement, Promise<void>>();

  const check = ({ sqls, isBatch, parameters }: Submission): void => {
    if (sqls.length === 0) throw validation('Sqls must hold at least one statement.');
    if (sqls.length > maxBatch) throw validation(`Member must have length less than or equal to ${maxBatch}`);
    if (sqls.some((sql) => Buffer.byteLength(sql) > maxStatementBytes))
      throw validation('Cannot process query string larger than 100kB');
    if (sqls.some((sql) => sql.trim() === ''))
      throw validation(isBatch ? 'Sqls must not hold an empty statement.' : 'Sql must not be empty.');
    // Without parameters `:name` is left to the statement, where it is a syntax error.
    if (parameters.size === 0) return;
    const used = new Set(sqls.flatMap(parameterNames));
    const unused = [...parameters.keys()].filter((name) => !used.has(name));
    if (unused.length > 0)
      throw validation(`Parameters list contains unused parameters. Unused parameters: [${unused.join(', ')}]`);
    const missing = [...used].filter((name) => !parameters.has(name));
    if (missing.length > 0) throw validation(`Missing parameters: [${missing.join(', ')}]`);
  };

  /** The session that a statement is to run in; a new one for `SessionKeepAliveSeconds` alone. */
  const sessionOf = ({ sessionId, keepAliveSeconds, owner, database }: Submission): KeptSession | undefined => {
    if (sessionId === undefined)
      return keepAliveSeconds === undefined ? undefined : sessions.open(owner, database, keepAliveSeconds);
    const kept = sessions.get(sessionId);
    if (kept === undefined) throw noSession(sessionId);
    return kept;
  };

  const submit = (submission: Submission): Statement => {
    const known = submission.clientToken === undefined ? undefined : store.byToken(submission.clientToken);
    if (known !== undefined) {
      const isSame =
        known.submission.isBatch === submission.isBatch &&
        known.submission.sqls.join('\0') === submission.sqls.join('\0');
      if (!isSame) throw validation('ClientToken was used for another request.');
      return known;
    }
    check(submission);
    if (underway.size >= maxActive) {
      throw new AwsError(
        'ActiveStatementsExceededException',
        `Active statements exceeded the allowed quota (${maxActive}).`,
      );
    }
    const [id, now] = [random.uuid(), clock.now()];
    const { sqls, isBatch } = submission;
    const kept = sessionOf(submission);
    if (kept !== undefined) sessions.occupy(kept, id, submission.keepAliveSeconds);
    const statement: Statement = {
      ...createRun(id, isBatch ? '' : (sqls[0] ?? ''), now),
      submission,
      kept,
      pid: 0,
      parts: isBatch ? sqls.map((sql, at) => createRun(`${id}:${at + 1}`, sql, now)) : [],
      abort: new AbortController(),
      waiters: new Set(),
    };
    store.add(statement);
    const cancel = clock.after(maxRunMs, () => statement.abort.abort());
    underway.set(
      statement,
      start(statement).finally(() => {
        cancel();
        underway.delete(statement);
      }),
    );
    return statement;
  };

  /** Resolves when the statement is over, at the latest after `seconds` of the clock. */
  const wait = async (statement: Statement, seconds: number): Promise<void> => {
    if (seconds <= 0 || isOver(statement.status)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(seconds * 1000, resolve);
    const wake = (): void => {
      if (isOver(statement.status)) resolve();
    };
    statement.waiters.add(wake);
    await promise;
    cancel();
    statement.waiters.delete(wake);
  };

  const find = (id: string): { readonly statement: Statement; readonly run: Run } => {
    const [whole = '', number] = id.split(':');
    const statement = store.get(whole);
    if (statement === undefined) throw notFound(id);
    if (number === undefined) return { statement, run: statement };
    const run = statement.parts[Number(number) - 1];
    if (run === undefined) throw notFound(id);
    return { statement, run };
  };

  return {
    submit,
    wait,
    find,
    notFound,
    /** The statement that an id means, if there is one. */
    peek: (id: string): Statement | undefined => store.get(id.split(':')[0] ?? ''),
    /** Asks a running statement to stop; its transaction is rolled back. */
    cancel: (id: string): void => {
      const { statement } = find(id);
      if (isOver(statement.status))
        throw validation(`Could not cancel a query that is already in ${statement.status} state with ID: ${id}`);
      statement.abort.abort();
    },
    all: () => store.all(),
    sessions: { get: sessions.get, all: sessions.all, closeAll: sessions.closeAll },
    noSession,
    active: (): readonly Statement[] => [...underway.keys()],
    /** Resolves when nothing is under way. */
    idle: async (): Promise<void> => {
      while (underway.size > 0) await Promise.all(underway.values());
    },
    abortAll: (): void => {
      for (const statement of underway.keys()) statement.abort.abort();
    },
  };
};

export type DataApi = ReturnType<typeof createDataApi>;

/** Names of `:name` parameters; text that is not SQL has none, and fails when it runs. */
const parameterNames = (sql: string): readonly string[] => {
  try {
    return tokenize(sql)
      .filter((token) => token.kind === 'parameter')
      .map((token) => token.text);
  } catch (error) {
    if (error instanceof SqlError) return [];
    throw error;
  }
};
