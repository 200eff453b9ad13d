import type { Clock } from '../../clock.ts';
import { isOver, type Run, type Statement } from './statement.ts';

/** Results and descriptions are kept for 24 hours ("Using the Amazon Redshift Data API"); here also within bounds of memory. */
export const keptMs = 24 * 3_600_000;
const tokenMs = 8 * 3_600_000;
const maxTextBytes = 32_000_000;

/** Statements by id, oldest first; the oldest results go when newer ones need their room. */
export const createStatementStore = (clock: Clock, maxBytes: number) => {
  const statements = new Map<string, Statement>();
  const tokens = new Map<string, { readonly id: string; readonly until: number }>();
  const held = new Set<Run>();
  let bytes = 0;
  let textBytes = 0;

  const release = (run: Run): void => {
    if (!held.delete(run)) return;
    bytes -= run.result?.size ?? 0;
    run.result = undefined;
  };
  const forgetOld = (): void => {
    const now = clock.now();
    for (const [id, statement] of statements) {
      const isOld = now - statement.createdAt > keptMs || textBytes > maxTextBytes;
      if (!isOld) break;
      if (!isOver(statement.status)) continue;
      for (const run of [statement, ...statement.parts]) release(run);
      statements.delete(id);
      textBytes -= textOf(statement);
    }
    for (const [token, { until }] of tokens) {
      if (until > now) break;
      tokens.delete(token);
    }
  };

  return {
    add: (statement: Statement): void => {
      forgetOld();
      statements.set(statement.id, statement);
      textBytes += textOf(statement);
      const token = statement.submission.clientToken;
      if (token !== undefined) tokens.set(token, { id: statement.id, until: clock.now() + tokenMs });
    },
    /** The statement that a client token made within the last eight hours. */
    byToken: (token: string): Statement | undefined => {
      forgetOld();
      const known = tokens.get(token);
      return known === undefined ? undefined : statements.get(known.id);
    },
    get: (id: string): Statement | undefined => {
      forgetOld();
      return statements.get(id);
    },
    /** Newest first. */
    all: (): readonly Statement[] => [...statements.values()].reverse(),
    /** Counts a result against the bound. */
    hold: (run: Run): void => {
      held.add(run);
      bytes += run.result?.size ?? 0;
      for (const oldest of held) {
        if (bytes <= maxBytes || oldest === run) break;
        release(oldest);
      }
    },
  };
};

export type StatementStore = ReturnType<typeof createStatementStore>;

/** Bytes that a statement keeps besides its results, about. */
const textOf = ({ submission }: Statement): number => submission.sqls.reduce((sum, sql) => sum + sql.length, 1_000);
