import type { Tally } from '#core/traffic/tally.ts';
import { createTraffic, type Traffic } from '#core/traffic/traffic.ts';
import type { ExitCode } from '../command.ts';
import { Failure } from '../errors.ts';
import { atLaptop, createWarehouse } from '../query/warehouse.ts';
import { createHealthReader, type HealthReader } from '../status/health.ts';
import type { Surroundings } from '../surroundings.ts';
import { grouped } from '../text.ts';
import { type Arrival, createArrival } from './arrival.ts';
import { type Check, compareAtDoor, compareInWarehouse, withDoor } from './compare.ts';
import { createFlow, type Flow, sendTraffic } from './flow.ts';
import { followLoading } from './follow.ts';
import { createPresses, type Presses } from './presses.ts';
import { createProgress, noProgress, type Progress, sendingWords, waitingReading } from './progress.ts';
import { isGood, type Report, reportJson, reportLines } from './report.ts';
import type { SimulateSettings } from './settings.ts';
import { waitForArrival } from './wait.ts';

/** What a run has at hand. */
interface Run {
  readonly settings: SimulateSettings;
  readonly traffic: Traffic;
  readonly flow: Flow;
  readonly arrival: Arrival;
  readonly health: HealthReader;
  readonly progress: Progress;
  readonly presses: Presses;
}

interface Findings {
  readonly checks: readonly Check[];
  readonly notes: readonly string[];
}

const send = async ({ settings, traffic, flow, arrival, progress, presses }: Run): Promise<readonly string[]> => {
  const { count, isJson, waits } = settings;
  const following = isJson || !waits ? undefined : followLoading(arrival);
  const begun = Date.now();
  const hide = progress.show(() => ({
    done: flow.sent / count,
    words: sendingWords({ ...flow, loaded: following?.loaded(), seconds: (Date.now() - begun) / 1000 }),
  }));
  try {
    await sendTraffic(settings, traffic, flow, presses.sending);
  } finally {
    await hide();
    await following?.stop();
  }
  // Nothing was taken at all: there is nothing to compare.
  if (flow.failure !== undefined && flow.accepted + flow.refused === 0) throw new Failure(flow.failure);
  if (flow.sent === count || flow.failure !== undefined) return flow.complaints;
  const reason = presses.sending.aborted ? 'it was interrupted' : 'the collector did not keep up with the rate';
  return [...flow.complaints, `${grouped(flow.sent)} of ${grouped(count)} events were sent: ${reason}`];
};

const look = async ({ settings, flow, arrival, health, progress, presses }: Run, tally: Tally): Promise<Findings> => {
  let reading = waitingReading(tally, { distinct: 0, rejected: 0 }, false);
  const hide = progress.show(() => reading);
  try {
    const held = await waitForArrival({
      arrival,
      health,
      tally,
      hasRepeats: tally.duplicates > 0 || flow.retries > 0,
      longestMs: settings.waitMs,
      stop: presses.waiting,
      onCounts: (counts, isDraining) => {
        reading = waitingReading(tally, counts, isDraining);
      },
    });
    const checks = compareInWarehouse(tally, flow, held);
    const misses = checks.some(({ name, ok }) => name === 'missing' && !ok);
    return {
      checks,
      notes: [
        ...(held.counts.misjudged > 0 ? await arrival.complaints() : []),
        ...(misses
          ? [`millrace status shows where they wait; --wait-seconds allows more than ${settings.waitMs / 1000} s`]
          : []),
      ],
    };
  } finally {
    await hide();
  }
};

/** Sends, waits, compares, reports. Throws Failure when no laptop answers at the beginning, or the collector takes nothing. */
export const run = async (settings: SimulateSettings, { out, err, onInterrupt }: Surroundings): Promise<ExitCode> => {
  const { url, rate, seed, mix, shares, count, isJson, waits } = settings;
  const start = Date.now();
  const health = createHealthReader(url);
  const { resources } = (await health.read()).health;
  const warehouse = await createWarehouse(atLaptop(resources));
  const traffic = createTraffic({ seed, start, mix, ...shares });
  const arrival = createArrival(warehouse, { tag: traffic.tag, start });
  const progress = isJson ? noProgress : createProgress(err);
  const presses = createPresses(onInterrupt);
  const flow = createFlow();
  const all: Run = { settings, traffic, flow, arrival, health, progress, presses };
  try {
    await progress.say(
      `${grouped(count)} events at ${rate.toLocaleString('en-US')}/s to ${url}, seed ${seed}, run ${traffic.tag}`,
    );
    const sendingNotes = await send(all);
    presses.sent();
    const sentAt = Date.now();
    const tally = withDoor(traffic.tally(), flow);
    const held = waits ? await look(all, tally) : { checks: [], notes: [] };
    const report: Report = {
      settings,
      run: traffic.tag,
      start,
      flow,
      checks: [...compareAtDoor(tally, flow), ...held.checks],
      compared: waits,
      waited: (Date.now() - sentAt) / 1000,
      notes: [...sendingNotes, ...held.notes],
    };
    await out.write(isJson ? `${JSON.stringify(reportJson(report))}\n` : `${reportLines(report, out).join('\n')}\n`);
    return isGood(report) ? 0 : 1;
  } finally {
    presses.release();
    health.close();
    warehouse.close();
  }
};
