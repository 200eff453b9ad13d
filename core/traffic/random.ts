/** At least one element, so that a pick always finds something. */
export type NonEmpty<T> = readonly [T, ...T[]];

/** Chance that repeats: the same seed gives the same draws in the same order, on every machine. Not for secrets. */
export interface Random {
  /** Uniform in [0, 1), with 32 bits behind it. */
  next(): number;
  /** Whole number from `low` to `high`, both included; the span stays under 2^32. */
  integer(low: number, high: number): number;
  /** True in `share` of the draws; 0 is never, 1 is always. */
  chance(share: number): boolean;
  pick<T>(list: NonEmpty<T>): T;
  /** Picks by weight; weights are positive and need not sum to anything. */
  weighted<T>(list: NonEmpty<readonly [weight: number, value: T]>): T;
  /** That many lower-case hexadecimal digits. */
  hex(digits: number): string;
}

/** Four 32-bit words out of any text (cyrb128, public domain). */
const words = (text: string): readonly [number, number, number, number] => {
  let a = 1_779_033_703;
  let b = 3_144_134_277;
  let c = 1_013_904_242;
  let d = 2_773_480_762;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ code, 597_399_067);
    b = c ^ Math.imul(b ^ code, 2_869_860_233);
    c = d ^ Math.imul(c ^ code, 951_274_213);
    d = a ^ Math.imul(d ^ code, 2_716_044_179);
  }
  a = Math.imul(c ^ (a >>> 18), 597_399_067);
  b = Math.imul(d ^ (b >>> 22), 2_869_860_233);
  c = Math.imul(a ^ (c >>> 17), 951_274_213);
  d = Math.imul(b ^ (d >>> 19), 2_716_044_179);
  return [a ^ b ^ c ^ d, b ^ a, c ^ a, d ^ a];
};

/** A small generator (sfc32) seeded by any text or number; `7` and `'7'` are the same seed. */
export const createRandom = (seed: string | number): Random => {
  let [a, b, c, d] = words(String(seed));
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  // sfc32 needs a few rounds before seeds that differ in one bit part ways.
  for (let round = 0; round < 15; round += 1) next();
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    integer,
    chance: (share) => next() < share,
    pick: (list) => list[integer(0, list.length - 1)] ?? list[0],
    weighted: (list) => {
      let total = 0;
      for (const [weight] of list) total += weight;
      let left = next() * total;
      for (const [weight, value] of list) {
        left -= weight;
        if (left < 0) return value;
      }
      return list[0][1];
    },
    hex: (digits) => {
      let text = '';
      while (text.length < digits) text += integer(0, 15).toString(16);
      return text;
    },
  };
};
