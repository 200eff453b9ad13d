import type { Failure } from '#aws/redshift.ts';
import type { LandedObject } from './landed-objects.ts';
import { findUnloaded } from './ledger.ts';
import type { Plan } from './plan.ts';
import { refusalAt } from './statements.ts';
import { clockSkewMs, type Work } from './work.ts';

export type Settled =
  | { readonly kind: 'loaded'; readonly id: string; readonly isOurs: boolean }
  /** The ledger has the others. */
  | { readonly kind: 'left'; readonly objects: readonly LandedObject[] }
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** No verdict before the deadline. */
  | { readonly kind: 'late'; readonly reason: string };

/**
 * Submits a load until there is a verdict on it. Each attempt has a client token of its own, made of the request and the attempt's
 * number: a loader that follows one that died gets the statement which that one submitted, running or ended, and waits for
 * it. What failed before this call began is history and attempted again; what finished before is believed if the
 * ledger says so, for the tables may have been emptied since. A serialization conflict is nobody's fault: another attempt.
 */
export const settle = async (work: Work, plan: Plan): Promise<Settled> => {
  const { deps, begunAt, deadline } = work;
  if (plan.manifest !== undefined) await deps.bucket.putJson(plan.manifestKey, plan.manifest);
  let conflicts = 0;
  for (let attempt = 0; ; attempt++) {
    const token = `${plan.token}-${attempt}`;
    const ended = await deps.warehouse.transact(plan.statements, { name: plan.loadId, deadline, token });
    if (ended.status === 'RUNNING') return { kind: 'late', reason: 'the load is still running and left running' };
    const isOurs = ended.createdAt === undefined || ended.createdAt >= begunAt - clockSkewMs;
    if (ended.status === 'FINISHED') {
      const left = isOurs ? [] : await findUnloaded(deps, plan.objects, deadline);
      if (left.length === 0) return { kind: 'loaded', id: ended.id, isOurs };
      if (left.length < plan.objects.length) return { kind: 'left', objects: left };
    } else if (isOurs && !isConflict(ended)) {
      const verdict = await judge(work, plan, ended);
      if (verdict !== undefined) return verdict;
    } else if (isOurs && !(await deps.pause(conflicts++, deadline))) return { kind: 'late', reason: ended.error };
  }
};

/**
 * A refusal by the ledger leaves the objects that it does not have. Undefined where it has none of them: then the refusal is that of
 * an attempt before somebody emptied the tables.
 */
const judge = async ({ deps, deadline }: Work, plan: Plan, failure: Failure): Promise<Settled | undefined> => {
  if (blamesRows(failure) || (failure.statement ?? refusalAt) !== refusalAt) return { kind: 'failed', failure };
  const left = await findUnloaded(deps, plan.objects, deadline);
  if (left.length < plan.objects.length) return { kind: 'left', objects: left };
  return failure.statement === refusalAt ? undefined : { kind: 'failed', failure };
};

/** How COPY says that rows are at fault: it names the table of load errors (stl_load_errors, sys_load_error_detail). */
export const blamesRows = ({ error }: Failure): boolean => /load_error/i.test(error);

/** Two transactions were in each other's way ("Serializable isolation", Amazon Redshift Database Developer Guide: ERROR 1023). */
const isConflict = ({ error }: Failure): boolean =>
  /ERROR:\s*1023\b|serializable isolation violation|deadlock detected/i.test(error);
