import type { Refuse } from './aws-wire.ts';

/** What a member of requests may hold: its type, and what of that type. */
export interface Limit {
  /** Completes "must be …". */
  readonly wanted: string;
  readonly isType: (value: unknown) => boolean;
  readonly isWithin: (value: unknown) => boolean;
}

/** Limits by member; a name means the same in every operation of a service. */
export type Limits = Readonly<Record<string, Limit>>;

/** Refuses members that the service would not look at further; those without a limit pass. */
export const checkLimits = (members: Readonly<Record<string, unknown>>, limits: Limits, refuse: Refuse): void => {
  for (const [name, { wanted, isType, isWithin }] of Object.entries(limits)) {
    const value = members[name] ?? undefined;
    if (value === undefined) continue;
    if (!isType(value)) throw refuse('invalid', name, `${name} must be ${wanted}.`);
    if (!isWithin(value)) throw refuse('outside', name, `${name} must be ${wanted}.`);
  }
};

const isText = (value: unknown): value is string => typeof value === 'string';

/** A string; the pattern holds for all of it. */
export const text = ({ min = 0, max = Number.POSITIVE_INFINITY, pattern = /^/ } = {}): Limit => ({
  wanted: `a string${max === Number.POSITIVE_INFINITY ? '' : ` of ${min} to ${max} characters`}${pattern.source === '^' ? '' : ` like ${pattern.source}`}`,
  isType: isText,
  isWithin: (value) => isText(value) && value.length >= min && value.length <= max && pattern.test(value),
});

export const oneOf = (...words: readonly string[]): Limit => ({
  wanted: `one of ${words.join(', ')}`,
  isType: isText,
  isWithin: (value) => isText(value) && words.includes(value),
});

export const whole = (min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY): Limit => ({
  wanted: max === Number.POSITIVE_INFINITY ? 'a whole number' : `a whole number between ${min} and ${max}`,
  isType: Number.isInteger,
  isWithin: (value) => Number(value) >= min && Number(value) <= max,
});

export const flag: Limit = {
  wanted: 'true or false',
  isType: (value) => typeof value === 'boolean',
  isWithin: () => true,
};

export const list = (min = 0, max = Number.POSITIVE_INFINITY): Limit => ({
  wanted: max === Number.POSITIVE_INFINITY ? `a list of at least ${min}` : `a list of ${min} to ${max}`,
  isType: Array.isArray,
  isWithin: (value) => Array.isArray(value) && value.length >= min && value.length <= max,
});

export const structure: Limit = {
  wanted: 'a structure',
  isType: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  isWithin: () => true,
};
