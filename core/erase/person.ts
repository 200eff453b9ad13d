import { isObject, type JsonObject } from '../json.ts';
import { recognise } from '../steps/recognise.ts';

/** Whose rows go, and those of which time. */
export interface Person {
  readonly userId: string;
  /** Whether there is any anonymous id that is this user's alone. */
  readonly hasDevices: boolean;
  /** Whether this is one: rows that bear it and no user id are the person's. */
  isDevice(anonymousId: string): boolean;
  /** Epoch milliseconds: what was received later is another life's. */
  readonly until: number;
}

/** The user id decides where there is one: on a device that several share, each keeps what bears its own. */
export const isOfPerson = (
  person: Person,
  userId: string | undefined,
  ...anonymousIds: readonly (string | undefined)[]
): boolean =>
  userId === undefined ? anonymousIds.some((id) => id !== undefined && person.isDevice(id)) : userId === person.userId;

/** An id as core/steps/identify.ts reads it; undefined for what is none. */
const toId = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : undefined;
  return JSON.isRawJSON(value) ? JSON.stringify(value) : undefined;
};

/**
 * Whether what a client sent is the person's: an event by its ids, an array or an envelope when it holds one such event. The id
 * that an alias replaces counts where no user is named.
 */
export const isSentBy = (person: Person, value: unknown): boolean => {
  const left: unknown[] = [value];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (Array.isArray(next)) for (const element of next) left.push(element ?? null);
    else if (isObject(next)) {
      if (isEventOf(person, next)) return true;
      if ('millrace' in next && Array.isArray(next.events)) left.push(next.events);
    }
  }
  return false;
};

const isEventOf = (person: Person, event: JsonObject): boolean => {
  const { userId, anonymousId } = recognise(event);
  const previous = toId(event.previousId ?? event.previous_id);
  return (
    isOfPerson(person, toId(userId), toId(anonymousId), previous) ||
    (toId(userId) === undefined && previous === person.userId)
  );
};

const member =
  /"(user_id|userId|user|anonymous_id|anonymousId|previous_id|previousId)"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)/g;

/** The same of a text that is not JSON, such as half an event: by the members of it that can be read. */
export const isNamedIn = (person: Person, text: string): boolean => {
  const users = new Set<string>();
  const others = new Set<string>();
  for (const [, name = '', value = ''] of text.matchAll(member))
    (name.startsWith('user') ? users : others).add(value.startsWith('"') ? unquoted(value) : value);
  if (users.size > 0) return users.has(person.userId);
  return others.has(person.userId) || [...others].some((id) => person.isDevice(id));
};

const unquoted = (text: string): string => {
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
};
