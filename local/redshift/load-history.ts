import { quote } from './emit/emitter.ts';

/** One COPY that ended. Times in epoch milliseconds. */
export interface LoadRecord {
  readonly queryId: number;
  readonly transactionId: number;
  readonly pid: number;
  readonly table: string;
  readonly source: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly rows: number;
  readonly status: 'completed' | 'failed' | 'aborted';
  readonly error: string;
}

/** Loads that are remembered, of this run only; AWS keeps seven days of them. */
const maxLoads = 1_000;

const timestamp = (ms: number): string =>
  `CAST('${new Date(ms).toISOString().replace('T', ' ').replace('Z', '')}' AS TIMESTAMP)`;

/** What SYS_LOAD_HISTORY tells, also of loads that were rolled back. */
export const createLoadHistory = (database: string) => {
  const loads: LoadRecord[] = [];
  const select = ({
    queryId,
    transactionId,
    pid,
    table,
    source,
    rows,
    status,
    error,
    ...times
  }: LoadRecord): string => {
    const { startedAt, endedAt } = times;
    return `SELECT 100, ${queryId}, ${quote(status)}, ${pid}, ${transactionId}, ${quote(database)}, ${quote(table)}, ${timestamp(startedAt)}, ${timestamp(endedAt)}, ${Math.round((endedAt - startedAt) * 1000)}, ${quote(source)}, 'JSON', ${rows}, ${quote(error)}`;
  };
  return {
    note: (load: LoadRecord): void => {
      if (loads.length >= maxLoads) loads.shift();
      loads.push(load);
    },
    /** A query of DuckDB for its rows. */
    sql: (): string =>
      [
        `SELECT CAST(0 AS INTEGER) AS user_id, CAST(0 AS BIGINT) AS query_id, '' AS status, CAST(0 AS INTEGER) AS session_id, CAST(0 AS BIGINT) AS transaction_id, '' AS database_name, '' AS table_name, ${timestamp(0)} AS start_time, ${timestamp(0)} AS end_time, CAST(0 AS BIGINT) AS duration, '' AS data_source, '' AS file_format, CAST(0 AS BIGINT) AS loaded_rows, '' AS error_message WHERE false`,
        ...loads.map(select),
      ].join(' UNION ALL '),
  };
};

export type LoadHistory = ReturnType<typeof createLoadHistory>;
