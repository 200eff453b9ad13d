import type { Random } from '#core/traffic/random.ts';

export const shuffle = <T>(random: Random, list: readonly T[]): T[] =>
  list
    .map((each) => ({ each, place: random.next() }))
    .sort((a, b) => a.place - b.place)
    .map(({ each }) => each);
