import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Ended, Warehouse } from '#aws/redshift.ts';
import type { Answer } from '#functions/migrator/answer.ts';
import { createHandler } from '#functions/migrator/handler.ts';
import { context, quietLog, quietMeter } from './support.ts';

const finished: Ended = { status: 'FINISHED', id: '1' };

const run = async (requestType: 'Create' | 'Update' | 'Delete', fail?: (sql: string) => string | undefined) => {
  const statements: string[] = [];
  const answers: Answer[] = [];
  const execute = (sqls: readonly string[]): Ended => {
    statements.push(...sqls);
    const error = sqls.map((sql) => fail?.(sql)).find((each) => each !== undefined);
    return error === undefined ? finished : { status: 'FAILED', id: '1', error };
  };
  const warehouse: Warehouse = {
    transact: async (sqls) => execute(sqls),
    execute: async (sql) => execute([sql]),
    results: async () => [],
    query: async () => [],
  };
  const request = {
    RequestType: requestType,
    ResponseURL: 'http://answer',
    StackId: 's',
    RequestId: 'r',
    LogicalResourceId: 'Schema',
  };
  const event = {
    ...request,
    ResourceType: 'Custom::Schema',
    ServiceToken: 't',
    ResourceProperties: { ServiceToken: 't' },
  };
  await createHandler({
    config: { workgroup: 'wg', database: 'db', secretArn: 'arn', loaderUser: 'IAMR:loader' },
    warehouse,
    sendAnswer: async (_url, answer) => void answers.push(answer),
    clock: Date.now,
    logger: quietLog,
    metrics: quietMeter,
  })(withPhysicalId(event), context());
  return { statements, answers };
};

const withPhysicalId = (event: object): CloudFormationCustomResourceEvent => JSON.parse(JSON.stringify(event));

describe('migrator', () => {
  it.each(['Create', 'Update'] as const)('makes schema, tables, views and grants on %s', async (requestType) => {
    const { statements, answers } = await run(requestType);
    expect(statements[0]).toContain('CREATE SCHEMA');
    expect(statements.join('\n')).toContain('GRANT USAGE ON SCHEMA millrace TO "IAMR:loader"');
    expect(statements.join('\n')).not.toContain('{{');
    expect(answers).toMatchObject([{ Status: 'SUCCESS', RequestId: 'r', PhysicalResourceId: 'millrace-schema-wg-db' }]);
  });

  it('touches nothing on Delete and says so', async () => {
    const { statements, answers } = await run('Delete');
    expect(statements).toEqual([]);
    expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  it('answers FAILED with the reason when a statement fails', async () => {
    const { answers } = await run('Create', (sql) => (sql.includes('CREATE SCHEMA') ? 'permission denied' : undefined));
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: expect.stringContaining('permission denied') }]);
  });

  it('goes on when the loader has logged in before', async () => {
    const { answers } = await run('Update', (sql) =>
      sql.startsWith('CREATE USER') ? 'user "IAMR:loader" already exists' : undefined,
    );
    expect(answers).toMatchObject([{ Status: 'SUCCESS' }]);
  });
});
