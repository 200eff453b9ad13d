import { type Environment, parseEnvironment, required } from '#core/config.ts';

export interface Config {
  readonly streamName: string;
  readonly writeKeySecretArn: string;
}

/** Throws one error that names every missing variable. */
export const parseConfig = (env: Environment): Config =>
  parseEnvironment<{ streamName: string; writeKeySecretArn: string }>(env, {
    streamName: ['STREAM_NAME', required],
    writeKeySecretArn: ['WRITE_KEY_SECRET_ARN', required],
  });
