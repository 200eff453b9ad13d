import { createRandom } from './random.ts';

/**
 * Event ids of one run of generated traffic, in the form of a UUIDv7 (RFC 9562) whose free bits are a counter and a tag:
 *
 *     tttttttt-tttt-7kss-vsss-RRRRRRRRssss
 *     t  48 bits: epoch milliseconds of the event
 *     k  marker: `0` for a good event, `f` for one that is malformed on purpose
 *     s  counter of the run, 38 bits, so ids never repeat and sort as they were made within a millisecond (v: `8`–`b`, two bits of it)
 *     R  run tag, 32 bits, drawn from seed and start: the first eight digits of the last group
 *
 * Hence `event_id LIKE eventIdPatterns(tag).all` finds a run's events among all others in the warehouse.
 */
export type EventIds = (at: number, malformed?: boolean) => string;

/** Eight hexadecimal digits that every event id of the run carries. */
export const runTag = (seed: string | number, start: number): string => createRandom(`${seed}@${start}`).hex(8);

/** SQL LIKE patterns: every event of the run, and only those that are malformed on purpose. */
export const eventIdPatterns = (tag: string): { readonly all: string; readonly malformed: string } => ({
  all: `________-____-7___-____-${tag}____`,
  malformed: `________-____-7f__-____-${tag}____`,
});

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Makes ids for up to 2^38 events; `at` is in epoch milliseconds, from 0 to 2^48 − 1. */
export const createEventIds = (tag: string): EventIds => {
  let counter = 0;
  let lastAt = -1;
  let lastTime = '';
  return (at, malformed = false) => {
    if (at !== lastAt) {
      const digits = hex(Math.max(0, Math.floor(at)), 12);
      lastTime = `${digits.slice(0, 8)}-${digits.slice(8)}`;
      lastAt = at;
    }
    const low = counter % 0x1_0000;
    const rest = Math.floor(counter / 0x1_0000);
    counter += 1;
    const middle = hex(0x8000 + (rest % 0x4000), 4);
    const high = hex(Math.floor(rest / 0x4000) % 0x100, 2);
    return `${lastTime}-7${malformed ? 'f' : '0'}${high}-${middle}-${tag}${hex(low, 4)}`;
  };
};
