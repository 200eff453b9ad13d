import type { LakeObject } from '#aws/lake.ts';

/** A run of numbers that should have arrived. Times in epoch milliseconds. */
export interface Gap {
  readonly producer: string;
  readonly envelopes: number;
  /** When the envelope before it was received; undefined where the producer's first is missing. */
  readonly after: number | undefined;
  /** When the envelope after it was received. */
  readonly before: number;
}

export interface Facts {
  /** What was received from then on was looked at; minutes before `settledBefore` are judged. */
  readonly from: number;
  readonly settledBefore: number;
  /** Events per minute, by its start: what clients were told is accepted, and what of it is in the tables. */
  readonly acknowledged: ReadonlyMap<number, number>;
  readonly arrived: ReadonlyMap<number, number>;
  readonly gaps: readonly Gap[];
  /** Landed, and not in the tables. */
  readonly unloaded: readonly LakeObject[];
  /** When the oldest record under failed/ that nobody put back had arrived. */
  readonly oldestFailed: number | undefined;
}

/** The time up to which every accepted event is accounted for. */
export const toCompleteTo = ({ from, settledBefore, gaps, unloaded, oldestFailed, ...counts }: Facts): number =>
  Math.min(
    settledBefore,
    ...shortMinutes(counts).map(({ minute }) => minute),
    ...gaps.map(({ after, producer }) => after ?? Math.max(from, timeOfUuid(producer))),
    ...unloaded.map(oldestArrival),
    ...(oldestFailed === undefined ? [] : [oldestFailed]),
  );

/** Minutes of which fewer events arrived than were acknowledged. */
export const shortMinutes = ({
  acknowledged,
  arrived,
}: Pick<Facts, 'acknowledged' | 'arrived'>): readonly { readonly minute: number; readonly events: number }[] =>
  [...acknowledged]
    .map(([minute, events]) => ({ minute, events: events - (arrived.get(minute) ?? 0) }))
    .filter(({ events }) => events > 0);

/** When a producer began, which its name tells (RFC 9562, 5.7); 0 for another name. */
const timeOfUuid = (uuid: string): number => {
  const time = Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16);
  return Number.isFinite(time) ? time : 0;
};

/** Firehose's clock and the producer's may be so far apart. */
const skewMs = 5000;

/** What an object without Firehose's name may have waited before it landed. */
const unnamedMs = 3_600_000;

/**
 * When the oldest record of an object arrived: Firehose puts that into its name, `…-yyyy-MM-dd-HH-mm-ss-…` (developer guide,
 * "Amazon S3 object name format").
 */
const oldestArrival = ({ key, lastModified }: LakeObject): number => {
  const found = /-(\d{4})-(\d\d)-(\d\d)-(\d\d)-(\d\d)-(\d\d)-[^/]*$/.exec(key);
  if (found === null) return lastModified - unnamedMs;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second) - skewMs;
};
