import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  type DescribeStatementCommandOutput,
  ExecuteStatementCommand,
  type Field,
  GetStatementResultCommand,
  type GetStatementResultCommandOutput,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { createPause, type Pace, realPace } from './backoff.ts';
import { codeOf, Fault } from './fault.ts';

interface Submitted {
  readonly id: string;
  /** Epoch milliseconds; before the call when its token named a statement that was there already. */
  readonly createdAt?: number;
}

/** A statement that Redshift refused or somebody stopped. */
export interface Failure extends Submitted {
  readonly status: 'FAILED' | 'ABORTED';
  readonly error: string;
  /** Which statement of a transaction failed, counted from 1, when the Data API tells. */
  readonly statement?: number;
}

/** How a statement ended. A SQL error is an answer, not an exception: the Data API tells it in `Error` alone. */
export type Ended =
  | (Submitted & { readonly status: 'FINISHED' })
  | Failure
  /** Still running at the deadline; left running. */
  | (Submitted & { readonly status: 'RUNNING' });

export interface TransactOptions {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
  /**
   * At most 64 characters that name the request: for eight hours the same statements under the same token are run once, and
   * every call answers with that one run ("ClientToken", Amazon Redshift Data API Reference).
   */
  readonly token?: string;
}

export type Row = readonly (string | number | boolean | null)[];

export interface Warehouse {
  /**
   * One transaction of at most 40 statements, all or nothing, waited for until its deadline. Every call waits while the Data API
   * is busy and tries again; `Fault` with the code `Deadline` when that lasts.
   */
  transact(statements: readonly string[], options: TransactOptions): Promise<Ended>;
  execute(sql: string, deadline: number): Promise<Ended>;
  /** Rows of the last statement of a finished transaction or query that has rows. Throws `Fault`. */
  results(id: string, statement?: number, deadline?: number): Promise<readonly Row[]>;
  /** Rows of one query. Throws `Fault` when it fails or does not end in time. */
  query(sql: string, deadline: number): Promise<readonly Row[]>;
}

/** A Redshift Serverless workgroup or a provisioned cluster: exactly one of the two. */
export interface WarehouseSettings {
  readonly workgroup: string | undefined;
  readonly cluster: string | undefined;
  readonly database: string;
  /** Secret of a database user; without one the function's role is the user. */
  readonly secretArn: string | undefined;
}

/** The Data API holds a call open for at most this long (`WaitTimeSeconds`). */
const longestWaitSeconds = 30;

/** Refusals of a call that another try, later, can change (Amazon Redshift Data API Reference, "Common errors" and each operation's). */
const busy = new Set([
  'ActiveStatementsExceededException',
  'ActiveSessionsExceededException',
  'ActiveWaitingRequestsExceededException',
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'SlowDown',
  'ServiceUnavailable',
  'ServiceUnavailableException',
]);

