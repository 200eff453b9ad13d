import type { Random } from '#core/traffic/random.ts';

/** What can go wrong, hop by hop. */
export const kinds = [
  // client → producer
  'postTwice',
  'eventADayLater',
  'producerDies',
  'producerDiesAfterThePut',
  // producer → stream
  'putRefused',
  'putInPart',
  'putTimesOutStored',
  'putTimesOutLost',
  // stream → transformer → lake
  'recordLost',
  'recordTwice',
  'recordsReordered',
  'recordLate',
  'recordFails',
  'batchUnderTwoKeys',
  'objectEmpty',
  'objectDeleted',
  'objectPoisoned',
  // lake → loader
  'noticeLost',
  'noticeTwice',
  'noticesReordered',
  'twoLoaders',
  'loaderDiesBeforeAcknowledging',
  // loader → Redshift
  'loaderDiesBeforeSubmitting',
  'loaderDiesAfterSubmitting',
  'loadLeftRunning',
  'loadRefused',
  'loadConflicts',
  // reconciler and operator
  'reconcilerFails',
  'reconcilerForgets',
  'replayedTwice',
] as const;

export type Kind = (typeof kinds)[number];

export interface Faults {
  /** Draws whether this goes wrong now. */
  strikes(kind: Kind): boolean;
  isActive(kind: Kind): boolean;
  readonly struck: ReadonlyMap<Kind, number>;
  /** From here on nothing goes wrong. */
  end(): void;
}

/** Drawn once in a run. */
const onceARun: readonly Kind[] = ['eventADayLater', 'replayedTwice'];

/** Drawn for each request or record, of which a run has some hundred; the others have ten draws: large requests, objects, loads. */
const frequent = new Set<Kind>(kinds.slice(0, kinds.indexOf('recordFails') + 1).filter((kind) => kind !== 'putInPart'));

/**
 * Each kind is active in a quarter of the seeds, with a chance of 1, 5 or 25 %, or of three times that where there are few draws; one
 * seed in twenty is calm, one has them all.
 */
export const createFaults = (random: Random): Faults => {
  const day = random.integer(1, 20);
  const chances = new Map<Kind, number>();
  for (const kind of kinds) {
    const isActive = random.chance(0.25);
    const chance = random.pick([0.01, 0.05, 0.25]) * (frequent.has(kind) ? 1 : 3);
    if (day !== 1 && (isActive || day === 2)) chances.set(kind, onceARun.includes(kind) ? 1 : chance);
  }
  const struck = new Map<Kind, number>();
  return {
    strikes: (kind) => {
      const strikes = random.chance(chances.get(kind) ?? 0);
      if (strikes) struck.set(kind, (struck.get(kind) ?? 0) + 1);
      return strikes;
    },
    isActive: (kind) => chances.has(kind),
    struck,
    end: () => chances.clear(),
  };
};
