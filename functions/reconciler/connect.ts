import { createMetrics } from '#aws/cloudwatch.ts';
import { createLake } from '#aws/lake.ts';
import { createWarehouse } from '#aws/redshift.ts';
import { createQueue } from '#aws/sqs.ts';
import type { Environment } from '#core/config.ts';
import { parseConfig } from './config.ts';
import type { ReconcileDeps } from './reconcile.ts';

/** The services that a check asks. */
export const connect = (env: Environment): Omit<ReconcileDeps, 'logger' | 'clock' | 'sleep'> => {
  const config = parseConfig(env);
  return {
    config,
    lake: createLake(config.lakeBucket),
    queue: createQueue(config.queueUrl),
    warehouse: createWarehouse(config),
    metricData: createMetrics(),
  };
};
