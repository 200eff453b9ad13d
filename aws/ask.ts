import { codeOf, Fault } from './fault.ts';

/** One call, whose refusal becomes a `Fault` with AWS's code and the call's name. */
export const ask = async <Answer>(what: string, request: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await request();
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw new Fault(codeOf(error), `${what}: ${error instanceof Error ? error.message : String(error)}`, true, error);
  }
};
