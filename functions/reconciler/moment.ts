import type { LakeObject } from '#aws/lake.ts';
import type { Config } from './config.ts';
import type { State } from './state.ts';
import { type Facts, shortMinutes } from './watermark.ts';

const minute = 60_000;

/**
 * How long after the queue's window the load of an object has committed, and how long after it the warehouse is awake in any case:
 * Redshift Serverless bills a minute of each load at least.
 */
const loadedAfterMs = 25_000;
const awakeForMs = minute;

/** So often at least CloudWatch and failed/ are looked at. */
const lookEveryMs = 5 * minute;

/**
 * What this moment is good for: `awake`, a load has the warehouse awake, and a check costs next to nothing; `soon`, it will be in
 * `waitMs`; `due`, something that was open has to be looked at; `look`, whether there is anything new; `quiet`, none of these.
 */
export type Moment =
  | { readonly kind: 'awake' | 'due' | 'look' | 'quiet' }
  | { readonly kind: 'soon'; readonly waitMs: number };

export const toMoment = (world: {
  readonly landed: readonly LakeObject[];
  readonly state: Pick<State, 'recheckAt'>;
  readonly config: Pick<Config, 'checkSeconds' | 'loadSeconds'>;
  readonly now: number;
}): Moment => {
  const { landed, state, config, now } = world;
  const loadMs = config.loadSeconds * 1000;
  // Checks come each minute, so each object is met by one within its first minute.
  const ages = landed.map(({ lastModified }) => now - lastModified).filter((age) => age >= 0 && age < awakeForMs);
  if (ages.some((age) => age >= loadMs + loadedAfterMs)) return { kind: 'awake' };
  const [oldest] = ages.toSorted((left, right) => right - left);
  if (oldest !== undefined) return { kind: 'soon', waitMs: loadMs + loadedAfterMs - oldest };
  if (state.recheckAt !== undefined && now >= state.recheckAt) return { kind: 'due' };
  const everyMs = Math.min(lookEveryMs, config.checkSeconds * 1000);
  const isLook = Math.floor(now / minute) % Math.max(1, Math.floor(everyMs / minute)) === 0;
  return { kind: isLook ? 'look' : 'quiet' };
};

/**
 * When what is open has to be looked at, should nothing new come before: once it is late; and what is late already, ever more
 * rarely, so that a loss that nobody mends does not keep the warehouse awake.
 */
export const toRecheckAt = (
  { unloaded, gaps, oldestFailed, ...counts }: Omit<Facts, 'from' | 'settledBefore'>,
  { config, now }: { readonly config: Config; readonly now: number },
): number | undefined => {
  const lateMs = config.lateSeconds * 1000;
  const lateAt = [
    ...unloaded.map(({ lastModified }) => lastModified + config.requeueSeconds * 1000),
    ...shortMinutes(counts).map((short) => short.minute + minute + lateMs),
    ...gaps.map(({ before }) => before + lateMs),
    ...(oldestFailed === undefined ? [] : [oldestFailed + lateMs]),
  ].map((at) => (at > now ? at : now + Math.max(minute, (now - at) / 4)));
  return lateAt.length === 0 ? undefined : Math.min(...lateAt);
};
