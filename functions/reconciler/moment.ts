import type { LakeObject } from '#aws/lake.ts';
import type { Config } from './config.ts';
import type { State } from './state.ts';
import { type Facts, shortMinutes } from './watermark.ts';

const minute = 60_000;

/**
 * Age of an object whose load has the warehouse awake now: a load begins ten to twenty seconds after its object landed, and Redshift
 * Serverless bills a minute of it at least. Checks come each minute, so one of them meets the load of almost every object; the next
 * object's makes up for one that was not met.
 */
const awakeFromMs = 15_000;
const awakeToMs = 70_000;

/** So often at least CloudWatch and failed/ are looked at. */
const lookEveryMs = 5 * minute;

/**
 * What this moment is good for: `awake`, a check costs next to nothing; `due`, something that was open has to be looked at;
 * `look`, whether there is anything new; `quiet`, none of these.
 */
export type Moment = 'awake' | 'due' | 'look' | 'quiet';

export const toMoment = (world: {
  readonly landed: readonly LakeObject[];
  readonly state: Pick<State, 'recheckAt'>;
  readonly config: Pick<Config, 'checkSeconds'>;
  readonly now: number;
}): Moment => {
  const { landed, state, config, now } = world;
  const isAwake = ({ lastModified }: LakeObject): boolean =>
    now - lastModified >= awakeFromMs && now - lastModified < awakeToMs;
  if (landed.some(isAwake)) return 'awake';
  if (state.recheckAt !== undefined && now >= state.recheckAt) return 'due';
  const everyMs = Math.min(lookEveryMs, config.checkSeconds * 1000);
  return Math.floor(now / minute) % Math.max(1, Math.floor(everyMs / minute)) === 0 ? 'look' : 'quiet';
};

/**
 * When what is open has to be looked at, should nothing new come before: once it is late; and what is late already, ever more
 * rarely, so that a loss that nobody mends does not keep the warehouse awake.
 */
export const toRecheckAt = (
  { unloaded, gaps, ...counts }: Pick<Facts, 'unloaded' | 'gaps' | 'acknowledged' | 'arrived'>,
  { config, now, newsAt }: { readonly config: Config; readonly now: number; readonly newsAt: number },
): number | undefined => {
  const lateMs = config.lateSeconds * 1000;
  const lateAt = [
    ...unloaded.map(({ lastModified }) => lastModified + config.requeueSeconds * 1000),
    ...shortMinutes(counts).map((short) => short.minute + minute + lateMs),
    ...gaps.map(({ before }) => before + lateMs),
  ];
  if (lateAt.length === 0) return undefined;
  const later = now + Math.max(minute, (now - newsAt) / 4);
  return Math.min(...lateAt.map((at) => (at > now ? at : later)));
};
