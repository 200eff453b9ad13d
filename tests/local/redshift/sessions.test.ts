import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AwsError } from '#local/aws-error.ts';
import { administrator, type Principal, toSession } from '#local/iam/principal.ts';
import type { Redshift } from '#local/redshift/redshift.ts';
import { createRedshiftDataService } from '#local/redshift/wire.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';
import { createTestLake, openRedshift, rowsOf } from './support.ts';

const target = { WorkgroupName: 'millrace', Database: 'millrace' };
const [hour, day] = [3_600, 86_400];
const lake = createTestLake();
const clock = createVirtualClock();
const role = (name: string, session: string): Principal => toSession(`arn:aws:iam::000000000000:role/${name}`, session);
type Answer = Readonly<Record<string, unknown>>;

let redshift: Redshift;
let service: ReturnType<typeof createRedshiftDataService>;
beforeAll(async () => {
  redshift = await openRedshift(lake, { clock, maxSessions: 3 });
  service = createRedshiftDataService(redshift);
});
afterAll(async () => {
  await redshift.close();
  expect(clock.pending()).toBe(0);
  lake.remove();
});

/** Sessions of the test before have ended. */
beforeEach(() => clock.advance(hour * 1000));

const parseAnswer = (value: unknown): Answer => JSON.parse(JSON.stringify(value));
const call = async (name: string, input: Answer, caller: Principal = administrator): Promise<Answer> =>
  parseAnswer(await service.operations[name]?.(input, caller));
const execute = async (input: Answer, caller?: Principal): Promise<Answer> => {
  const where = input.SessionId === undefined ? target : {};
  const { Id } = await call('ExecuteStatement', { Sql: 'SELECT 1', ...where, ...input }, caller);
  await redshift.idle();
  return call('DescribeStatement', { Id }, caller);
};
const open = async (seconds: number, caller?: Principal): Promise<unknown> =>
  (await execute({ SessionKeepAliveSeconds: seconds }, caller)).SessionId;
const list = async (input: Answer, caller?: Principal): Promise<readonly Answer[]> => {
  const { Sessions } = await call('ListSessions', input, caller);
  return Array.isArray(Sessions) ? Sessions : [];
};
const refusal = async (name: string, input: Answer, caller?: Principal): Promise<[string, string]> => {
  try {
    await call(name, input, caller);
  } catch (error) {
    if (error instanceof AwsError) return [error.code, error.message];
    throw error;
  }
  throw new Error(`${name} was not refused`);
};
const endless =
  'WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100000000) SELECT MAX(i) FROM c';

