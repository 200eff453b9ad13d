import { AwsError } from '../aws-error.ts';
import type { Input } from '../aws-wire.ts';

export interface ListPage<T> {
  readonly page: readonly T[];
  readonly next: { readonly NextToken?: string };
}

/** One page of a list by `MaxResults` (0 and none: `max`) and `NextToken`, which holds the key of the last entry before it. */
export const toListPage = <T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  input: Input,
  max: number,
): ListPage<T> => {
  const limit = input.optionalInteger('MaxResults', { min: 0, max }) || max;
  const token = input.optionalText('NextToken');
  const key = token === undefined ? undefined : Buffer.from(token, 'base64url').toString();
  const start = key === undefined ? 0 : items.findIndex((item) => keyOf(item) === key) + 1;
  if (key !== undefined && start === 0) throw new AwsError('ValidationException', 'NextToken is not valid.');
  const page = items.slice(start, start + limit);
  const last = page.at(-1);
  const isMore = last !== undefined && start + page.length < items.length;
  return { page, next: isMore ? { NextToken: Buffer.from(keyOf(last)).toString('base64url') } : {} };
};
