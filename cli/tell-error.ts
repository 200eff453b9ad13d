import type { ExitCode } from './command.ts';
import { Failure, messageOf, UsageError } from './errors.ts';
import type { Output } from './surroundings.ts';

/** Says what went wrong, one line for what a person or the world did, and answers with the exit code. */
export const tellError = async (error: unknown, err: Output, help: string): Promise<ExitCode> => {
  const say = (text: string): Promise<void> => err.write(`${err.paint.red('millrace:')} ${text}\n`);
  if (error instanceof UsageError) {
    await say(`${error.message}\nsee ${help}`);
    return 2;
  }
  if (error instanceof Failure) {
    await say(error.message);
    return 1;
  }
  // Anything else is our own mistake: the trace is what a report of it needs.
  await say(`this should not happen: ${error instanceof Error ? (error.stack ?? messageOf(error)) : messageOf(error)}`);
  return 1;
};
