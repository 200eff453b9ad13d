import { AwsError } from '../../aws-error.ts';
import { rawNumber } from '../copy/exact-json.ts';
import type { OutputColumn } from '../emit/emitter.ts';
import { toColumnMetadata } from '../metadata.ts';
import { sizeOf, type Value } from '../rows.ts';
import { toCsv } from './csv.ts';
import type { KeptSession } from './sessions.ts';
import { isOver, type Run, type Statement } from './statement.ts';

type Shape = Readonly<Record<string, unknown>>;

/** Bytes of values on one page of a result. */
const pageBytes = 1_000_000;

const seconds = (ms: number): number => ms / 1000;
const defined = (shape: Shape): Shape =>
  Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined));

/** What both Execute operations answer. */
export const toSubmitted = (statement: Statement, workgroup: string): Shape =>
  defined({
    Id: statement.id,
    CreatedAt: seconds(statement.createdAt),
    Database: statement.submission.database,
    WorkgroupName: workgroup,
    SecretArn: statement.submission.secretArn,
    SessionId: statement.kept?.id,
    Status: statement.status,
    RedshiftPid: statement.pid,
    HasResultSet: hasResult(statement),
  });

const hasResult = (statement: Statement): boolean =>
  [statement, ...statement.parts].some((run) => run.columns !== undefined);

const duration = (run: Run, now: number): number =>
  run.startedAt === undefined ? -1 : Math.round(((run.finishedAt ?? now) - run.startedAt) * 1_000_000);

const toRun = (run: Run, now: number): Shape =>
  defined({
    Id: run.id,
    Status: run.status,
    Error: run.error,
    CreatedAt: seconds(run.createdAt),
    UpdatedAt: seconds(run.updatedAt),
    Duration: duration(run, now),
    QueryString: run.sql === '' ? undefined : run.sql,
    RedshiftQueryId: run.queryId,
    ResultRows: run.rows,
    ResultSize: run.size,
    HasResultSet: run.columns !== undefined,
  });

const toParameters = (statement: Statement): readonly Shape[] | undefined =>
  statement.submission.parameters.size === 0
    ? undefined
    : [...statement.submission.parameters].map(([name, value]) => ({ name, value }));

/** DescribeStatement of a whole statement or, with `<id>:n`, of one of a batch. */
export const toDescription = (
  { statement, run }: { readonly statement: Statement; readonly run: Run },
  workgroup: string,
  now: number,
): Shape =>
  defined({
    ...toRun(run, now),
    HasResultSet: run === statement ? hasResult(statement) : run.columns !== undefined,
    Database: statement.submission.database,
    WorkgroupName: workgroup,
    SecretArn: statement.submission.secretArn,
    SessionId: statement.kept?.id,
    RedshiftPid: statement.pid,
    ResultFormat: statement.submission.resultFormat,
    QueryParameters: toParameters(statement),
    ...(run === statement && statement.submission.isBatch
      ? { SubStatements: statement.parts.map((part) => toRun(part, now)), ExecutionMode: statement.submission.mode }
      : {}),
  });

export const toListed = (statement: Statement): Shape =>
  defined({
    Id: statement.id,
    Status: statement.status,
    StatementName: statement.submission.name,
    IsBatchStatement: statement.submission.isBatch,
    QueryString: statement.submission.isBatch ? undefined : statement.sql,
    QueryStrings: statement.submission.isBatch ? statement.submission.sqls : undefined,
    QueryParameters: toParameters(statement),
    SecretArn: statement.submission.secretArn,
    SessionId: statement.kept?.id,
    ResultFormat: statement.submission.resultFormat,
    CreatedAt: seconds(statement.createdAt),
    UpdatedAt: seconds(statement.updatedAt),
  });

export const toSession = (session: KeptSession, workgroup: string): Shape =>
  defined({
    SessionId: session.id,
    Status: session.status,
    CreatedAt: seconds(session.createdAt),
    UpdatedAt: seconds(session.updatedAt),
    Database: session.database,
    WorkgroupName: workgroup,
    SessionAliveSeconds: session.keepAliveSeconds,
    SessionTtl: seconds(session.expiresAt),
    CurrentStatementId: session.current,
  });

/** One value as the Data API's Field; an integer beyond a double's reach keeps its digits on the wire. */
const toField = (value: Value): Shape => {
  if (value === null) return { isNull: true };
  switch (typeof value) {
    case 'boolean':
      return { booleanValue: value };
    case 'bigint':
      return { longValue: Number.isSafeInteger(Number(value)) ? Number(value) : rawNumber(String(value)) };
    case 'number':
      return Number.isFinite(value) ? { doubleValue: value } : { stringValue: String(value) };
    default:
      return { stringValue: value };
  }
};

/** One page of a result from row `token` on, as the statement's `ResultFormat` has it. Throws `AwsError` when there is no result to read. */
export const toPage = (
  { statement, run }: { readonly statement: Statement; readonly run: Run },
  format: 'JSON' | 'CSV',
  token: string | undefined,
): Shape => {
  const { resultFormat } = statement.submission;
  if (resultFormat !== format)
    throw new AwsError(
      'ValidationException',
      `The result is ${resultFormat}: read it with ${resultFormat === 'CSV' ? 'GetStatementResultV2' : 'GetStatementResult'}.`,
    );
  if (!isOver(run.status))
    throw new AwsError('ValidationException', `Query is not finished yet: ${run.id} is ${run.status}.`);
  if (run.status !== 'FINISHED')
    throw new AwsError('ResourceNotFoundException', `Query ${run.id} is ${run.status}: it has no result.`, 404, {
      ResourceId: run.id,
    });
  if (run.columns === undefined)
    throw new AwsError(
      'ValidationException',
      'Query does not have result. Please check query status with DescribeStatement.',
    );
  const { result } = run;
  if (result === undefined)
    throw new AwsError('ResourceNotFoundException', `The result of ${run.id} is no longer kept.`, 404, {
      ResourceId: run.id,
    });
  const start = token === undefined ? 0 : readToken(token, run.id);
  let end = start;
  for (let size = 0; end < result.rows.length && size < pageBytes; end += 1) size += sizeOf(result.rows[end] ?? []);
  const rows = result.rows.slice(start, end);
  return defined({
    Records: format === 'CSV' ? [{ CSVRecords: toCsv(rows) }] : rows.map((row) => row.map(toField)),
    ResultFormat: format === 'CSV' ? format : undefined,
    ColumnMetadata: run.columns.map((column: OutputColumn) => toColumnMetadata(column)),
    TotalNumRows: result.rows.length,
    NextToken: end < result.rows.length ? Buffer.from(`${run.id} ${end}`).toString('base64url') : undefined,
  });
};

const readToken = (token: string, id: string): number => {
  const [of, at] = Buffer.from(token, 'base64url').toString().split(' ');
  if (of !== id || at === undefined || !/^\d+$/.test(at))
    throw new AwsError('ValidationException', 'NextToken is not valid.');
  return Number(at);
};
