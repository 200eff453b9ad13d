import { isObject, type JsonObject } from '../json.ts';

/** The parts of an event, wherever its protocol keeps them. */
export interface Recognised {
  readonly protocol: 'native' | 'segment';
  readonly id: unknown;
  readonly name: unknown;
  readonly time: unknown;
  readonly userId: unknown;
  readonly anonymousId: unknown;
  readonly sessionId: unknown;
  readonly context: JsonObject;
  /** Properties as sent, and the members at top level that no other part takes: nothing that was sent is left behind. */
  readonly properties: JsonObject;
  readonly extra: JsonObject | undefined;
}

const segmentTypes = new Set(['track', 'identify', 'page', 'screen', 'group', 'alias']);
const empty: JsonObject = {};

/** True for calls of the Segment specification: https://segment.com/docs/connections/spec/common/ */
export const isSegment = (event: JsonObject): boolean =>
  typeof event.type === 'string' && event.event_name === undefined && segmentTypes.has(event.type);

/** Tells protocols apart by their members; `undefined` members are parts that the event does not bring. */
export const recognise = (event: JsonObject): Recognised => (isSegment(event) ? fromSegment(event) : fromNative(event));

const nativeMembers = new Set([
  'event_id',
  'event_name',
  'event_time',
  'user_id',
  'anonymous_id',
  'session_id',
  'context',
  'properties',
]);

const fromNative = (event: JsonObject): Recognised => ({
  protocol: 'native',
  id: event.event_id,
  name: event.event_name,
  time: event.event_time,
  userId: event.user_id ?? userOf(event.user),
  anonymousId: event.anonymous_id,
  sessionId: event.session_id,
  context: isObject(event.context) ? event.context : empty,
  properties: isObject(event.properties) ? event.properties : empty,
  extra: others(event, nativeMembers),
});

/** The tutorial's `user`: a name or id, or an object that has one. */
const userOf = (user: unknown): unknown => (isObject(user) && !JSON.isRawJSON(user) ? (user.id ?? user.user_id) : user);

const segmentMembers = new Set([
  'type',
  'event',
  'messageId',
  'event_id',
  'timestamp',
  'originalTimestamp',
  'sentAt',
  'receivedAt',
  'userId',
  'anonymousId',
  'context',
  'properties',
  'traits',
  'writeKey',
]);

const fromSegment = (event: JsonObject): Recognised => {
  const traits = event.traits ?? (isObject(event.context) ? event.context.traits : undefined);
  const properties = event.type === 'identify' || event.type === 'group' ? traits : event.properties;
  return {
    protocol: 'segment',
    id: event.messageId ?? event.event_id,
    name: event.type === 'track' ? event.event : segmentName(event.type),
    time: event.timestamp ?? event.originalTimestamp,
    userId: event.userId ?? undefined,
    anonymousId: event.anonymousId ?? undefined,
    sessionId: undefined,
    context: isObject(event.context) ? event.context : empty,
    properties: isObject(properties) ? properties : empty,
    extra: others(event, segmentMembers),
  };
};

const segmentName = (type: unknown): string =>
  type === 'page' ? 'page_viewed' : type === 'screen' ? 'screen_viewed' : String(type);

/** Members that no part takes; undefined when there are none, which is the common case. */
const others = (event: JsonObject, taken: ReadonlySet<string>): JsonObject | undefined => {
  let rest: Record<string, JsonObject[string]> | undefined;
  for (const key of Object.keys(event)) {
    if (taken.has(key)) continue;
    rest ??= emptyRecord();
    // `defineProperty`, as a member may be called `__proto__`.
    if (key === '__proto__') Object.defineProperty(rest, key, { value: event[key], enumerable: true });
    else rest[key] = event[key];
  }
  return rest;
};

const emptyRecord = (): Record<string, JsonObject[string]> => ({});
