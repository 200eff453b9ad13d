import type { Clock } from '../../clock.ts';
import { unknownHere } from '../error.ts';
import { Aborted, type Outcome, type Session } from '../session.ts';
import { tokenize } from '../sql/tokens.ts';
import type { Lease } from './sessions.ts';
import { isOver, type Run, type Statement, type Status } from './statement.ts';
import type { StatementStore } from './store.ts';

export interface RunnerSettings {
  readonly clock: Clock;
  readonly store: StatementStore;
  lease(statement: Statement): Promise<Lease>;
  /** Hears of the end of a statement. */
  readonly ended: (statement: Statement, failure: unknown) => void;
}

/** Runs submitted statements, each on a connection of its own or in its session, and tells how they go. Never throws: a failure is a status. */
export const createRunner = ({ clock, store, lease, ended }: RunnerSettings) => {
  const move = (statement: Statement, run: Run, status: Status): void => {
    run.status = status;
    run.updatedAt = clock.now();
    if (status === 'STARTED') run.startedAt = run.updatedAt;
    if (isOver(status)) run.finishedAt = run.updatedAt;
    if (run === statement) for (const wake of [...statement.waiters]) wake();
  };
  const keep = (run: Run, { queryId, result, count }: Outcome): void => {
    run.queryId = queryId;
    run.rows = count;
    run.size = result?.size ?? 0;
    run.columns = result?.columns;
    run.result = result;
    if (result !== undefined) store.hold(run);
  };

  const runPart = async (statement: Statement, run: Run, session: Session): Promise<void> => {
    if (run !== statement) move(statement, run, 'STARTED');
    try {
      keep(run, await session.run(run.sql, statement.submission.parameters));
      if (run !== statement) move(statement, run, 'FINISHED');
    } catch (error) {
      if (run !== statement) fail(statement, run, error);
      throw error;
    }
  };
  const fail = (statement: Statement, run: Run, error: unknown): void => {
    run.error =
      error instanceof Aborted ? undefined : `ERROR: ${error instanceof Error ? error.message : String(error)}`;
    move(statement, run, error instanceof Aborted ? 'ABORTED' : 'FAILED');
  };

  /** All or nothing: one transaction around the whole batch. */
  const runTransaction = async (statement: Statement, session: Session): Promise<void> => {
    const parts = statement.parts.length === 0 ? [statement] : statement.parts;
    if (statement.kept !== undefined && opensBlock(statement))
      throw unknownHere('a transaction over several statements of a session: use BatchExecuteStatement');
    for (const part of parts) await runPart(statement, part, session);
    await session.commit();
  };

  /** Each statement by itself; those after a failure still run. */
  const runEach = async (statement: Statement, session: Session): Promise<void> => {
    let first: unknown;
    for (const part of statement.parts) {
      try {
        await runPart(statement, part, session);
        await session.commit();
      } catch (error) {
        await session.rollback();
        if (error instanceof Aborted) throw error;
        first ??= error;
      }
    }
    if (first !== undefined) throw first;
  };

  return async (statement: Statement): Promise<void> => {
    let leased: Lease | undefined;
    let failure: unknown;
    // Taken up in a moment of its own, so that its submitter hears SUBMITTED.
    await Promise.resolve();
    try {
      move(statement, statement, 'PICKED');
      leased = await lease(statement);
      const { session: own } = leased;
      statement.pid = own.pid;
      statement.abort.signal.addEventListener('abort', () => own.abort(), { once: true });
      if (statement.abort.signal.aborted) throw new Aborted();
      move(statement, statement, 'STARTED');
      await (statement.submission.mode === 'AUTO_COMMIT' ? runEach(statement, own) : runTransaction(statement, own));
      finishBatch(statement);
      move(statement, statement, 'FINISHED');
    } catch (error) {
      failure = error;
      await leased?.session.rollback().catch(() => undefined);
      const failed = statement.parts.findIndex((part) => part.status === 'FAILED');
      fail(statement, statement, error);
      if (failed >= 0 && statement.error !== undefined)
        statement.error = `Query #${failed + 1} failed with ${statement.error}`;
      for (const part of statement.parts) if (!isOver(part.status)) move(statement, part, 'ABORTED');
    } finally {
      leased?.end();
      ended(statement, failure);
    }
  };
};

/** Whether a statement by itself begins a transaction that it does not end. */
const opensBlock = ({ parts, sql }: Statement): boolean =>
  parts.length === 0 && ['begin', 'start'].includes(tokenize(sql)[0]?.text.toLowerCase() ?? '');

/** A batch tells the rows of its statements together. */
const finishBatch = (statement: Statement): void => {
  if (statement.parts.length === 0) return;
  statement.rows = statement.parts.reduce((sum, part) => sum + Math.max(0, part.rows), 0);
  statement.size = statement.parts.reduce((sum, part) => sum + Math.max(0, part.size), 0);
};
