import { type Environment, parseEnvironment, required } from '#core/config.ts';

export interface Config {
  readonly streamName: string;
  readonly writeKeySecretArn: string;
  /** What events sent with the write key carry in `source`. */
  readonly sourceName: string;
}

/** Throws one error that names every missing variable. */
export const parseConfig = (env: Environment): Config =>
  parseEnvironment<{ streamName: string; writeKeySecretArn: string; sourceName: string }>(env, {
    streamName: ['STREAM_NAME', required],
    writeKeySecretArn: ['WRITE_KEY_SECRET_ARN', required],
    sourceName: ['SOURCE_NAME', required],
  });
