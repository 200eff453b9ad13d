import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Expected } from '#core/traffic/tally.ts';
import type { Traffic } from '#core/traffic/traffic.ts';
import { Failure } from '../errors.ts';
import { nextBatch } from './batch.ts';
import { pace } from './pace.ts';
import type { Receipt } from './receipt.ts';
import { createSender, unknownTypedKey } from './sender.ts';
import type { SimulateSettings } from './settings.ts';

/** How far the sending is; counted up while it goes. */
export interface Flow {
  sent: number;
  accepted: number;
  /** Refused at the door, as meant: what is no event, and malformed events that the door already sees through. */
  refused: number;
  /** The latter of the two. */
  malformedAtDoor: number;
  /** Refused at the door though sound, or taken though no event. */
  misjudged: number;
  /** Sent, but the collector never answered for them. */
  unconfirmed: number;
  retries: number;
  seconds: number;
  /** Why the sending ended early. */
  failure: string | undefined;
  /** What the door said of the first few that it should have taken. */
  readonly complaints: string[];
}

export const createFlow = (): Flow => ({
  sent: 0,
  accepted: 0,
  refused: 0,
  malformedAtDoor: 0,
  misjudged: 0,
  unconfirmed: 0,
  retries: 0,
  seconds: 0,
  failure: undefined,
  complaints: [],
});

const complaintsKept = 3;

/** Sends the traffic at its pace and counts what the collector answers. Does not throw for what the collector does. */
export const sendTraffic = async (
  settings: SimulateSettings,
  traffic: Traffic,
  flow: Flow,
  stop: AbortSignal,
): Promise<void> => {
  const { url, writeKey, concurrency } = settings;
  const sender = createSender({
    collector: `${url}/v1/events`,
    writeKey,
    unknownKey: unknownTypedKey(writeKey),
    concurrency,
  });
  const begun = performance.now();

  const count = (expected: readonly Expected[], { accepted, rejected }: Receipt): void => {
    const surprises = rejected.filter(({ index }) => expected[index] !== 'refused' && expected[index] !== 'rejected');
    const malformed = rejected.filter(({ index }) => expected[index] === 'rejected').length;
    const meant = rejected.length - surprises.length;
    const mustRefuse = expected.filter((each) => each === 'refused').length;
    flow.accepted += accepted;
    flow.refused += meant;
    flow.malformedAtDoor += malformed;
    flow.misjudged += surprises.length + mustRefuse - (meant - malformed);
    for (const { index, code, message } of surprises.slice(0, complaintsKept - flow.complaints.length)) {
      flow.complaints.push(`a sound event (${index} of its batch) was refused at the door: ${code}: ${message}`);
    }
  };

  const send = (size: number) => {
    const { texts, expected } = nextBatch(traffic, size, Date.now());
    flow.sent += texts.length;
    const done = sender.send(texts).then(
      (receipt) => count(expected, receipt),
      (error: unknown) => {
        flow.unconfirmed += texts.length;
        throw error;
      },
    );
    return {
      count: texts.length,
      done: done.finally(() => {
        flow.retries = sender.retries();
      }),
    };
  };

  const timing = {
    now: () => performance.now(),
    sleep: (ms: number) => sleep(ms, undefined, { signal: stop }).catch(() => undefined),
    stop,
  };
  try {
    await pace(settings, timing, send);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    flow.failure = error.message;
  } finally {
    flow.seconds = (performance.now() - begun) / 1000;
    sender.close();
  }
};
