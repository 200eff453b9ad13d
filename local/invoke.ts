/** One answered invocation of a function, as Lambda's Invoke gives it. */
export interface Invocation {
  /** The handler's answer, or the error object, as JSON text. */
  readonly payload: string;
  /** Present when the handler threw, timed out or could not be loaded. */
  readonly functionError?: 'Unhandled';
}

/** Bytes of a synchronous event or answer (Lambda quotas, "invocation payload"). */
export const invocationBytes = 6_291_556;

/** Invokes a function by name or ARN with a JSON event. Rejects with `AwsError` TooManyRequestsException when throttled. */
export type Invoke = (functionName: string, event: string) => Promise<Invocation>;
