import type { Principal } from '../../iam/principal.ts';
import type { OutputColumn } from '../emit/emitter.ts';
import type { RowSet } from '../rows.ts';
import type { KeptSession } from './sessions.ts';

export type Status = 'SUBMITTED' | 'PICKED' | 'STARTED' | 'FINISHED' | 'FAILED' | 'ABORTED';

export const isOver = (status: Status): boolean => status === 'FINISHED' || status === 'FAILED' || status === 'ABORTED';

/** What can be told of a statement, or of one statement of a batch. Times in epoch milliseconds; -1 where nothing is known. */
export interface Run {
  readonly id: string;
  readonly sql: string;
  status: Status;
  error: string | undefined;
  createdAt: number;
  updatedAt: number;
  startedAt: number | undefined;
  finishedAt: number | undefined;
  queryId: number;
  rows: number;
  /** Bytes. */
  size: number;
  columns: readonly OutputColumn[] | undefined;
  /** Gone when room was needed for newer results. */
  result: RowSet | undefined;
}

/** How a caller asked for it. */
export interface Submission {
  readonly owner: Principal;
  readonly sqls: readonly string[];
  readonly isBatch: boolean;
  readonly mode: 'TRANSACTION' | 'AUTO_COMMIT';
  readonly parameters: ReadonlyMap<string, string>;
  readonly name: string | undefined;
  readonly clientToken: string | undefined;
  readonly secretArn: string | undefined;
  readonly database: string;
  readonly withEvent: boolean;
  readonly resultFormat: 'JSON' | 'CSV';
  /** The session to run in, or how long to keep the one that it runs in. */
  readonly sessionId: string | undefined;
  readonly keepAliveSeconds: number | undefined;
}

/** A statement or batch of the Data API. Statements of a batch are numbered from 1: `<id>:1`. */
export interface Statement extends Run {
  readonly submission: Submission;
  /** The session that it runs in, if that outlives it. */
  readonly kept: KeptSession | undefined;
  pid: number;
  readonly parts: readonly Run[];
  readonly abort: AbortController;
  /** Woken at each change of status. */
  readonly waiters: Set<() => void>;
}

export const createRun = (id: string, sql: string, now: number): Run => ({
  id,
  sql,
  status: 'SUBMITTED',
  error: undefined,
  createdAt: now,
  updatedAt: now,
  startedAt: undefined,
  finishedAt: undefined,
  queryId: -1,
  rows: -1,
  size: -1,
  columns: undefined,
  result: undefined,
});