describe('a session', () => {
  it('closes when nothing has used it for its time, counted from the end of its last statement', async () => {
    const id = await open(60);
    await clock.advance(59_000);
    expect(await execute({ SessionId: id })).toMatchObject({ Status: 'FINISHED', SessionId: id });
    await clock.advance(59_000);
    expect(await list({ SessionId: id })).toMatchObject([{ Status: 'AVAILABLE' }]);
    await clock.advance(1_000);
    expect(await list({ SessionId: id })).toMatchObject([{ Status: 'CLOSED', UpdatedAt: clock.now() / 1000 }]);
    expect(await refusal('ExecuteStatement', { SessionId: id, Sql: 'SELECT 1' })).toEqual([
      ...['ValidationException', expect.stringContaining('Session is closed')],
    ]);
  });

  it('gets another time from the statement that names one, and none from 0', async () => {
    const id = await open(60);
    await execute({ SessionId: id, SessionKeepAliveSeconds: hour });
    await clock.advance(61_000);
    expect(await list({ SessionId: id })).toMatchObject([{ Status: 'AVAILABLE', SessionAliveSeconds: hour }]);
    await execute({ SessionId: id, SessionKeepAliveSeconds: 0 });
    expect(await list({ SessionId: id })).toMatchObject([{ Status: 'CLOSED' }]);
  });

  it('lives for a day at the longest, and the statement that runs then is stopped', async () => {
    const id = await open(day);
    await clock.advance((day - hour) * 1000);
    expect(await execute({ SessionId: id })).toMatchObject({ Status: 'FINISHED' });
    const { Id } = await call('ExecuteStatement', { SessionId: id, Sql: endless });
    await clock.advance(hour * 1000 - 1);
    expect(await list({ SessionId: id })).toMatchObject([{ Status: 'BUSY', CurrentStatementId: Id }]);
    await clock.advance(1);
    await redshift.idle();
    expect(await call('DescribeStatement', { Id })).toMatchObject({ Status: 'ABORTED' });
    expect(await list({ SessionId: id })).toMatchObject([{ Status: 'CLOSED' }]);
    await clock.advance(day * 1000 + 1);
    expect(await list({ SessionId: id })).toEqual([]);
  });

  it('counts against a number of them', async () => {
    const ids = [await open(60), await open(60), await open(60)];
    const request = { ...target, Sql: 'SELECT 1', SessionKeepAliveSeconds: 60 };
    expect(await refusal('ExecuteStatement', request)).toEqual([
      ...['ActiveSessionsExceededException', 'Active sessions exceeded the allowed quota (3).'],
    ]);
    expect(await execute({})).toMatchObject({ Status: 'FINISHED' });
    await execute({ SessionId: ids[0], SessionKeepAliveSeconds: 0 });
    expect(await open(60)).toEqual(expect.any(String));
    await clock.advance(60_000);
    expect(await list({})).toEqual([]);
  });

  it('keeps what its statements committed when one of them fails or is rolled back', async () => {
    const run = async (id: unknown, ...sqls: readonly string[]): Promise<unknown> => {
      const { Id } = await call('BatchExecuteStatement', { SessionId: id, Sqls: sqls });
      await redshift.idle();
      return (await call('DescribeStatement', { Id })).Status;
    };
    const id = await open(60);
    expect(await run(id, 'CREATE TEMP TABLE kept (a INTEGER)', 'INSERT INTO kept VALUES (1)')).toBe('FINISHED');
    expect(await run(id, 'INSERT INTO kept VALUES (2)', 'CREATE TEMP TABLE lost (a INTEGER)', 'SELECT nope')).toBe(
      'FAILED',
    );
    expect(await run(id, 'SELECT * FROM lost')).toBe('FAILED');
    const { Id } = await execute({ SessionId: id, Sql: 'SELECT COUNT(*) FROM kept' });
    expect(await call('GetStatementResult', { Id })).toMatchObject({ Records: [[{ longValue: 1 }]] });
    expect(await rowsOf(redshift, "SELECT COUNT(*) FROM svv_tables WHERE table_name = 'kept'")).toEqual([[0]]);
  });

  it('takes no transaction over several calls, and says what to do', async () => {
    for (const Sql of ['BEGIN', '-- so\nSTART TRANSACTION'])
      expect(await execute({ SessionId: await open(1), Sql })).toMatchObject({
        Status: 'FAILED',
        Error: expect.stringContaining('a transaction over several statements of a session: use BatchExecuteStatement'),
      });
    await clock.advance(1_000);
  });

  it('is connected to its database, which no statement in it changes', async () => {
    const id = await open(60);
    expect(await refusal('ExecuteStatement', { SessionId: id, Database: 'other', Sql: 'SELECT 1' })).toEqual([
      ...['ValidationException', `Session ${id} is connected to database "millrace".`],
    ]);
    expect(await execute({ SessionId: id, ...target })).toMatchObject({ Status: 'FINISHED' });
  });
});

describe('sessions and statements of a role', () => {
  const [one, sibling, stranger] = [role('loader', 'one'), role('loader', 'two'), role('reader', 'one')];

  it('are nobody else’s', async () => {
    const id = await open(60, one);
    expect(await list({}, sibling)).toMatchObject([{ SessionId: id }]);
    expect(await list({ RoleLevel: false }, sibling)).toEqual([]);
    expect(await list({ RoleLevel: false }, one)).toMatchObject([{ SessionId: id }]);
    expect(await list({}, stranger)).toEqual([]);
    expect(await refusal('ExecuteStatement', { SessionId: id, Sql: 'SELECT 1' }, stranger)).toEqual([
      ...['ResourceNotFoundException', 'Session does not exist.'],
    ]);
    expect(await execute({ SessionId: id }, sibling)).toMatchObject({ Status: 'FINISHED' });
  });

  it('are listed for the whole role unless RoleLevel is false', async () => {
    const StatementName = 'role-level';
    await execute({ StatementName }, one);
    await execute({ StatementName }, sibling);
    const count = async (caller: Principal, more: Answer = {}): Promise<unknown> => {
      const { Statements } = await call('ListStatements', { StatementName, ...more }, caller);
      return Array.isArray(Statements) ? Statements.length : undefined;
    };
    expect([await count(one), await count(one, { RoleLevel: false }), await count(stranger)]).toEqual([2, 1, 0]);
  });

  it('may be kept to the one who opened them by a policy, which is asked with the owner of the session', async () => {
    const id = await open(60, one);
    const asked = service.needs?.ExecuteStatement?.({ SessionId: id, Sql: 'SELECT 1' }, sibling);
    expect(asked?.[0]).toEqual({
      action: 'redshift-data:ExecuteStatement',
      resource: redshift.workgroupArn,
      context: { 'redshift-data:session-owner-iam-userid': one.context['aws:userid'] },
    });
    await clock.advance(60_000);
  });
});

it('a statement runs for a day at the longest', async () => {
  const { Id } = await call('ExecuteStatement', { ...target, Sql: endless });
  await clock.advance(day * 1000 - 1);
  expect(await call('DescribeStatement', { Id })).toMatchObject({
    Status: expect.stringMatching(/^(PICKED|STARTED)$/),
  });
  await clock.advance(1);
  await redshift.idle();
  expect(await call('DescribeStatement', { Id })).toMatchObject({ Status: 'ABORTED' });
});
