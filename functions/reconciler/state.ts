import type { Lake } from '#aws/lake.ts';
import { isObject, parseJson } from '#core/json.ts';

/** What one check leaves to the next. Times in epoch milliseconds. Without it everything of a day is looked at again. */
export interface State {
  readonly completeTo: number | undefined;
  /** Of the last check that asked the warehouse. */
  readonly checkedAt: number;
  /** Minutes before this one have been judged. */
  readonly judgedTo: number;
  /** When something new was last seen. */
  readonly newsAt: number;
  /** Of the last check that went through a whole day. */
  readonly deepAt: number;
  /** When what was not accounted for has to be looked at again, should nothing new come before; undefined where all was. */
  readonly recheckAt: number | undefined;
  /** Objects queued again that are not in the tables yet, by key and etag: when. */
  readonly requeued: Readonly<Record<string, number>>;
  /** Newest time under failed/ that was indexed, and the objects around it. */
  readonly failedTo: number;
  readonly failedKeys: readonly string[];
}

const emptyState: State = {
  completeTo: undefined,
  checkedAt: 0,
  judgedTo: 0,
  newsAt: 0,
  deepAt: 0,
  recheckAt: undefined,
  requeued: {},
  failedTo: 0,
  failedKeys: [],
};

const key = 'state/reconciler.json';

/** Throws `Fault`. What cannot be read is as good as none: it only saves work. */
export const readState = async (lake: Lake): Promise<State> => {
  const content = await lake.get(key);
  return content === undefined ? emptyState : parseState(new TextDecoder().decode(content.bytes));
};

const parseState = (text: string): State => {
  const parsed = parseJson(text);
  const value = parsed.ok && isObject(parsed.value) ? parsed.value : {};
  const time = (name: string): number => {
    const given = value[name];
    return typeof given === 'number' && Number.isFinite(given) ? given : 0;
  };
  const requeued = isObject(value.requeued) ? Object.entries(value.requeued) : [];
  const failedKeys: readonly unknown[] = Array.isArray(value.failedKeys) ? value.failedKeys : [];
  return {
    completeTo: time('completeTo') > 0 ? time('completeTo') : undefined,
    checkedAt: time('checkedAt'),
    judgedTo: time('judgedTo'),
    newsAt: time('newsAt'),
    deepAt: time('deepAt'),
    recheckAt: time('recheckAt') > 0 ? time('recheckAt') : undefined,
    requeued: Object.fromEntries(requeued.flatMap(([name, at]) => (typeof at === 'number' ? [[name, at]] : []))),
    failedTo: time('failedTo'),
    failedKeys: failedKeys.filter((each) => typeof each === 'string'),
  };
};

export const writeState = async (lake: Lake, state: State): Promise<void> => {
  await lake.put(key, new TextEncoder().encode(JSON.stringify(state)), { contentType: 'application/json' });
};
