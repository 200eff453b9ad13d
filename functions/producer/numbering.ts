import { type NumberRange, voidRanges } from '#core/envelope.ts';

/** Gives the envelopes of one producer their numbers, each once, and knows what became of the requests that they were for. */
export interface Numbering {
  begin(): NumberedRequest;
}

/** One request, with what its envelopes say of those before it (core/envelope.ts, Arrival). */
export interface NumberedRequest {
  readonly acknowledged: number;
  readonly void: readonly NumberRange[];
  takeNumber(): number;
  /** Says which of the numbers taken the client is told are stored, with how many events; the others are void. */
  settle(stored: readonly number[], events: number): void;
}

/** A void range, and when it is told again: an acknowledged envelope that told of it may itself be lost. */
interface VoidRange {
  readonly range: NumberRange;
  /** Requests between the last telling that was acknowledged and the next: 0 before the first, then 1, 2, 4 … */
  readonly pause: number;
  /** The request, counted from 1, from which on it is told. */
  readonly due: number;
}

/** Void ranges that are remembered: by then the oldest have been told many times. */
const rememberedRanges = 1000;

/**
 * Numbers are never handed back: a put that timed out may have been stored. What is void stands in every envelope until one of them
 * is acknowledged, and then ever more rarely.
 */
export const createNumbering = (): Numbering => {
  let nextNumber = 0;
  let requests = 0;
  let acknowledged = 0;
  let known: readonly VoidRange[] = [];

  const learn = (numbers: readonly number[]): void => {
    const news = numbers.map((at): VoidRange => ({ range: [at, at], pause: 0, due: 0 }));
    known = merge([...known, ...news]).slice(-rememberedRanges);
  };

  const hasTold = (told: readonly NumberRange[], turn: number): void => {
    known = known.map((each) => {
      if (each.due > turn || !told.includes(each.range)) return each;
      const pause = Math.max(1, each.pause * 2);
      return { ...each, pause, due: requests + pause };
    });
  };

  const begin = (): NumberedRequest => {
    const turn = ++requests;
    const taken: number[] = [];
    const told = toTell(known, turn);
    return {
      acknowledged,
      void: told,
      takeNumber: () => {
        const number = nextNumber++;
        taken.push(number);
        return number;
      },
      settle: (stored, events) => {
        acknowledged += events;
        if (stored.length > 0 && told.length > 0) hasTold(told, turn);
        if (stored.length < taken.length) learn(taken.filter((each) => !stored.includes(each)));
      },
    };
  };
  return { begin };
};

/** Those that are due, the least told first and of these the oldest, as many as an envelope holds. */
const toTell = (known: readonly VoidRange[], turn: number): NumberRange[] =>
  known
    .filter(({ due }) => due <= turn)
    .sort((left, right) => left.pause - right.pause)
    .slice(0, voidRanges)
    .map(({ range }) => range);

/** In order, with neighbours as one range, which then has not been told. */
const merge = (ranges: readonly VoidRange[]): VoidRange[] => {
  const merged: VoidRange[] = [];
  for (const each of ranges.toSorted((left, right) => left.range[0] - right.range[0])) {
    const before = merged.at(-1);
    if (before !== undefined && before.range[1] + 1 === each.range[0])
      merged[merged.length - 1] = { range: [before.range[0], each.range[1]], pause: 0, due: 0 };
    else merged.push(each);
  }
  return merged;
};
