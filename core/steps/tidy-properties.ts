import { isObject, type JsonObject } from '../json.ts';
import { type Rejection, reject } from '../outcome.ts';
import { toSnakeKey } from '../snake-case.ts';
import { fits, isStorable } from '../text.ts';
import { campaignColumns, pageColumns } from './describe-page.ts';
import type { Step } from './step.ts';

/** A single text inside SUPER holds at most this many bytes (Redshift, "SUPER type limitations"). */
export const superTextBytes = 65_535;
/** Deeper than any event that a person wrote; printing JSON is recursive and must not be led to its end. */
const maxDepth = 64;

/**
 * Everything the event brought that no column took, as SUPER: keys snake_case at every depth (Redshift reads camelCase SUPER
 * keys as NULL), texts and numbers checked against what SUPER holds. Members at top level and the rest of the context join
 * the properties; a key that two of them want goes to the properties' own, the others get `_2`, `_3` … in order.
 */
export const tidyProperties: Step = ({ properties, extra, context }, _incoming, row) => {
  const own = tidyObject(properties, '', 0);
  if (own instanceof Fault) return own.rejection;
  const rest = restOfContext(context);
  const all = extra === undefined && rest === undefined ? own : join(own, extra, rest);
  if (all instanceof Fault) return all.rejection;
  row.properties = all;
  return undefined;
};

class Fault {
  readonly rejection: Rejection;
  constructor(rejection: Rejection) {
    this.rejection = rejection;
  }
}

const fault = (
  reason: 'invalid_text' | 'invalid_number' | 'too_long' | 'too_deep',
  path: string,
  detail: string,
): Fault => {
  const field = path === '' ? 'properties' : `properties.${path}`;
  return new Fault(reject(reason, field, detail));
};

/** The same value with snake_case keys, itself where nothing had to change. */
const tidy = (value: unknown, path: string, depth: number): unknown => {
  if (typeof value === 'string') return tidyText(value, path);
  if (typeof value === 'number')
    return Number.isFinite(value)
      ? value
      : fault('invalid_number', path, 'the number is larger than a double can hold');
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  if (depth > maxDepth) return fault('too_deep', '', `values are nested deeper than ${maxDepth}`);
  if (Array.isArray(value)) return tidyArray(value, path, depth);
  return isObject(value) ? tidyObject(value, path, depth) : value;
};

const tidyText = (value: string, path: string): unknown => {
  if (!fits(value, superTextBytes)) return fault('too_long', path, `the text is longer than ${superTextBytes} bytes`);
  return isStorable(value) ? value : fault('invalid_text', path, 'the text holds NUL or half a surrogate pair');
};

const tidyArray = (values: readonly unknown[], path: string, depth: number): unknown => {
  let copy: unknown[] | undefined;
  for (let at = 0; at < values.length; at++) {
    const tidied = tidy(values[at], path, depth + 1);
    if (tidied instanceof Fault) return tidied;
    if (tidied !== values[at]) copy ??= values.slice(0, at);
    copy?.push(tidied);
  }
  return copy ?? values;
};

const tidyObject = (value: JsonObject, path: string, depth: number): JsonObject | Fault => {
  let same = true;
  const keys = Object.keys(value);
  const values: unknown[] = [];
  for (const key of keys) {
    const snake = toSnakeKey(key);
    if (snake !== key) {
      if (!isStorable(key)) return fault('invalid_text', path, 'a key holds NUL or half a surrogate pair');
      same = false;
    }
    const before = value[key];
    const tidied = tidy(before, path === '' ? snake : `${path}.${snake}`, depth + 1);
    if (tidied instanceof Fault) return tidied;
    if (tidied !== before) same = false;
    values.push(tidied);
  }
  return same ? value : rename(keys, values);
};

/** Keys that are snake_case as sent keep their names; the others take theirs in order, numbered where a name is taken. */
const rename = (keys: readonly string[], values: readonly unknown[]): JsonObject => {
  const result = emptyRecord();
  keys.forEach((key, at) => {
    if (toSnakeKey(key) === key) put(result, key, values[at]);
  });
  keys.forEach((key, at) => {
    const snake = toSnakeKey(key);
    if (snake !== key) put(result, freeName(snake, result), values[at]);
  });
  return result;
};

/** Never `__proto__`: a snake_case key has no underscore at its ends. */
const put = (record: Record<string, unknown>, key: string, value: unknown): void => {
  record[key] = value;
};

const freeName = (wanted: string, taken: object): string => {
  let name = wanted;
  for (let n = 2; Object.hasOwn(taken, name); n++) name = `${wanted}_${n}`;
  return name;
};

/** The members at top level and the rest of the context, beside the properties' own. */
const join = (own: JsonObject, extra: JsonObject | undefined, rest: JsonObject | undefined): JsonObject | Fault => {
  const joined: Record<string, JsonObject[string]> = { ...own };
  for (const [key, value] of Object.entries(extra ?? {})) {
    const snake = toSnakeKey(key);
    const tidied = isStorable(key)
      ? tidy(value, snake, 1)
      : fault('invalid_text', '', 'a key holds NUL or half a surrogate pair');
    if (tidied instanceof Fault) return tidied;
    put(joined, freeName(snake, joined), tidied);
  }
  if (rest === undefined) return joined;
  const tidied = tidyObject(rest, 'context', 1);
  if (tidied instanceof Fault) return tidied;
  put(joined, freeName('context', joined), tidied);
  return joined;
};

/** Parts of the context that have columns of their own or are personal and never stored whole. */
const pageMembers = new Set(Object.keys(pageColumns));
const campaignMembers = new Set(Object.keys(campaignColumns));

/** What the context holds beside page, campaign and address; undefined when that is nothing. */
const restOfContext = (context: JsonObject): JsonObject | undefined => {
  let rest: Record<string, JsonObject[string]> | undefined;
  for (const key of Object.keys(context)) {
    const value =
      key === 'ip' && typeof context.ip === 'string'
        ? undefined
        : key === 'page'
          ? without(context.page, pageMembers)
          : key === 'campaign'
            ? without(context.campaign, campaignMembers)
            : context[key];
    if (value === undefined) continue;
    rest ??= emptyRecord();
    rest[key] = value;
  }
  return rest;
};

const without = (group: JsonObject[string], members: ReadonlySet<string>): JsonObject | undefined => {
  if (!isObject(group)) return undefined;
  const left = Object.entries(group).filter(([key]) => !members.has(key));
  return left.length === 0 ? undefined : Object.fromEntries(left);
};

const emptyRecord = (): Record<string, JsonObject[string]> => ({});
