import { type Environment, parseEnvironment, required, wholeNumber } from '#core/config.ts';

export interface Config {
  readonly lakeBucket: string;
  readonly workgroup: string;
  readonly database: string;
  /** Role that Redshift takes to read the lake. */
  readonly copyRoleArn: string;
  /** Days on both sides of a batch's received_at within which an event can be a duplicate. */
  readonly dedupeDays: number;
}

export const parseConfig = (env: Environment): Config =>
  parseEnvironment<Config & Record<string, unknown>>(env, {
    lakeBucket: ['LAKE_BUCKET', required],
    workgroup: ['WORKGROUP_NAME', required],
    database: ['DATABASE', required],
    copyRoleArn: ['COPY_ROLE_ARN', required],
    dedupeDays: ['DEDUPE_DAYS', wholeNumber(7, 1)],
  });
