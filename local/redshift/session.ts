import type { Clock } from '../clock.ts';
import type { CatalogueChange, Table } from './catalogue.ts';
import type { CatalogueStore } from './catalogue-store.ts';
import { createCopier } from './copier.ts';
import type { LakeAs } from './copy/copy-role.ts';
import { LoadFailure } from './copy/load-error.ts';
import type { Connection } from './duck.ts';
import { isConflict, isInterrupted, toSqlError } from './duck-error.ts';
import { SqlError } from './error.ts';
import type { Footprint, Isolation } from './isolation.ts';
import type { LoadHistory } from './load-history.ts';
import { type Holder, LockCancelled, type Locks } from './locks.ts';
import type { Plan } from './plan.ts';
import type { RowSet } from './rows.ts';
import { type ResultBounds, readRows, runSteps } from './steps.ts';
import type { Names } from './storage.ts';
import { type Moment, translate } from './translate.ts';

/** What a session shares with all others. */
export interface Shared {
  readonly clock: Clock;
  readonly names: Names;
  readonly catalogue: CatalogueStore;
  readonly locks: Locks;
  readonly isolation: Isolation;
  readonly loads: LoadHistory;
  readonly lakeAs: LakeAs;
  readonly user: string;
  readonly database: string;
  readonly bounds: ResultBounds;
  /** A number that no statement had before. */
  nextQueryId(): number;
  noteLoadError(
    failure: LoadFailure,
    facts: { readonly queryId: number; readonly pid: number; readonly startedAt: number },
  ): Promise<void>;
}

/** How a statement ended: with rows, or with the number of rows that it changed. */
export interface Outcome {
  readonly queryId: number;
  readonly result?: RowSet;
  /** Rows returned or changed. */
  readonly count: number;
}

/** The session was told to stop. */
export class Aborted extends Error {}

export interface Session {
  readonly pid: number;
  /** Runs one statement in the session's transaction, which begins with it if there is none. Throws `SqlError` or `Aborted`. */
  run(source: string, parameters?: ReadonlyMap<string, string>): Promise<Outcome>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  abort(): void;
  /** Makes a session that was told to stop ready for its next statement. */
  renew(): void;
  close(): void;
}

interface Transaction extends Holder {
  readonly startedAt: number;
  /** Whether DuckDB has begun it: not before the locks of its first statement are held, so that its snapshot comes after them. */
  begun: boolean;
  readonly changes: CatalogueChange[];
  readonly footprint: Footprint;
  /** The temporary tables that it found. */
  readonly temporary: ReadonlyMap<string, Table>;
}

