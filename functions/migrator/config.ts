import { type Environment, parseEnvironment, required } from '#core/config.ts';

export interface Config {
  readonly workgroup: string;
  readonly database: string;
  /** Secret of the namespace's administrator: only it may create and grant. */
  readonly secretArn: string;
  /** Database user of the loader's role: `IAMR:<role name>`. */
  readonly loaderUser: string;
}

export const parseConfig = (env: Environment): Config =>
  parseEnvironment<Config & Record<string, unknown>>(env, {
    workgroup: ['WORKGROUP_NAME', required],
    database: ['DATABASE', required],
    secretArn: ['ADMIN_SECRET_ARN', required],
    loaderUser: ['LOADER_USER', required],
  });
