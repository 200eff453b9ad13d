import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { administrator, type Principal, toSession } from '#local/iam/principal.ts';
import type { JsonService } from '#local/operations.ts';
import type { Redshift } from '#local/redshift/redshift.ts';
import { createRedshiftDataService } from '#local/redshift/wire.ts';
import { createTestLake, openRedshift } from '../redshift/support.ts';

const lake = createTestLake();
const workgroupArn =
  'arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/0a1b2c3d-0000-4000-8000-000000000000';
const loader = toSession('arn:aws:iam::000000000000:role/loader', 'loader');
const sameRole = toSession(loader.roleArn, 'other-function');
const migrator = toSession('arn:aws:iam::000000000000:role/migrator', 'migrator');
const ownerKey = 'redshift-data:statement-owner-iam-userid';
let redshift: Redshift;
let service: JsonService;

beforeAll(async () => {
  redshift = await openRedshift(lake, { workgroupArn });
  service = createRedshiftDataService(redshift);
});
afterAll(async () => {
  await redshift.close();
  lake.remove();
});

type Members = Readonly<Record<string, unknown>>;
const needs = (name: string, members: Members, caller: Principal = loader) => service.needs?.[name]?.(members, caller);
const call = async (name: string, members: Members, caller: Principal): Promise<Members> => {
  const answer: unknown = await service.operations[name]?.(members, caller);
  return JSON.parse(JSON.stringify(answer));
};
const target = { WorkgroupName: 'millrace', Database: 'millrace' };

describe('what the Data API needs', () => {
  it('is said of each operation', () => {
    expect(Object.keys(service.needs ?? {}).sort()).toEqual(Object.keys(service.operations).sort());
  });

  it('is the workgroup, and credentials or the secret to log in with', () => {
    const run = { action: 'redshift-data:ExecuteStatement', resource: workgroupArn };
    expect(needs('ExecuteStatement', target)).toEqual([
      run,
      { action: 'redshift-serverless:GetCredentials', resource: workgroupArn },
    ]);
    expect(needs('ExecuteStatement', { ...target, WorkgroupName: workgroupArn })?.[0]).toEqual(run);
    const SecretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:admin-abcdef';
    expect(needs('BatchExecuteStatement', { ...target, SecretArn })).toEqual([
      { action: 'redshift-data:BatchExecuteStatement', resource: workgroupArn },
      { action: 'secretsmanager:GetSecretValue', resource: SecretArn },
    ]);
    expect(needs('ListTables', { ...target, WorkgroupName: 'other' })?.[0]?.resource).toMatch(/workgroup\/other$/);
    expect(needs('ExecuteStatement', { ClusterIdentifier: 'c', Database: 'd' })?.[0]?.resource).toBe(
      'arn:aws:redshift:us-east-1:000000000000:cluster:c',
    );
  });

  it('knows whose a statement is, of a batch as of a part of it', async () => {
    const { Id } = await call('BatchExecuteStatement', { ...target, Sqls: ['SELECT 1', 'SELECT 2'] }, loader);
    await redshift.idle();
    const context = { [ownerKey]: loader.context['aws:userid'] };
    const describeIt = { action: 'redshift-data:DescribeStatement', resource: '*' };
    expect(needs('DescribeStatement', { Id })).toEqual([{ ...describeIt, context }]);
    expect(needs('GetStatementResult', { Id: `${Id}:2` })?.[0]?.context).toEqual(context);
    expect(needs('DescribeStatement', { Id: 'unknown' })).toEqual([{ ...describeIt, context: {} }]);
  });
});

describe('a statement', () => {
  it('is seen by every session of its role and by the administrator, and by no other role', async () => {
    const { Id } = await call('ExecuteStatement', { ...target, Sql: 'SELECT 1 AS a' }, loader);
    await redshift.idle();
    for (const caller of [loader, sameRole, administrator])
      expect(await call('DescribeStatement', { Id }, caller)).toMatchObject({ Status: 'FINISHED' });
    for (const name of ['DescribeStatement', 'GetStatementResult', 'CancelStatement'])
      await expect(call(name, { Id }, migrator)).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    const listed = async (caller: Principal): Promise<string> =>
      JSON.stringify((await call('ListStatements', {}, caller)).Statements);
    expect(await listed(sameRole)).toContain(String(Id));
    expect(await listed(migrator)).toBe('[]');
  });
});
