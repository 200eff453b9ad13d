/** The person typed something wrong: the message names the flag or value and the fix. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** It ran and could not do its work: the message says what happened and what to do. Exit code 1, without a stack trace. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

const unreachable: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined;

/** Nobody listens there; looks through `cause` and through the several addresses that `localhost` stands for. */
export const isUnreachable = (error: unknown): boolean => {
  if (unreachable.has(member(error, 'code'))) return true;
  const several = member(error, 'errors');
  if (Array.isArray(several) && several.some(isUnreachable)) return true;
  const cause = member(error, 'cause');
  return cause !== undefined && isUnreachable(cause);
};

/** One line about any thrown value. */
export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  const code = member(error, 'code');
  return error.message === '' ? String(code ?? error.name) : error.message;
};

export const noLaptop = (url: string): Failure => new Failure(`no laptop answers at ${url}: start it with npm start`);
