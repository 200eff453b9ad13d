import { createEventIds, runTag } from './event-id.ts';
import { createMalformed, type Fault, notEvents } from './malformed.ts';
import { createRandom } from './random.ts';
import { createShop } from './shop.ts';
import { createTally, type Expected, type Tally } from './tally.ts';
import { createTutorial } from './tutorial.ts';

export type TrafficMix = 'tutorial' | 'shop' | 'both';

/** Shares are of everything sent, from 0 to 1, and together at most 1; what they leave is sound, fresh and sent once. */
export interface TrafficSettings {
  readonly seed: string | number;
  /** Epoch milliseconds at which the run begins; with the seed it makes the run's tag. */
  readonly start: number;
  /** `both` (the default) is seven parts shop and three parts tutorial. */
  readonly mix?: TrafficMix;
  /** The same event with the same event_id, sent again later. */
  readonly duplicates?: number;
  /** event_time two minutes to three days before the sending. */
  readonly late?: number;
  /** Events that the pipeline refuses one by one, into `rejected_events`. */
  readonly malformed?: number;
  /** Things that are no events, which the producer refuses at the door. */
  readonly refused?: number;
  /** Between two events when `next` is not told the time; 20 ms by default. */
  readonly intervalMs?: number;
}

export interface Sending {
  /** JSON value to put into the batch; of one shape only where `kind` is `event`, `late` or `duplicate`. */
  readonly event: unknown;
  readonly kind: 'event' | 'late' | 'duplicate' | 'malformed' | 'refused';
  readonly expected: Expected;
  /** What is wrong, where `kind` is `malformed`. */
  readonly fault?: Fault;
}

export interface Traffic {
  /** Eight hexadecimal digits in every event id of this run; see `eventIdPatterns`. */
  readonly tag: string;
  /** The next thing to send. `at` is its time in epoch milliseconds: by default `intervalMs` after the one before. */
  next(at?: number): Sending;
  /** What was handed out so far must come to this. */
  tally(): Tally;
}

/** A second sending follows its first within so many events, as a client's retry would. */
const duplicateWindow = 512;
const minute = 60_000;
const longestDelay = 3 * 24 * 60 * minute;

const checkShares = (shares: readonly number[]): void => {
  const sum = shares.reduce((total, share) => total + share, 0);
  if (shares.some((share) => !(share >= 0)) || sum > 1 + 1e-9) {
    throw new RangeError('duplicates, late, malformed and refused are shares from 0 to 1 that sum to at most 1');
  }
};

/** Generated traffic that knows what must arrive. Same settings, same traffic; endless. */
export const createTraffic = ({
  seed,
  start,
  mix = 'both',
  duplicates = 0,
  late = 0,
  malformed = 0,
  refused = 0,
  intervalMs = 20,
}: TrafficSettings): Traffic => {
  checkShares([duplicates, late, malformed, refused]);
  const tag = runTag(seed, start);
  const random = createRandom(`${seed}/kinds`);
  const newId = createEventIds(tag);
  const shop = createShop(createRandom(`${seed}/shop`), tag);
  const tutorial = createTutorial(createRandom(`${seed}/tutorial`));
  const spoil = createMalformed();
  const tally = createTally();
  const recent: unknown[] = [];
  let made = 0;
  let calls = 0;

  const shopEvent = (time: number): unknown => {
    const { event_name, money, ...rest } = shop();
    if (money !== undefined && event_name === 'order_completed') tally.order(money.currency, money.cents);
    if (money !== undefined && event_name === 'order_refunded') tally.refund(money.currency, money.cents);
    return { event_id: newId(time), event_name, event_time: new Date(time).toISOString(), ...rest };
  };

  const sound = (time: number): unknown => {
    const isShop = mix === 'shop' || (mix === 'both' && random.chance(0.7));
    const event = isShop ? shopEvent(time) : { event_id: newId(time), ...tutorial(time) };
    recent[made % duplicateWindow] = event;
    made += 1;
    return event;
  };

  /** Spread evenly over the orders of magnitude, from minutes to days. */
  const delay = (): number => Math.floor(2 * minute * (longestDelay / (2 * minute)) ** random.next());

  const choose = (at: number): Sending => {
    let draw = random.next();
    draw -= refused;
    if (draw < 0)
      return { event: notEvents[random.integer(0, notEvents.length - 1)], kind: 'refused', expected: 'refused' };
    draw -= malformed;
    if (draw < 0) {
      const base = {
        event_id: newId(at, true),
        event_name: 'page_viewed',
        event_time: new Date(at).toISOString(),
        anonymous_id: `${tag}-malformed`,
        properties: {},
      };
      return { ...spoil(base, at), kind: 'malformed', expected: 'rejected' };
    }
    draw -= duplicates;
    if (draw < 0 && made > 0)
      return { event: recent[random.integer(0, recent.length - 1)], kind: 'duplicate', expected: 'duplicate' };
    const isLate = draw >= 0 && draw < late;
    return {
      event: sound(isLate ? Math.max(0, at - delay()) : at),
      kind: isLate ? 'late' : 'event',
      expected: 'loaded',
    };
  };

  return {
    tag,
    next: (at = start + calls * intervalMs) => {
      calls += 1;
      const sending = choose(at);
      tally.count(sending.expected, sending.kind === 'late');
      return sending;
    },
    tally: tally.read,
  };
};
