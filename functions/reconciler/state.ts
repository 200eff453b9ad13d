import type { Lake } from '#aws/lake.ts';
import { isObject, parseJson } from '#core/json.ts';
import { reconcilerStateKey } from '#core/reconciler-state.ts';

/** What one check leaves to the next. Times in epoch milliseconds. Without it everything of a day is looked at again. */
export interface State {
  readonly completeTo: number | undefined;
  /** Of the last check that asked the warehouse. */
  readonly checkedAt: number;
  /** Minutes before this one have been judged. */
  readonly judgedTo: number;
  /** Of the last check that went through a whole day. */
  readonly deepAt: number;
  /** When what was not accounted for has to be looked at again, should nothing new come before; undefined where all was. */
  readonly recheckAt: number | undefined;
  /** Objects queued again that are not in the tables yet, by key and etag: when. */
  readonly requeued: Readonly<Record<string, number>>;
  /** When the oldest object landed that is not in the tables and that nobody has refused. */
  readonly oldestUnloaded: number | undefined;
  /** Newest time under failed/ that was indexed, and the objects of the minute before it. */
  readonly failedTo: number;
  readonly failedSeen: Readonly<Record<string, number>>;
  /** When `millrace rebuild` last said that it is under way (core/reconciler-state.ts). */
  readonly rebuildingAt: number | undefined;
}

const emptyState: State = {
  completeTo: undefined,
  checkedAt: 0,
  judgedTo: 0,
  deepAt: 0,
  recheckAt: undefined,
  requeued: {},
  oldestUnloaded: undefined,
  failedTo: 0,
  failedSeen: {},
  rebuildingAt: undefined,
};

/** Throws `Fault`. What cannot be read is as good as none: it only saves work. */
export const readState = async (lake: Lake): Promise<State> => {
  const content = await lake.get(reconcilerStateKey);
  return content === undefined ? emptyState : parseState(new TextDecoder().decode(content.bytes));
};

const parseState = (text: string): State => {
  const parsed = parseJson(text);
  const value = parsed.ok && isObject(parsed.value) ? parsed.value : {};
  const time = (name: string): number => {
    const given = value[name];
    return typeof given === 'number' && Number.isFinite(given) ? given : 0;
  };
  const times = (name: string): Record<string, number> => {
    const given = value[name];
    const entries = isObject(given) ? Object.entries(given) : [];
    return Object.fromEntries(entries.flatMap(([key, at]) => (typeof at === 'number' ? [[key, at]] : [])));
  };
  const known = (name: string): number | undefined => (time(name) > 0 ? time(name) : undefined);
  return {
    completeTo: known('completeTo'),
    checkedAt: time('checkedAt'),
    judgedTo: time('judgedTo'),
    deepAt: time('deepAt'),
    recheckAt: known('recheckAt'),
    requeued: times('requeued'),
    oldestUnloaded: known('oldestUnloaded'),
    failedTo: time('failedTo'),
    failedSeen: times('failedSeen'),
    rebuildingAt: known('rebuildingAt'),
  };
};

export const writeState = async (lake: Lake, state: State): Promise<void> => {
  await lake.put(reconcilerStateKey, new TextEncoder().encode(JSON.stringify(state)), {
    contentType: 'application/json',
  });
};
