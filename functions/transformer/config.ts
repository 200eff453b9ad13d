import { type Environment, parseEnvironment, wholeNumber } from '#core/config.ts';

export interface Config {
  /** Bytes of the answer as JSON text; Lambda's own limit is the default. */
  readonly responseBytes: number;
}

/** Lambda's limit of a synchronous answer (Lambda quotas, "invocation payload"). */
const lambdaResponseBytes = 6_291_556;

export const parseConfig = (env: Environment): Config =>
  parseEnvironment<{ responseBytes: number }>(env, {
    responseBytes: ['RESPONSE_BYTES', wholeNumber(lambdaResponseBytes, 1024)],
  });
