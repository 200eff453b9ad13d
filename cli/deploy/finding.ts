import { Fault } from '#aws/fault.ts';
import { messageOf } from '../errors.ts';
import { isDenied, toFailure } from '../stack/failure.ts';

/** What one check found: all is well, something to know, or a reason not to deploy. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'error';
  readonly text: string;
}

export const ok = (text: string): Finding => ({ level: 'ok', text });
export const warning = (text: string): Finding => ({ level: 'warning', text });
export const error = (text: string): Finding => ({ level: 'error', text });

/** A check that may not be made, or cannot, stops nothing: deploying tells. */
export const unlessAsked = async (what: string, check: () => Promise<Finding>): Promise<Finding> => {
  try {
    return await check();
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return warning(
      isDenied(fault)
        ? `${what} was not checked: these credentials may not ask (${fault.message})`
        : `${what} was not checked: ${messageOf(toFailure(fault))}`,
    );
  }
};