export const createWarehouse = (
  settings: WarehouseSettings,
  client: RedshiftDataClient = new RedshiftDataClient({}),
  pace: Pace = realPace,
): Warehouse => {
  const target = toTarget(settings);
  const pause = createPause(pace);
  const secondsLeft = (deadline: number): number =>
    Math.min(longestWaitSeconds, Math.floor((deadline - pace.clock()) / 1000));

  const call = async <Answer>(what: string, deadline: number, request: () => Promise<Answer>): Promise<Answer> => {
    for (let tries = 0; ; tries++) {
      try {
        return await request();
      } catch (error) {
        const code = codeOf(error);
        const message = error instanceof Error ? error.message : String(error);
        if (!busy.has(code)) throw new Fault(code, `${what}: ${message}`, true, error);
        if (!(await pause(tries, deadline)))
          throw new Fault('Deadline', `${what}: ${code} until no time was left: ${message}`, true, error);
      }
    }
  };
  /** Nothing is begun that nobody would wait for. */
  const refuseLate = (deadline: number): void => {
    if (deadline <= pace.clock()) throw new Fault('Deadline', 'no time is left to run a statement', true);
  };
  const describe = (id: string, deadline: number, isOver: boolean) =>
    call('DescribeStatement', deadline, () => {
      const wait = isOver ? {} : { WaitTimeSeconds: Math.max(1, secondsLeft(deadline)) };
      return client.send(new DescribeStatementCommand({ Id: id, ...wait }));
    });
  const wait = async (answer: Answer, deadline: number): Promise<Ended> => {
    const id = answer.Id ?? '';
    const submitted = { id, ...(answer.CreatedAt !== undefined && { createdAt: answer.CreatedAt.getTime() }) };
    let status: string | undefined = answer.Status;
    while (status !== 'FINISHED') {
      const isOver = status === 'FAILED' || status === 'ABORTED';
      if (!isOver && secondsLeft(deadline) < 1) return { status: 'RUNNING', ...submitted };
      const told = await describe(id, deadline, isOver);
      status = told.Status;
      if (status === 'FAILED' || status === 'ABORTED') return { status, ...submitted, ...toReason(told) };
    }
    return { status, ...submitted };
  };
  const firstWait = (deadline: number): number => Math.max(1, secondsLeft(deadline));
  const execute = async (sql: string, deadline: number): Promise<Ended> => {
    refuseLate(deadline);
    const answer = await call('ExecuteStatement', deadline, () =>
      client.send(new ExecuteStatementCommand({ ...target, Sql: sql, WaitTimeSeconds: firstWait(deadline) })),
    );
    return wait(answer, deadline);
  };
  const results = (id: string, deadline: number): Promise<Row[]> =>
    readAll((page) => call('GetStatementResult', deadline, () => client.send(page)), id);

  return {
    execute,
    async transact(statements, { name, deadline, token }) {
      refuseLate(deadline);
      const named = { StatementName: name, ...(token !== undefined && { ClientToken: token }) };
      const request = { ...target, ...named, Sqls: [...statements] };
      const answer = await call('BatchExecuteStatement', deadline, () =>
        client.send(new BatchExecuteStatementCommand({ ...request, WaitTimeSeconds: firstWait(deadline) })),
      );
      return wait(answer, deadline);
    },
    results: (id, statement, deadline = pace.clock()) =>
      results(statement === undefined ? id : `${id}:${statement}`, deadline),
    async query(sql, deadline) {
      const ended = await execute(sql, deadline);
      if (ended.status === 'RUNNING') throw new Fault('Deadline', 'the query did not end in time', true);
      if (ended.status !== 'FINISHED') throw new Fault(ended.status, ended.error, true);
      return results(ended.id, deadline);
    },
  };
};

/** Whether a call was given up because its time was over. */
export const isDeadline = (error: unknown): boolean => error instanceof Fault && error.code === 'Deadline';

/** What both Execute operations answer. */
interface Answer {
  readonly Id?: string | undefined;
  readonly CreatedAt?: Date | undefined;
  readonly Status?: string | undefined;
}

const toTarget = ({ workgroup, cluster, database, secretArn }: WarehouseSettings) => {
  if ((workgroup === undefined) === (cluster === undefined))
    throw new Error('configuration: give WORKGROUP_NAME or CLUSTER_IDENTIFIER, one of the two');
  return {
    ...(workgroup !== undefined && { WorkgroupName: workgroup }),
    ...(cluster !== undefined && { ClusterIdentifier: cluster }),
    Database: database,
    ...(secretArn !== undefined && { SecretArn: secretArn }),
  };
};

const toReason = (answer: DescribeStatementCommandOutput): Pick<Failure, 'error' | 'statement'> => {
  const failed = (answer.SubStatements ?? []).findIndex((each) => each.Status === 'FAILED');
  const error = answer.Error ?? answer.SubStatements?.[failed]?.Error ?? 'no reason given';
  return { error, ...(failed >= 0 && { statement: failed + 1 }) };
};

const readAll = async (
  send: (page: GetStatementResultCommand) => Promise<GetStatementResultCommandOutput>,
  id: string,
): Promise<Row[]> => {
  const rows: Row[] = [];
  let next: string | undefined;
  do {
    const page = await send(new GetStatementResultCommand({ Id: id, ...(next !== undefined && { NextToken: next }) }));
    for (const record of page.Records ?? []) rows.push(record.map(toValue));
    next = page.NextToken;
  } while (next !== undefined);
  return rows;
};

const toValue = (field: Field): string | number | boolean | null =>
  field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? null;
