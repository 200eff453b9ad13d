import type { Pipeline } from '#tests/house/operations/pipeline.ts';
import { type Account, isInGap, isVoid, nameOf, perMinute, type Sent, toMinute } from './account.ts';
import type { Faults } from './kinds.ts';

/** Envelopes whose rows are in the tables, as the account knows them. */
export const findArrived = async (pipeline: Pipeline, account: Account): Promise<readonly Sent[]> => {
  const rows = await pipeline.rows('SELECT producer, seq FROM millrace.batches WHERE void_to IS NULL');
  return rows.map(([producer, seq]) => {
    const found = account.sent.get(nameOf(producer, seq));
    if (found === undefined) throw new Error(`nobody sent the envelope ${nameOf(producer, seq)}`);
    return found;
  });
};

/** What is missing for longer no longer holds complete_to back (warehouse/views/complete_to.sql). */
export const rememberedMs = 26 * 3_600_000;

/** The reconciler, and after each of its checks the question whether complete_to has passed what is not accounted for. */
export const createWatch = (pipeline: Pipeline, account: Account, faults: Faults) => {
  let arrived = new Set<Sent>();
  const isOpen = (each: Sent): boolean =>
    each.acknowledged && !arrived.has(each) && each.receivedAt >= pipeline.clock.now() - rememberedMs;
  const watch = {
    checks: 0,
    /** Envelopes that complete_to passed as an unacknowledged one of the same minute hid their absence, and no number showed it yet. */
    hidden: 0,
    /** Producers whose void numbers were told by destroyed envelopes alone: what they lost cannot be told to the last event. */
    unclear: 0,
    /** What the last check told. */
    eventsMissing: 0,
    completeTo: 0,
    /** Failures that were meant. */
    failed: 0,
    check: async (): Promise<void> => {
      if (faults.strikes('reconcilerForgets')) pipeline.lake.delete('state/reconciler.json');
      if (faults.strikes('reconcilerFails')) pipeline.setWorld({ load: 'unreachable' });
      const answer = await pipeline.reconcile().catch(() => undefined);
      pipeline.setWorld({});
      if (answer === undefined) watch.failed += 1;
      if (answer?.complete_to == null) return;
      if (!answer.idle) watch.eventsMissing = answer.events_missing;
      watch.checks += answer.idle ? 0 : 1;
      watch.completeTo = Date.parse(answer.complete_to);
      const isPassed = (each: Sent): boolean => isOpen(each) && each.receivedAt < watch.completeTo;
      if (![...account.sent.values()].some(isPassed)) return;
      arrived = new Set(await findArrived(pipeline, account));
      const passed = [...account.sent.values()].filter(isPassed);
      const surplus = perMinute([...arrived].filter((each) => !each.acknowledged && !isVoid(each, [...arrived])));
      const isHidden = (each: Sent): boolean =>
        surplus.has(toMinute(each.receivedAt)) && (answer.idle || !isInGap(each, [...arrived]));
      const silent = passed.filter((each) => !isHidden(each));
      watch.hidden += passed.length - silent.length;
      const [first] = silent;
      if (first !== undefined)
        throw new Error(
          `complete_to ${answer.complete_to} at ${new Date(pipeline.clock.now()).toISOString()} is past ${first.name} of ${new Date(first.receivedAt).toISOString()}`,
        );
    },
  };
  return watch;
};

export type Watch = ReturnType<typeof createWatch>;
