import { setTimeout as pause } from 'node:timers/promises';
import {
  BatchExecuteStatementCommand,
  type BatchExecuteStatementCommandInput,
  DescribeStatementCommand,
  type DescribeStatementCommandOutput,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  type Field,
  GetStatementResultCommand,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';

/** Where the rules are checked: the laptop's stand-in or a workgroup on AWS. */
export interface Place {
  readonly client: RedshiftDataClient;
  /** What every request that connects names. */
  readonly target: {
    readonly WorkgroupName?: string;
    readonly ClusterIdentifier?: string;
    readonly Database: string;
    readonly SecretArn?: string;
  };
  /** A schema for these checks alone. */
  readonly schema: string;
  /** COPY's IAM_ROLE, which may read what `put` writes. */
  readonly copyRole: string;
  /** Writes an object of the lake; its address. */
  put(name: string, body: Uint8Array | string): Promise<string>;
}

/** The place of a suite, known once its runner has opened it. */
export type PlaceOf = () => Place;

type Options<Input> = Partial<Omit<Input, 'Sql' | 'Sqls'>>;
export type Described = DescribeStatementCommandOutput;
type Value = string | number | boolean | null;

const over = new Set(['FINISHED', 'FAILED', 'ABORTED']);

/** Asks until a statement is over. */
export const ended = async ({ client }: Place, id: string | undefined): Promise<Described> => {
  for (;;) {
    const description = await client.send(new DescribeStatementCommand({ Id: id, WaitTimeSeconds: 30 }));
    if (over.has(description.Status ?? '')) return description;
  }
};

/** Asks until a statement of a batch has the status that is waited for, or the batch is over. */
export const reached = async ({ client }: Place, id: string | undefined, at: number, status: string): Promise<void> => {
  for (;;) {
    const description = await client.send(new DescribeStatementCommand({ Id: id }));
    if (description.SubStatements?.[at]?.Status === status || over.has(description.Status ?? '')) return;
    await pause(20);
  }
};

export const submit = async (place: Place, sqls: readonly string[]): Promise<string | undefined> => {
  const { Id } = await place.client.send(new BatchExecuteStatementCommand({ ...place.target, Sqls: [...sqls] }));
  return Id;
};

export const execute = async (
  place: Place,
  sql: string,
  options: Options<ExecuteStatementCommandInput> = {},
): Promise<Described> => {
  const { target } = place;
  const where = options.SessionId === undefined ? target : {};
  const { Id } = await place.client.send(new ExecuteStatementCommand({ ...where, Sql: sql, ...options }));
  return ended(place, Id);
};

export const batch = async (
  place: Place,
  sqls: readonly string[],
  options: Options<BatchExecuteStatementCommandInput> = {},
): Promise<Described> => {
  const { target } = place;
  const where = options.SessionId === undefined ? target : {};
  const { Id } = await place.client.send(new BatchExecuteStatementCommand({ ...where, Sqls: [...sqls], ...options }));
  return ended(place, Id);
};

/** Runs what has to succeed for a rule to be checked. */
export const prepare = async (place: Place, ...sqls: readonly string[]): Promise<void> => {
  const { Status, Error: error } = await batch(place, sqls);
  if (Status !== 'FINISHED') throw new Error(`${Status}: ${error}`);
};

const toValue = ({ isNull, stringValue, longValue, doubleValue, booleanValue }: Field): Value =>
  isNull === true ? null : (stringValue ?? longValue ?? doubleValue ?? booleanValue ?? null);

export const rowsOf = async ({ client }: Place, id: string | undefined): Promise<Value[][]> => {
  const { Records = [] } = await client.send(new GetStatementResultCommand({ Id: id }));
  return Records.map((row) => row.map(toValue));
};

/** Rows of a query that has to succeed. */
export const query = async (place: Place, sql: string): Promise<Value[][]> => {
  const { Id, Status, Error: error } = await execute(place, sql);
  if (Status !== 'FINISHED') throw new Error(`${Status}: ${error}`);
  return rowsOf(place, Id);
};

/** A query that runs until somebody stops it. */
export const endless =
  'WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100000000) SELECT MAX(i) FROM c';
