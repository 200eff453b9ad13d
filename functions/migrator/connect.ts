import { createWarehouse } from '#aws/redshift.ts';
import { createUsageLimits } from '#aws/redshift-serverless.ts';
import type { Log } from '#aws/telemetry.ts';
import type { Environment } from '#core/config.ts';
import { parseConfig } from './config.ts';
import type { CustomResource } from './custom-resource.ts';
import { createSchema } from './schema.ts';
import { createUsageLimit } from './usage-limit.ts';

/** The custom resources of this function, by their type in template.yaml. */
export const connect = (env: Environment, logger: Log): Readonly<Record<string, CustomResource>> => {
  const config = parseConfig(env);
  return {
    'Custom::Schema': createSchema({ warehouse: createWarehouse(config), database: config.database, logger }),
    'Custom::UsageLimit': createUsageLimit(createUsageLimits()),
  };
};
