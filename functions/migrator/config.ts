import { type Environment, optional, parseEnvironment, required } from '#core/config.ts';

export interface Config {
  /** A workgroup or a cluster: one of the two. */
  readonly workgroup: string | undefined;
  readonly cluster: string | undefined;
  readonly database: string;
  /** Secret of a database user who may create the schema, users and roles. */
  readonly secretArn: string;
}

export const parseConfig = (env: Environment): Config =>
  parseEnvironment<Config & Record<string, unknown>>(env, {
    workgroup: ['WORKGROUP_NAME', optional],
    cluster: ['CLUSTER_IDENTIFIER', optional],
    database: ['DATABASE', required],
    secretArn: ['WAREHOUSE_SECRET_ARN', required],
  });