/** One connection with its temporary tables and its transaction. */
export const createSession = (shared: Shared, connection: Connection, pid: number): Session => {
  let stop = new AbortController();
  let temporary = new Map<string, Table>();
  let transaction: Transaction | undefined;
  let copies = { count: 0, id: -1 };
  let lastQueryId = -1;
  const copy = createCopier(shared, connection, pid);
  let isBusy = false;
  let stopping: NodeJS.Timeout | undefined;

  const enter = (now: number): Transaction => {
    transaction ??= {
      ...{ startedAt: now, begun: false, changes: [], temporary: new Map(temporary), waitingFor: undefined },
      footprint: shared.isolation.enter(pid),
    };
    return transaction;
  };
  const begin = async (own: Transaction): Promise<void> => {
    if (own.begun) return;
    own.begun = true;
    await connection.run('BEGIN TRANSACTION');
  };
  const leave = (own: Transaction, isCommitted: boolean): void => {
    transaction = undefined;
    shared.isolation.leave(own.footprint, isCommitted);
    shared.locks.release(own);
  };
  const commit = async (): Promise<void> => {
    const own = transaction;
    if (own === undefined) return;
    let isCommitted = false;
    try {
      if (own.begun) await connection.run('COMMIT');
      isCommitted = true;
      for (const change of own.changes) shared.catalogue.apply(change);
    } finally {
      leave(own, isCommitted);
    }
  };
  const rollback = async (): Promise<void> => {
    const own = transaction;
    if (own === undefined) return;
    temporary = new Map(own.temporary);
    if (own.begun) await connection.run('ROLLBACK').catch(() => undefined);
    leave(own, false);
  };
  const note = (own: Transaction, changes: readonly CatalogueChange[]): void => {
    for (const change of changes) {
      const isTemporary = 'relation' in change && change.relation.schema === 'pg_temp';
      if (!isTemporary) own.changes.push(change);
      else if (change.kind === 'drop') temporary.delete(change.relation.name);
      else if (change.relation.kind === 'table') temporary.set(change.relation.name, change.relation);
    }
  };

  const momentOf = (own: Transaction, now: number): Moment => ({
    catalogue: shared.catalogue.view(temporary, own.changes),
    statementTime: now,
    transactionTime: own.startedAt,
    facts: {
      user: shared.user,
      database: shared.database,
      pid,
      lastCopyCount: copies.count,
      lastCopyId: copies.id,
      lastQueryId,
    },
  });

  const perform = async (
    plan: Plan,
    own: Transaction,
    moment: Moment,
    queryId: number,
  ): Promise<Omit<Outcome, 'queryId'>> => {
    switch (plan.kind) {
      case 'query': {
        const result = await readRows(connection, plan, shared.bounds);
        return { result, count: result.rows.length };
      }
      case 'change': {
        const count = await runSteps(connection, plan.steps);
        note(own, plan.changes);
        return { count };
      }
      case 'copy': {
        const { footprint } = own;
        const count = await copy(plan, { footprint, moment, queryId, signal: stop.signal });
        copies = { count, id: queryId };
        return { count };
      }
      case 'truncate':
        await runSteps(connection, plan.steps);
        await commit();
        return { count: 0 };
      case 'transaction':
        if (plan.action === 'commit') await commit();
        else if (plan.action === 'rollback') await rollback();
        return { count: 0 };
      case 'vacuum':
        return { count: 0 };
    }
  };

  const run = async (source: string, parameters: ReadonlyMap<string, string> = new Map()): Promise<Outcome> => {
    const now = shared.clock.now();
    const queryId = shared.nextQueryId();
    const own = enter(now);
    let written: string | undefined;
    if (stop.signal.aborted) throw new Aborted();
    isBusy = true;
    try {
      const moment = momentOf(own, now);
      const { plan } = translate(source, moment, shared.names, parameters);
      written = plan.writes[0];
      if (plan.kind === 'vacuum' && own.begun) throw new SqlError('VACUUM cannot run inside a transaction block');
      await shared.locks.take(own, plan, stop.signal);
      const needsDuck = plan.kind === 'query' || plan.kind === 'copy' || ('steps' in plan && plan.steps.length > 0);
      if (needsDuck) {
        await begin(own);
        shared.isolation.touch(own.footprint, plan.reads, plan.writes);
      }
      const outcome = await perform(plan, own, moment, queryId);
      if (stop.signal.aborted) throw new Aborted();
      lastQueryId = queryId;
      return { queryId, ...outcome };
    } catch (error) {
      if (error instanceof Aborted || error instanceof LockCancelled || (stop.signal.aborted && isInterrupted(error)))
        throw new Aborted();
      if (written !== undefined && isConflict(error)) throw shared.isolation.conflict(own.footprint, written);
      if (!(error instanceof LoadFailure)) throw toSqlError(error);
      await shared.noteLoadError(error, { queryId, pid, startedAt: now });
      throw new SqlError(error.message, { cause: error });
    } finally {
      isBusy = false;
    }
  };

  return {
    pid,
    run,
    commit: () => commit().catch((error: unknown) => Promise.reject(toSqlError(error))),
    rollback,
    abort: () => {
      stop.abort();
      // DuckDB forgets an interrupt that comes before its work has begun, so it is told until it has stopped.
      const interrupt = (): void => {
        if (isBusy) connection.interrupt();
        else clearInterval(stopping);
      };
      stopping = setInterval(interrupt, 20);
      interrupt();
    },
    renew: () => {
      clearInterval(stopping);
      stop = new AbortController();
    },
    close: () => {
      clearInterval(stopping);
      connection.close();
    },
  };
};
