import { type Environment, optional, parseEnvironment, required, wholeNumber } from '#core/config.ts';

export interface Config {
  readonly lakeBucket: string;
  /** A workgroup or a cluster: one of the two. */
  readonly workgroup: string | undefined;
  readonly cluster: string | undefined;
  readonly database: string;
  /** Secret of a database user; without one the function's role is the user. */
  readonly secretArn: string | undefined;
  /** Role that Redshift takes to read the lake. */
  readonly copyRoleArn: string;
  /** Days on both sides of a batch's received_at within which an event can be a duplicate. */
  readonly dedupeDays: number;
}

export const parseConfig = (env: Environment): Config =>
  parseEnvironment<Config & Record<string, unknown>>(env, {
    lakeBucket: ['LAKE_BUCKET', required],
    workgroup: ['WORKGROUP_NAME', optional],
    cluster: ['CLUSTER_IDENTIFIER', optional],
    database: ['DATABASE', required],
    secretArn: ['WAREHOUSE_SECRET_ARN', optional],
    copyRoleArn: ['COPY_ROLE_ARN', required],
    dedupeDays: ['DEDUPE_DAYS', wholeNumber(7, 1)],
  });
