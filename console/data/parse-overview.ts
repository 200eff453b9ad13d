import type { Health, LatestEvent, LatestRejection, Overview, RevenueRow, StageStatus } from '#core/status.ts';
import { isDecimal } from './money.ts';

/** The laptop answered, but not in the shape that this page knows: most likely an older or newer page than laptop. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
}

type Fields = Readonly<Record<string, unknown>>;
type Parse<T> = (value: unknown, path: string) => T;

const fail = (path: string, wanted: string): never => {
  throw new UnexpectedAnswer(`${path} is not ${wanted}`);
};

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const fields: Parse<Fields> = (value, path) => (isFields(value) ? value : fail(path, 'an object'));
const text: Parse<string> = (value, path) => (typeof value === 'string' ? value : fail(path, 'text'));
const number: Parse<number> = (value, path) => (typeof value === 'number' ? value : fail(path, 'a number'));
const decimal: Parse<string> = (value, path) =>
  typeof value === 'string' && isDecimal(value) ? value : fail(path, 'decimal text');

const orNull =
  <T>(parse: Parse<T>): Parse<T | null> =>
  (value, path) =>
    value === null || value === undefined ? null : parse(value, path);

const list =
  <T>(parse: Parse<T>): Parse<readonly T[]> =>
  (value, path) =>
    Array.isArray(value) ? value.map((item: unknown, index) => parse(item, `${path}[${index}]`)) : fail(path, 'a list');

const oneOf =
  <const T extends string>(words: readonly T[]): Parse<T> =>
  (value, path) =>
    words.find((word) => word === value) ?? fail(path, `one of ${words.join(', ')}`);

/** Every key of `shape`, each by its own parser, so that the shape is written once and the types follow from it. */
const shaped =
  <S extends Readonly<Record<string, Parse<unknown>>>>(
    shape: S,
  ): Parse<{ readonly [K in keyof S]: ReturnType<S[K]> }> =>
  (value, path) => {
    const source = fields(value, path);
    const parsed = Object.entries(shape).map(([key, parse]) => [key, parse(source[key], `${path}.${key}`)]);
    return Object.fromEntries(parsed) as { readonly [K in keyof S]: ReturnType<S[K]> };
  };

const counts: Parse<Readonly<Record<string, number>>> = (value, path) =>
  Object.fromEntries(
    Object.entries(fields(value, path)).map(([word, count]) => [word, number(count, `${path}.${word}`)]),
  );

const failure = shaped({ at: text, message: text });
const stageFields = shaped({ name: text, resource: text, queued: number, lagSeconds: number, counts });

const stage: Parse<StageStatus> = (value, path) => {
  const lastError = fields(value, path).lastError;
  const parsed = stageFields(value, path);
  return lastError === undefined || lastError === null
    ? parsed
    : { ...parsed, lastError: failure(lastError, `${path}.lastError`) };
};

const health: Parse<Health> = shaped({
  status: oneOf(['ok', 'degraded', 'starting', 'stopping']),
  stack: text,
  freshness: oneOf(['realtime', 'standard', 'economy']),
  lateAfterSeconds: number,
  now: text,
  stages: list(stage),
  resources: shaped({
    stream: text,
    bucket: text,
    queueUrl: text,
    deadLetterQueueUrl: text,
    workgroup: text,
    database: text,
    collector: text,
    aws: text,
    data: text,
  }),
});

const revenueRow: Parse<RevenueRow> = shaped({
  minute: text,
  source: text,
  currency: text,
  orders: number,
  refunds: number,
  gross: decimal,
  refunded: decimal,
  net: decimal,
});

const latestEvent: Parse<LatestEvent> = shaped({
  event_id: text,
  event_name: text,
  event_time: text,
  received_at: text,
  source: orNull(text),
  protocol: text,
  user_id: orNull(text),
  properties: (value: unknown) => value,
});

const latestRejection: Parse<LatestRejection> = shaped({
  event_id: text,
  reason: text,
  detail: text,
  field: orNull(text),
  event_name: orNull(text),
  received_at: text,
  original: orNull(text),
});

const overview: Parse<Overview> = shaped({
  health,
  totals: shaped({
    events: number,
    rejected: number,
    duplicate: number,
    envelopes: number,
    loads: number,
    objects: number,
    deadLetters: number,
    missing: number,
  }),
  revenue: list(revenueRow),
  latestEvents: list(latestEvent),
  latestRejections: list(latestRejection),
  rejectionsByReason: list(shaped({ reason: text, count: number })),
  loadedTo: orNull(text),
  completeTo: orNull(text),
  sample: orNull(shaped({ sent: number, total: number })),
});

/** Checks everything that the page draws; throws `UnexpectedAnswer` naming the first field that is wrong. */
export const parseOverview = (value: unknown): Overview => overview(value, 'overview');
