import { isMembers } from './value.ts';

/**
 * How a value's shape differs from a sample's that AWS gave: members that the sample has not, members that it has and the value
 * lacks, other types. Items of a list are held against the sample's first. What stands under a path of `free` is the user's own.
 */
export const unlike = (
  sample: unknown,
  value: unknown,
  { optional = [], free = [] }: { readonly optional?: readonly string[]; readonly free?: readonly string[] },
  at = '',
): string[] => {
  if (typeOf(sample) !== typeOf(value)) return [`${at} is ${typeOf(value)}, not ${typeOf(sample)}`];
  const rules = { optional, free };
  if (Array.isArray(sample) && Array.isArray(value))
    return value.flatMap((item: unknown) => unlike(sample[0], item, rules, `${at}[]`));
  if (!isMembers(sample) || !isMembers(value) || free.includes(at)) return [];
  const path = (name: string): string => (at === '' ? name : `${at}.${name}`);
  const missing = Object.keys(sample).filter((name) => !(name in value) && !optional.includes(path(name)));
  const unknown = Object.keys(value).filter((name) => !(name in sample));
  return [
    ...missing.map((name) => `${path(name)} is missing`),
    ...unknown.map((name) => `${path(name)} is unknown`),
    ...Object.keys(value)
      .filter((name) => name in sample)
      .flatMap((name) => unlike(sample[name], value[name], rules, path(name))),
  ];
};

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value);
