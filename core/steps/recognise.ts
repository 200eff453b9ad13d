import { isObject, type JsonObject, setMember } from '../json.ts';

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
  /** Members that should be objects and are something else, by name. */
  readonly misshapen: string | undefined;
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
  misshapen: misshapen('context', event.context) ?? misshapen('properties', event.properties),
});

const misshapen = (name: string, value: unknown): string | undefined =>
  value === undefined || value === null || isObject(value) ? undefined : name;

/** The tutorial's `user`: a name or id, or an object that has one. */
const userOf = (user: unknown): unknown => (isObject(user) ? (user.id ?? user.user_id) : user);

/** The write key is a secret and never stored; `type` is in the name and protocol. */
const segmentMembers = new Set([
  'type',
  'event',
  'messageId',
  'timestamp',
  'userId',
  'anonymousId',
  'context',
  'properties',
  'writeKey',
]);
const segmentMembersWithTraits = new Set([...segmentMembers, 'traits'].filter((name) => name !== 'properties'));

const fromSegment = (event: JsonObject): Recognised => {
  const isAboutTraits = event.type === 'identify' || event.type === 'group';
  const context = isObject(event.context) ? event.context : empty;
  const [member, sent] = isAboutTraits
    ? (['traits', event.traits ?? context.traits] as const)
    : (['properties', event.properties] as const);
  return {
    protocol: 'segment',
    id: event.messageId ?? event.event_id,
    name: event.type === 'track' ? event.event : segmentName(event.type),
    time: event.timestamp ?? event.originalTimestamp,
    userId: event.userId,
    anonymousId: event.anonymousId,
    sessionId: undefined,
    context,
    properties: isObject(sent) ? sent : empty,
    extra: others(event, isAboutTraits ? segmentMembersWithTraits : segmentMembers),
    misshapen: misshapen('context', event.context) ?? misshapen(member, sent),
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
    setMember(rest, key, event[key]);
  }
  return rest;
};

const emptyRecord = (): Record<string, JsonObject[string]> => ({});
