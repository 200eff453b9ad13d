import { AwsError } from '../aws-error.ts';
import type { Clock } from '../clock.ts';
import { type Invoke, invocationBytes } from '../invoke.ts';
import type { Random } from '../random.ts';
import type { Timers } from '../timers.ts';
import type { Batch } from './batch.ts';
import {
  type Failure,
  FUNCTION_ERROR,
  failAll,
  INVOKE_DENIED,
  LIMIT_EXCEEDED,
  parseTransformation,
  type Transformed,
} from './transformation.ts';

export interface Processed extends Transformed {
  /** Invocations made for the batch. */
  readonly attempts: number;
  /** Epoch milliseconds. */
  readonly endedAt: number;
}

/** Sends a batch through the function. Rejects never: what cannot be done comes back as failed records. */
export type Process = (batch: Batch, recordIds: readonly string[]) => Promise<Processed>;

/** Waits before the next attempt; longer where the function was throttled or is not there, so that a moment costs no records. */
const FUNCTION_BACKOFF_MS = { first: 100, most: 5_000 };
const THROTTLE_BACKOFF_MS = { first: 1_000, most: 30_000 };

export const createProcessor = ({
  clock,
  timers,
  random,
  invoke,
  lambdaArn,
  streamArn,
  region,
  retries,
  onInvocation,
  onFailure,
}: {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly invoke: Invoke;
  readonly lambdaArn: string;
  readonly streamArn: string;
  readonly region: string;
  readonly retries: number;
  readonly onInvocation: (attempt: number) => void;
  readonly onFailure: (error: unknown) => void;
}): Process => {
  /** One invocation: the function's answer, or why there is none. */
  const attempt = async (
    batch: Batch,
  ): Promise<string | (Failure & { readonly backoff: typeof FUNCTION_BACKOFF_MS })> => {
    const event = `{"invocationId":"${random.uuid()}","deliveryStreamArn":${JSON.stringify(streamArn)},"region":${JSON.stringify(region)},"records":[${batch.recordsJson}]}`;
    try {
      const { payload, functionError } = await invoke(lambdaArn, event);
      const isTooLarge = payload.length > invocationBytes || Buffer.byteLength(payload) > invocationBytes;
      if (functionError === undefined && !isTooLarge) return payload;
      onFailure(isTooLarge ? 'The response is over 6 MB.' : payload.slice(0, 500));
      return { ...FUNCTION_ERROR, backoff: FUNCTION_BACKOFF_MS };
    } catch (error) {
      onFailure(error);
      if (error instanceof AwsError && error.code === 'AccessDeniedException')
        return { ...INVOKE_DENIED, backoff: THROTTLE_BACKOFF_MS };
      const isThrottled = error instanceof AwsError && error.code === 'TooManyRequestsException';
      const code = error instanceof AwsError && !isThrottled ? `Lambda.${error.code}` : LIMIT_EXCEEDED.code;
      const message = error instanceof AwsError && !isThrottled ? error.message : LIMIT_EXCEEDED.message;
      return { code, message, backoff: THROTTLE_BACKOFF_MS };
    }
  };

  return async (batch, recordIds) => {
    for (let attempts = 1; ; attempts += 1) {
      onInvocation(attempts);
      const answer = await attempt(batch);
      if (typeof answer === 'string') {
        return { ...parseTransformation(answer, recordIds), attempts, endedAt: clock.now() };
      }
      if (attempts > retries) return { ...failAll(recordIds.length, answer), attempts, endedAt: clock.now() };
      const { first, most } = answer.backoff;
      await timers.sleep(Math.min(first * 2 ** (attempts - 1), most));
    }
  };
};
