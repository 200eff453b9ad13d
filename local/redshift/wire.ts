import { AwsError } from '../aws-error.ts';
import { checkLimits } from '../aws-limits.ts';
import { createInput, type Input, type Refuse } from '../aws-wire.ts';
import type { Principal } from '../iam/principal.ts';
import type { JsonService, Operation } from '../operations.ts';
import { toDescription, toPage, toSubmitted } from './data/shapes.ts';
import type { Submission } from './data/statement.ts';
import { redshiftLimits } from './limits.ts';
import { listingOperations } from './listing.ts';
import { dataApiNeeds, isVisibleTo } from './needs.ts';
import { ownedOperations } from './owned.ts';
import type { Redshift } from './redshift.ts';
import { checkCompute, checkTarget } from './target.ts';

const validation = (message: string): AwsError => new AwsError('ValidationException', message);
const refuse: Refuse = (_kind, _name, detail) => validation(detail);
const inputOf = (members: Readonly<Record<string, unknown>>): Input => {
  checkLimits(members, redshiftLimits, refuse);
  return createInput(members, refuse);
};

/** The Redshift Data API in AWS JSON 1.1. */
export const createRedshiftDataService = (redshift: Redshift): JsonService => {
  const { api, clock, workgroup } = redshift;

  const checkSession = (input: Input, caller: Principal, id: string): void => {
    checkCompute(input, redshift);
    const session = api.sessions.get(id);
    if (session === undefined || !isVisibleTo(caller, session.owner)) throw api.noSession(id);
    const named = input.optionalText('Database') ?? session.database;
    if (named !== session.database) throw validation(`Session ${id} is connected to database "${session.database}".`);
  };

  const toSubmission = (
    input: Input,
    caller: Principal,
    { sqls, isBatch }: Pick<Submission, 'sqls' | 'isBatch'>,
  ): Submission => {
    const sessionId = input.optionalText('SessionId');
    // A session is connected already.
    if (sessionId === undefined) checkTarget(input, redshift);
    else checkSession(input, caller, sessionId);
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
      database: redshift.database,
      withEvent: input.optionalFlag('WithEvent'),
      resultFormat: input.optionalText('ResultFormat') === 'CSV' ? 'CSV' : 'JSON',
      sessionId,
      keepAliveSeconds: input.optionalInteger('SessionKeepAliveSeconds', { min: 0, max: 86_400 }),
    };
  };
  const submit = async (
    input: Input,
    caller: Principal,
    what: Pick<Submission, 'sqls' | 'isBatch'>,
  ): Promise<unknown> => {
    const seconds = waitSeconds(input);
    const statement = api.submit(toSubmission(input, caller, what));
    if (seconds > 0) await api.wait(statement, seconds);
    return toSubmitted(statement, workgroup);
  };

  const findOwn = (input: Input, caller: Principal) => {
    const id = input.text('Id');
    const found = api.find(id);
    if (!isVisibleTo(caller, found.statement.submission.owner)) throw api.notFound(id);
    return found;
  };

  const page = async (input: Input, caller: Principal, format: 'JSON' | 'CSV'): Promise<unknown> => {
    const found = findOwn(input, caller);
    await api.wait(found.statement, waitSeconds(input));
    return toPage(found, format, input.optionalText('NextToken'));
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
    GetStatementResult: (members, caller) => page(inputOf(members), caller, 'JSON'),
    GetStatementResultV2: (members, caller) => page(inputOf(members), caller, 'CSV'),
    CancelStatement: (members, caller) => {
      api.cancel(findOwn(inputOf(members), caller).statement.id);
      return { Status: true };
    },
    ...ownedOperations(redshift, inputOf),
    ...listingOperations(redshift, inputOf),
  };
  const { workgroupArn } = redshift;
  const needs = dataApiNeeds({ workgroup, workgroupArn, find: api.peek, findSession: api.sessions.get });
  return { target: 'RedshiftData', protocol: '1.1', messageMember: 'Message', operations, needs };
};

const waitSeconds = (input: Input): number => input.optionalInteger('WaitTimeSeconds', { min: 1, max: 30 }) ?? 0;

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
