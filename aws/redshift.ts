import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  type DescribeStatementCommandOutput,
  ExecuteStatementCommand,
  type Field,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { codeOf, Fault } from './fault.ts';

/** How a statement ended. A SQL error is an answer, not an exception: the Data API tells it in `Error` alone. */
export type Ended =
  | { readonly status: 'FINISHED'; readonly id: string }
  | {
      readonly status: 'FAILED' | 'ABORTED';
      readonly id: string;
      readonly error: string;
      /** Which statement of a transaction failed, counted from 1, when the Data API tells. */
      readonly statement?: number;
    }
  /** Still running at the deadline; left running. */
  | { readonly status: 'RUNNING'; readonly id: string };

export type Row = readonly (string | number | boolean | null)[];

export interface Warehouse {
  /** One transaction of at most 40 statements, all or nothing, waited for until `deadline` (epoch ms). */
  transact(statements: readonly string[], options: { name: string; deadline: number }): Promise<Ended>;
  execute(sql: string, deadline: number): Promise<Ended>;
  /** Rows of the last statement of a finished transaction or query that has rows. Throws `Fault`. */
  results(id: string, statement?: number): Promise<readonly Row[]>;
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

export const createWarehouse = (
  settings: WarehouseSettings,
  client: RedshiftDataClient = new RedshiftDataClient({}),
): Warehouse => {
  const target = toTarget(settings);
  const wait = async (id: string, deadline: number, first: string | undefined): Promise<Ended> => {
    let status = first;
    while (status === undefined || !isTerminal(status)) {
      const seconds = Math.min(longestWaitSeconds, Math.floor((deadline - Date.now()) / 1000));
      if (seconds < 1) return { status: 'RUNNING', id };
      const answer = await client.send(new DescribeStatementCommand({ Id: id, WaitTimeSeconds: seconds }));
      status = answer.Status;
      if (status === 'FINISHED') return { status, id };
      if (status === 'FAILED' || status === 'ABORTED') return toFailure(id, status, answer);
    }
    if (status === 'FINISHED') return { status, id };
    const answer = await client.send(new DescribeStatementCommand({ Id: id }));
    return toFailure(id, status === 'ABORTED' ? status : 'FAILED', answer);
  };
  const call = async <Answer>(what: string, request: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await request();
    } catch (error) {
      throw new Fault(codeOf(error), `${what}: ${error instanceof Error ? error.message : String(error)}`, true, error);
    }
  };
  const seconds = (deadline: number): number =>
    Math.max(1, Math.min(longestWaitSeconds, Math.floor((deadline - Date.now()) / 1000)));
  /** Nothing is begun that nobody would wait for. */
  const refuseLate = (deadline: number): void => {
    if (deadline <= Date.now()) throw new Fault('Deadline', 'no time is left to run a statement', true);
  };
  const execute = (sql: string, deadline: number): Promise<Ended> =>
    call('ExecuteStatement', async () => {
      refuseLate(deadline);
      const request = new ExecuteStatementCommand({ ...target, Sql: sql, WaitTimeSeconds: seconds(deadline) });
      const answer = await client.send(request);
      return wait(answer.Id ?? '', deadline, answer.Status);
    });
  return {
    execute,
    transact: (statements, { name, deadline }) =>
      call('BatchExecuteStatement', async () => {
        refuseLate(deadline);
        const request = { ...target, Sqls: [...statements], StatementName: name };
        const answer = await client.send(
          new BatchExecuteStatementCommand({ ...request, WaitTimeSeconds: seconds(deadline) }),
        );
        return wait(answer.Id ?? '', deadline, answer.Status);
      }),
    results: (id, statement) =>
      call('GetStatementResult', () => readAll(client, statement === undefined ? id : `${id}:${statement}`)),
    async query(sql, deadline) {
      const ended = await execute(sql, deadline);
      if (ended.status !== 'FINISHED')
        throw new Fault(ended.status, 'error' in ended ? ended.error : 'the query did not end in time', true);
      return call('GetStatementResult', () => readAll(client, ended.id));
    },
  };
};

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

const toFailure = (id: string, status: 'FAILED' | 'ABORTED', answer: DescribeStatementCommandOutput): Ended => {
  const failed = (answer.SubStatements ?? []).findIndex((each) => each.Status === 'FAILED');
  const error = answer.Error ?? answer.SubStatements?.[failed]?.Error ?? 'no reason given';
  return { status, id, error, ...(failed >= 0 && { statement: failed + 1 }) };
};

const isTerminal = (status: string): boolean => status === 'FINISHED' || status === 'FAILED' || status === 'ABORTED';

const readAll = async (client: RedshiftDataClient, id: string): Promise<Row[]> => {
  const rows: Row[] = [];
  let next: string | undefined;
  do {
    const page = await client.send(
      new GetStatementResultCommand({ Id: id, ...(next !== undefined && { NextToken: next }) }),
    );
    for (const record of page.Records ?? []) rows.push(record.map(toValue));
    next = page.NextToken;
  } while (next !== undefined);
  return rows;
};

const toValue = (field: Field): string | number | boolean | null =>
  field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue ?? null;
