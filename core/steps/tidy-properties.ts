import { isObject, type JsonObject, setMember } from '../json.ts';
import { type Rejection, type RejectReason, reject } from '../outcome.ts';
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
export const tidyProperties: Step = ({ properties, extra, context }, { hasEscapes }, row) => {
  const own = tidyObject(properties, hasEscapes, 0);
  if (own instanceof Fault) return own.toRejection();
  const rest = restOfContext(context);
  const all = extra === undefined && rest === undefined ? own : join(own, extra, rest, hasEscapes);
  if (all instanceof Fault) return all.toRejection();
  row.properties = all;
  return undefined;
};

/** What is wrong inside, and where: each level that hands it on adds its key. */
class Fault {
  readonly #reason: RejectReason;
  readonly #detail: string;
  readonly #keys: string[] = [];

  constructor(reason: RejectReason, detail: string) {
    this.#reason = reason;
    this.#detail = detail;
  }

  under(key: string): this {
    this.#keys.unshift(key);
    return this;
  }

  toRejection(): Rejection {
    return reject(this.#reason, ['properties', ...this.#keys].join('.'), this.#detail);
  }
}

/** The same value with snake_case keys, itself where nothing had to change. */
const tidy = (value: unknown, hasEscapes: boolean, depth: number): unknown => {
  if (typeof value === 'string') return tidyText(value, hasEscapes);
  if (typeof value === 'number')
    return Number.isFinite(value) ? value : new Fault('invalid_number', 'the number is larger than a double can hold');
  if (typeof value !== 'object' || value === null) return value;
  if (depth > maxDepth) return new Fault('too_deep', `values are nested deeper than ${maxDepth}`);
  if (Array.isArray(value)) return tidyArray(value, hasEscapes, depth);
  return isObject(value) ? tidyObject(value, hasEscapes, depth) : value;
};

const tidyText = (value: string, hasEscapes: boolean): unknown => {
  if (!fits(value, superTextBytes)) return new Fault('too_long', `the text is longer than ${superTextBytes} bytes`);
  return !hasEscapes || isStorable(value)
    ? value
    : new Fault('invalid_text', 'the text holds NUL or half a surrogate pair');
};

const tidyArray = (values: readonly unknown[], hasEscapes: boolean, depth: number): unknown => {
  let copy: unknown[] | undefined;
  for (let at = 0; at < values.length; at++) {
    const tidied = tidy(values[at], hasEscapes, depth + 1);
    if (tidied instanceof Fault) return tidied;
    if (tidied !== values[at]) copy ??= values.slice(0, at);
    copy?.push(tidied);
  }
  return copy ?? values;
};

const tidyObject = (value: JsonObject, hasEscapes: boolean, depth: number): JsonObject | Fault => {
  const keys = Object.keys(value);
  let changed: unknown[] | undefined;
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] ?? '';
    const before = value[key];
    const tidied = tidy(before, hasEscapes, depth + 1);
    if (tidied instanceof Fault) return tidied.under(toSnakeKey(key));
    const keyFault = faultOfKey(key, hasEscapes);
    if (keyFault !== undefined) return keyFault;
    if (changed === undefined && (tidied !== before || toSnakeKey(key) !== key))
      changed = keys.slice(0, at).map((earlier) => value[earlier]);
    changed?.push(tidied);
  }
  return changed === undefined ? value : rename(keys, changed);
};

const faultOfKey = (key: string, hasEscapes: boolean): Fault | undefined => {
  if (!fits(key, superTextBytes)) return new Fault('too_long', `a key is longer than ${superTextBytes} bytes`);
  return hasEscapes && !isStorable(key)
    ? new Fault('invalid_text', 'a key holds NUL or half a surrogate pair')
    : undefined;
};

/** Keys that are snake_case as sent keep their names; the others take theirs in order, numbered where a name is taken. */
const rename = (keys: readonly string[], values: readonly unknown[]): JsonObject => {
  const result = emptyRecord();
  const numbers = new Map<string, number>();
  keys.forEach((key, at) => {
    if (toSnakeKey(key) === key) put(result, key, values[at]);
  });
  keys.forEach((key, at) => {
    const snake = toSnakeKey(key);
    if (snake !== key) put(result, freeName(snake, result, numbers), values[at]);
  });
  return result;
};

/** Never `__proto__`: a snake_case key has no underscore at its ends. */
const put = (record: Record<string, unknown>, key: string, value: unknown): void => {
  record[key] = value;
};

/** The name, or the next of `name_2`, `name_3` … that is free. `numbers` remembers how far each name has come. */
const freeName = (wanted: string, taken: object, numbers: Map<string, number>): string => {
  if (!Object.hasOwn(taken, wanted)) return wanted;
  let number = numbers.get(wanted) ?? 2;
  while (Object.hasOwn(taken, `${wanted}_${number}`)) number++;
  numbers.set(wanted, number + 1);
  return `${wanted}_${number}`;
};

/** The members at top level and the rest of the context, beside the properties' own. */
const join = (
  own: JsonObject,
  extra: JsonObject | undefined,
  rest: JsonObject | undefined,
  hasEscapes: boolean,
): JsonObject | Fault => {
  const joined: Record<string, JsonObject[string]> = { ...own };
  const numbers = new Map<string, number>();
  for (const [key, value] of Object.entries(extra ?? {})) {
    const snake = toSnakeKey(key);
    const tidied = faultOfKey(key, hasEscapes) ?? tidy(value, hasEscapes, 1);
    if (tidied instanceof Fault) return tidied.under(snake);
    put(joined, freeName(snake, joined, numbers), tidied);
  }
  if (rest === undefined) return joined;
  const tidied = tidyObject(rest, hasEscapes, 1);
  if (tidied instanceof Fault) return tidied.under('context');
  put(joined, freeName('context', joined, numbers), tidied);
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
    setMember(rest, key, value);
  }
  return rest;
};

const without = (group: JsonObject[string], members: ReadonlySet<string>): JsonObject | undefined => {
  if (!isObject(group)) return undefined;
  const left = Object.entries(group).filter(([key]) => !members.has(key));
  return left.length === 0 ? undefined : Object.fromEntries(left);
};

const emptyRecord = (): Record<string, JsonObject[string]> => ({});
