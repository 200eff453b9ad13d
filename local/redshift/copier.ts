import type { Clock } from '../clock.ts';
import type { Column } from './catalogue.ts';
import { runCopy } from './copy/copy.ts';
import type { LakeAs } from './copy/copy-role.ts';
import { LoadFailure } from './copy/load-error.ts';
import type { Connection } from './duck.ts';
import { toSqlError } from './duck-error.ts';
import type { Footprint } from './isolation.ts';
import type { LoadHistory, LoadRecord } from './load-history.ts';
import type { Plan } from './plan.ts';
import { defaultOf, type Moment } from './translate.ts';

/** What the COPYs of every session share. */
interface Settings {
  readonly clock: Clock;
  readonly lakeAs: LakeAs;
  readonly loads: LoadHistory;
}

/** What a COPY is part of. */
interface Around {
  readonly footprint: Footprint;
  readonly moment: Moment;
  readonly queryId: number;
  readonly signal: AbortSignal;
}

/** Runs the COPYs of one session and writes each into the history of loads; rows loaded. */
export const createCopier = ({ clock, lakeAs, loads }: Settings, connection: Connection, pid: number) => {
  let number = 0;
  return async (plan: Extract<Plan, { kind: 'copy' }>, around: Around): Promise<number> => {
    number += 1;
    const { footprint, moment, queryId, signal } = around;
    const startedAt = clock.now();
    const record = (rows: number, status: LoadRecord['status'], error = ''): void =>
      loads.note({
        ...{ queryId, transactionId: footprint.id, pid, table: plan.table.name, source: plan.statement.from },
        ...{ startedAt, endedAt: clock.now(), rows, status, error },
      });
    try {
      const defaultSql = (column: Column): string => defaultOf(column, moment);
      const lake = lakeAs(plan.statement.iamRole);
      const count = await runCopy({ ...plan, connection, lake, defaultSql, number });
      record(count, 'completed');
      return count;
    } catch (error) {
      if (signal.aborted) record(0, 'aborted');
      else record(0, 'failed', error instanceof LoadFailure ? error.message : toSqlError(error).message);
      throw error;
    }
  };
};
