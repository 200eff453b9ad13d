import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { CloudFormationCustomResourceEvent, Context } from 'aws-lambda';
import type { Ended, Warehouse } from '#aws/redshift.ts';
import type { Log, Meter } from '#aws/telemetry.ts';
import type { Answer } from './answer.ts';
import type { Config } from './config.ts';
import { schemaStatements, toCreateUser, toGrants } from './schema.ts';

export interface Deps {
  readonly config: Config;
  readonly warehouse: Warehouse;
  readonly sendAnswer: (url: string, answer: Answer) => Promise<void>;
  /** Epoch milliseconds. */
  readonly clock: () => number;
  readonly logger: Log;
  readonly metrics: Meter;
}

/** Time kept back to answer CloudFormation, which otherwise waits an hour. */
const answerMs = 10_000;

/** Custom resource: Create and Update bring the schema up to date, Delete leaves the data alone. Always answers. */
export const createHandler = (deps: Deps) => {
  return async (event: CloudFormationCustomResourceEvent, context: Context): Promise<void> => {
    deps.logger.addContext(context);
    const answer = {
      PhysicalResourceId: `millrace-schema-${deps.config.workgroup}-${deps.config.database}`,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
    };
    try {
      const deadline = deps.clock() + context.getRemainingTimeInMillis() - answerMs;
      if (event.RequestType !== 'Delete') await migrate(deps, deadline);
      deps.metrics.addMetric('SchemaMigrated', MetricUnit.Count, event.RequestType === 'Delete' ? 0 : 1);
      await deps.sendAnswer(event.ResponseURL, { Status: 'SUCCESS', ...answer });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      deps.logger.error('the schema could not be migrated', { error: reason });
      await deps.sendAnswer(event.ResponseURL, { Status: 'FAILED', Reason: reason, ...answer });
    } finally {
      deps.metrics.publishStoredMetrics();
    }
  };
};

const migrate = async ({ config, warehouse, logger }: Deps, deadline: number): Promise<void> => {
  const name = 'millrace-schema';
  expectFinished('schema', await warehouse.transact(schemaStatements, { name, deadline }));
  const user = await warehouse.execute(toCreateUser(config.loaderUser), deadline);
  if (user.status === 'FAILED' && !user.error.includes('already exists')) expectFinished('loader user', user);
  const grants = toGrants(config.loaderUser, config.database);
  expectFinished('grants', await warehouse.transact(grants, { name, deadline }));
  logger.info('schema is up to date', { statements: schemaStatements.length });
};

const expectFinished = (what: string, ended: Ended): void => {
  if (ended.status === 'FINISHED') return;
  throw new Error(`${what}: ${'error' in ended ? ended.error : 'did not end in time'}`);
};
