import { reject } from '../outcome.ts';
import type { Step } from './step.ts';

/** Properties and context are objects; JSON packed into a text once more, the usual mistake, is refused and not lost. */
export const checkShape: Step = ({ misshapen }) =>
  misshapen === undefined ? undefined : reject('invalid_field', misshapen, `${misshapen} is not an object`);
