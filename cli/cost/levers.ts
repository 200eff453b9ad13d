import { monthlyCost, total, type Workload } from './model.ts';
import type { Plan } from './plan.ts';

/** One change of the settings and what it takes off the bill. */
export interface Lever {
  readonly change: string;
  readonly saves: number;
}

export interface Setting {
  readonly plan: Plan;
  readonly workload: Workload;
}

/** Less than this is not worth a line. */
const leastDollars = 1;

/** What each alternative saves a month, the most first; those that save next to nothing are left out. */
export const levers = (
  now: Setting,
  alternatives: readonly (Setting & { readonly change: string })[],
): readonly Lever[] => {
  const today = total(monthlyCost(now.plan, now.workload));
  return alternatives
    .map(({ change, plan, workload }) => ({ change, saves: today - total(monthlyCost(plan, workload)) }))
    .filter(({ saves }) => saves >= leastDollars)
    .sort((a, b) => b.saves - a.saves);
};
