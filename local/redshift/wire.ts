import { AwsError } from '../aws-error.ts';
import { checkLimits } from '../aws-limits.ts';
import { createInput, type Input, type Refuse } from '../aws-wire.ts';
import type { Principal } from '../iam/principal.ts';
import type { JsonService, Operation } from '../operations.ts';
import { toDescription, toListed, toPage, toSubmitted } from './data/shapes.ts';
import type { Statement, Submission } from './data/statement.ts';
import { redshiftLimits } from './limits.ts';
import { listingOperations } from './listing.ts';
import { dataApiNeeds, isVisibleTo } from './needs.ts';
import type { Redshift } from './redshift.ts';

const validation = (message: string): AwsError => new AwsError('ValidationException', message);
const refuse: Refuse = (_kind, _name, detail) => validation(detail);
const inputOf = (members: Readonly<Record<string, unknown>>): Input => {
  checkLimits(members, redshiftLimits, refuse);
  return createInput(members, refuse);
};

/** The Redshift Data API in AWS JSON 1.1. Sessions and CSV results are not part of the laptop. */
export const createRedshiftDataService = (redshift: Redshift): JsonService => {
  const { api, clock, workgroup } = redshift;

  const toSubmission = (
    input: Input,
    caller: Principal,
    { sqls, isBatch }: Pick<Submission, 'sqls' | 'isBatch'>,
  ): Submission => {
    refuseUnsupported(input);
    checkTarget(input, redshift);
    const mode = input.optionalText('ExecutionMode') === 'AUTO_COMMIT' ? 'AUTO_COMMIT' : 'TRANSACTION';
    return {
      owner: caller,
      sqls,
      isBatch,
      mode,
      parameters: readParameters(input),
      name: input.optionalText('StatementName'),
      clientToken: input.optionalText('ClientToken'),
      secretArn: input.optionalText('SecretArn'),
      database: input.text('Database'),
      withEvent: input.optionalFlag('WithEvent'),
    };
  };
  const submit = async (
    input: Input,
    caller: Principal,
    what: Pick<Submission, 'sqls' | 'isBatch'>,
  ): Promise<unknown> => {
    const seconds = waitSeconds(input);
    const statement = api.submit(toSubmission(input, caller, what));
    await api.wait(statement, seconds);
    return toSubmitted(statement, workgroup);
  };

  const findOwn = (input: Input, caller: Principal) => {
    const id = input.text('Id');
    const found = api.find(id);
    if (!isVisibleTo(caller, found.statement)) throw api.notFound(id);
    return found;
  };

  const operations: Record<string, Operation> = {
    ExecuteStatement: (members, caller) => {
      const input = inputOf(members);
      return submit(input, caller, { sqls: [input.text('Sql')], isBatch: false });
    },
    BatchExecuteStatement: (members, caller) => {
      const input = inputOf(members);
      return submit(input, caller, { sqls: input.texts('Sqls'), isBatch: true });
    },
    DescribeStatement: async (members, caller) => {
      const input = inputOf(members);
      const found = findOwn(input, caller);
      await api.wait(found.statement, waitSeconds(input));
      return toDescription(found, workgroup, clock.now());
    },
    GetStatementResult: async (members, caller) => {
      const input = inputOf(members);
      const { statement, run } = findOwn(input, caller);
      await api.wait(statement, waitSeconds(input));
      return toPage(run, input.optionalText('NextToken'));
    },
    CancelStatement: (members, caller) => {
      api.cancel(findOwn(inputOf(members), caller).statement.id);
      return { Status: true };
    },
    ListStatements: (members, caller) => {
      const own = api.all().filter((statement) => isVisibleTo(caller, statement));
      return listStatements(inputOf(members), own);
    },
    ...listingOperations(redshift, inputOf),
  };
  const needs = dataApiNeeds({ workgroup, workgroupArn: redshift.workgroupArn, find: api.peek });
  return { target: 'RedshiftData', protocol: '1.1', messageMember: 'Message', operations, needs };
};

const waitSeconds = (input: Input): number => input.optionalInteger('WaitTimeSeconds', { min: 1, max: 30 }) ?? 0;

const refuseUnsupported = (input: Input): void => {
  if (
    input.optionalText('SessionId') !== undefined ||
    input.optionalInteger('SessionKeepAliveSeconds', { min: 0, max: 86_400 }) !== undefined
  ) {
    throw validation('The laptop keeps no sessions: SessionId and SessionKeepAliveSeconds are not supported.');
  }
  if ((input.optionalText('ResultFormat') ?? 'JSON') !== 'JSON')
    throw validation('The laptop gives results as JSON only.');
};

/** One workgroup and one database live on the laptop; a name or an ARN may say which workgroup is meant. */
const checkTarget = (input: Input, { workgroup, database }: Pick<Redshift, 'workgroup' | 'database'>): void => {
  if (input.optionalText('ClusterIdentifier') !== undefined)
    throw validation("Redshift endpoint doesn't exist in this region.");
  const given = input.text('WorkgroupName');
  const isArn = /^arn:aws[a-z-]*:redshift-serverless:[^:]*:\d{12}:workgroup\/./.test(given);
  if (!isArn && given !== workgroup) throw validation("Redshift endpoint doesn't exist in this region.");
  const named = input.text('Database');
  if (named !== database) throw validation(`FATAL: database "${named}" does not exist`);
};

const readParameters = (input: Input): ReadonlyMap<string, string> => {
  const parameters = new Map<string, string>();
  for (const each of input.optionalInputs('Parameters')) {
    const [name, value] = [each.text('name'), each.text('value')];
    if (!/^[0-9a-zA-Z_]+$/.test(name)) throw validation(`Parameter name "${name}" is not valid.`);
    if (value === '') throw validation(`The value of parameter "${name}" is empty.`);
    parameters.set(name, value);
  }
  return parameters;
};

const listStatements = (input: Input, statements: readonly Statement[]): unknown => {
  const status = input.optionalText('Status') ?? 'ALL';
  const prefix = input.optionalText('StatementName') ?? '';
  const limit = input.optionalInteger('MaxResults', { min: 0, max: 100 }) ?? 100;
  const after = input.optionalText('NextToken');
  const found = statements.filter(
    (each) =>
      (status === 'ALL' || each.status === status) &&
      (prefix === '' || (each.submission.name ?? '').startsWith(prefix)),
  );
  const start = after === undefined ? 0 : found.findIndex((each) => each.id === after) + 1;
  const page = found.slice(start, start + (limit === 0 ? 100 : limit));
  const last = page.at(-1);
  const hasMore = start + page.length < found.length && last !== undefined;
  return { Statements: page.map(toListed), ...(hasMore ? { NextToken: last.id } : {}) };
};
