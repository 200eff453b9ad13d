import { expect } from 'vitest';
import { type Account, isInGap, isVoid, perMinute, type Sent } from './account.ts';
import type { Run } from './run.ts';
import { findArrived, rememberedMs } from './watch.ts';

const minute = 60_000;
const hour = 60 * minute;

/** What must be true of a run that has been mended. */
export const verify = async (run: Run): Promise<void> => {
  const { pipeline, account } = run;
  expect([run.queue.waiting(), run.queue.deadLetters(), run.delivery.holds()]).toEqual([0, 0, 0]);
  const arrived = await findArrived(pipeline, account);
  expect(new Set(arrived).size, 'envelopes that are counted twice').toBe(arrived.length);
  const sent = [...account.sent.values()];
  const missing = sent.filter((each) => each.acknowledged && !arrived.includes(each));
  expect(
    missing.filter(({ destroyed }) => !destroyed).map(({ name }) => name),
    'acknowledged, never destroyed and not in the tables',
  ).toEqual([]);
  expect(
    sent.filter((each) => isForgotten(each, arrived, missing)).map(({ name }) => name),
    'numbers that nobody calls void',
  ).toEqual([]);
  await verifyRows(run, arrived);
  await verifyConservation(run, arrived, missing);
  await verifyGaps(run, arrived, missing);
  verifyWitness(run, arrived);
  await verifyFlow(run);
};

/** Not acknowledged, and not told of although a later request came and none that could have told of it was destroyed. */
const isForgotten = (each: Sent, arrived: readonly Sent[], missing: readonly Sent[]): boolean => {
  const isLater = ({ producer, receivedAt, acknowledged }: Sent): boolean =>
    acknowledged && producer === each.producer && receivedAt > each.receivedAt;
  return !each.acknowledged && !isVoid(each, arrived) && arrived.some(isLater) && !missing.some(isLater);
};

const verifyRows = async ({ pipeline }: Run, arrived: readonly Sent[]): Promise<void> => {
  const rows = await pipeline.rows(
    'SELECT event_id FROM millrace.events UNION ALL SELECT event_id FROM millrace.rejected_events',
  );
  const found = rows.map(([id]) => String(id)).sort();
  const wanted = [...new Set(arrived.flatMap(({ ids }) => ids))].sort();
  expect(found, 'rows of events').toEqual(wanted);
};

/** Arrived, not acknowledged, and every envelope that says so was destroyed: what came after it cannot be told to the last event. */
const isUntold = (each: Sent, arrived: readonly Sent[]): boolean =>
  !each.acknowledged &&
  !isVoid(each, arrived) &&
  arrived.some(({ producer, seq }) => producer === each.producer && seq > each.seq);

const verifyConservation = async (
  { pipeline, watch }: Run,
  arrived: readonly Sent[],
  missing: readonly Sent[],
): Promise<void> => {
  const rows = await pipeline.report(
    'report_conservation',
    'producer, SUM(missing) OVER (PARTITION BY producer), missing',
  );
  expect(
    rows.filter(([, , events]) => Number(events) < 0),
    'minutes in which more came than was accepted',
  ).toEqual([]);
  const shown = new Map(rows.map(([producer, events]) => [String(producer), Number(events)]));
  const unclear = new Set(arrived.filter((each) => isUntold(each, arrived)).map(({ producer }) => producer));
  for (const producer of new Set(arrived.map((each) => each.producer))) {
    const latest = Math.max(
      ...arrived.filter((each) => each.producer === producer).map((each) => each.acknowledgedBefore),
    );
    const behind = missing.filter((each) => each.producer === producer && each.acknowledgedBefore < latest);
    const events = behind.reduce((sum, { ids }) => sum + ids.length, 0);
    if (unclear.has(producer)) watch.unclear += 1;
    else expect([producer, shown.get(producer) ?? 0], 'events that are shown as missing').toEqual([producer, events]);
  }
};

const verifyGaps = async (
  { pipeline, account }: Run,
  arrived: readonly Sent[],
  missing: readonly Sent[],
): Promise<void> => {
  const rows = await pipeline.report('report_gaps', 'producer, first_missing, last_missing');
  const shown = rows.flatMap(([producer, from, to]) =>
    Array.from({ length: Number(to) - Number(from) + 1 }, (_, at) => `${String(producer)} ${Number(from) + at}`),
  );
  const isShown = new Set(shown);
  const wanted = missing.filter((each) => isInGap(each, arrived));
  expect(
    wanted.filter(({ name }) => !isShown.has(name)).map(({ name }) => name),
    'lost and no gap',
  ).toEqual([]);
  const falsely = shown.filter((name) => isFalse(account, name, arrived));
  expect(falsely, 'gaps that are no loss').toEqual([]);
};

/** A number that was not acknowledged may show only while every envelope that calls it void is lost. */
const isFalse = (account: Account, name: string, arrived: readonly Sent[]): boolean => {
  const sent = account.sent.get(name);
  return sent === undefined || arrived.includes(sent) || (!sent.acknowledged && isVoid(sent, arrived));
};

/** What the collector said it accepted, minute by minute, less what arrived: also the last envelopes of collectors that ended. */
const verifyWitness = ({ pipeline, account, watch }: Run, arrived: readonly Sent[]): void => {
  const accepted = pipeline.emitted.filter(({ name }) => name === 'EventsAccepted');
  const acknowledged = account.acknowledgedPerMinute();
  const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, each) => total + each, 0);
  expect(sum(accepted.map(({ value }) => value)), 'events that the collector counted as accepted').toBe(
    sum(acknowledged.values()),
  );
  const came = perMinute(arrived.filter((each) => !isVoid(each, arrived)));
  const now = pipeline.clock.now();
  const shortSince = (since: number): number =>
    sum(
      [...acknowledged]
        .filter(([at]) => at >= since && at < now - 2 * hour)
        .map(([at, events]) => Math.max(0, events - (came.get(at) ?? 0))),
    );
  // What was lost on the day before may have been let go.
  expect(watch.eventsMissing, 'events_missing').toBeGreaterThanOrEqual(shortSince(now - rememberedMs));
  expect(watch.eventsMissing, 'events_missing').toBeLessThanOrEqual(shortSince(0));
};

const verifyFlow = async (run: Run): Promise<void> => {
  const { pipeline, client, pass, watch, account } = run;
  const arrived = await findArrived(pipeline, account);
  const isWhole = [...account.sent.values()].every((each) => !each.acknowledged || arrived.includes(each));
  // A loss holds complete_to back for a day, of which the reconciler sees all; the older it is the more rarely it is looked at.
  if (!isWhole) await pass(48 * 60, 60);
  expect(await client.post(client.newBody(1))).toBe(true);
  await pass(6);
  expect(watch.completeTo, 'complete_to after all is mended').toBeGreaterThan(pipeline.clock.now() - 8 * minute);
};
