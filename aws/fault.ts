/** The world failed, not the data: a service refused, throttled or did not answer. */
export class Fault extends Error {
  readonly code: string;
  readonly retryable: boolean;

  constructor(code: string, message: string, retryable: boolean, cause?: unknown) {
    super(message, { cause });
    this.name = 'Fault';
    this.code = code;
    this.retryable = retryable;
  }
}

/** AWS's name of an SDK error, such as `ThrottlingException`. */
export const codeOf = (error: unknown): string => (error instanceof Error ? error.name : 'Unknown');
