import type { Health, LatestEvent, LatestRejection, Overview, RevenueRow, StageStatus } from '#core/status.ts';

/** What a scene is told: the time, how long the laptop has run, and the window asked for. */
export interface Moment {
  readonly now: number;
  readonly seconds: number;
  readonly minutes: number;
}

export type Scene = (moment: Moment) => Overview;

const MINUTE = 60_000;
const NOTHING = {
  events: 0,
  rejected: 0,
  duplicate: 0,
  envelopes: 0,
  loads: 0,
  objects: 0,
  deadLetters: 0,
  missing: 0,
};
const SOURCES = ['google', 'newsletter', 'direct', 'instagram', 'partner-network', 'bing'] as const;

const iso = (time: number): string => new Date(time).toISOString();

/** The same number for the same words, spread over 0 to 1: scenes look random and never change. */
const chance = (...words: readonly (string | number)[]): number => {
  let hash = 2166136261;
  for (const letter of words.join(' ')) hash = Math.imul(hash ^ letter.charCodeAt(0), 16777619);
  hash = Math.imul(hash ^ (hash >>> 15), 2246822507);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
};

const stage = (name: string, resource: string, counts: Readonly<Record<string, number>>): StageStatus => ({
  name,
  resource,
  queued: 0,
  lagSeconds: 0,
  counts,
});

const stagesAfter = (events: number): readonly StageStatus[] => {
  const records = Math.ceil(events / 40);
  const objects = Math.ceil(records / 12);
  return [
    stage('producer', 'millrace-local-producer', { requests: Math.ceil(events / 20), events, errors: 0 }),
    { ...stage('stream', 'millrace-local', { records }), queued: records % 7, lagSeconds: (records % 7) / 3 },
    stage('transformer', 'millrace-local-transformer', { invocations: objects, records }),
    stage('lake', 'millrace-lake-local', { objects, bytes: events * 183 }),
    { ...stage('queue', 'millrace-local-landed', { messages: objects }), queued: objects % 3, lagSeconds: objects % 2 },
    stage('loader', 'millrace-local-loader', { invocations: Math.ceil(objects / 4), statements: objects }),
    stage('warehouse', 'millrace', { rows: Math.floor(events * 0.98), loads: Math.ceil(objects / 4) }),
  ];
};

const healthOf = (now: number, stages: readonly StageStatus[]): Health => ({
  status: 'ok',
  stack: 'millrace-local',
  freshness: 'realtime',
  lateAfterSeconds: 15,
  now: iso(now),
  stages,
  resources: {
    stream: 'millrace-local',
    bucket: 'millrace-lake-local',
    queueUrl: 'http://localhost:8788/000000000000/millrace-local-landed',
    deadLetterQueueUrl: 'http://localhost:8788/000000000000/millrace-local-dead',
    workgroup: 'millrace',
    database: 'millrace',
    collector: 'http://localhost:8787',
    aws: 'http://localhost:8788',
    data: '/home/me/.local/share/millrace',
  },
});

const cents = (amount: number): string => (amount / 100).toFixed(4);

const revenueRow = (time: number, source: string, currency: string, part: number): RevenueRow => {
  const busy = 0.6 + 0.4 * Math.sin(time / (17 * MINUTE)) + chance(time, source, currency);
  const orders = Math.round(part * busy * (source === 'google' ? 9 : source === 'bing' ? 2 : 5));
  const refunds = chance('refund', time, source) > 0.86 ? 1 : 0;
  const gross = orders * 3_990 + Math.round(chance('cents', time, source) * 4_999) * Math.min(orders, 1);
  const refunded = refunds * 4_990;
  return {
    minute: iso(time),
    source,
    currency,
    orders,
    refunds,
    gross: cents(gross),
    refunded: cents(refunded),
    net: cents(gross - refunded),
  };
};

/** The minute under way fills up second by second. */
const revenueOf = (
  { now, minutes }: Moment,
  currency = 'EUR',
  sources: readonly string[] = SOURCES,
): readonly RevenueRow[] => {
  const current = Math.floor(now / MINUTE) * MINUTE;
  return Array.from({ length: minutes }, (_, index) => current - index * MINUTE).flatMap((time) =>
    sources.map((source) => revenueRow(time, source, currency, time === current ? (now - current) / MINUTE : 1)),
  );
};

const NAMES = ['order_completed', 'product_viewed', 'page', 'cart_updated', 'order_refunded', 'identify'] as const;

const eventAt = (second: number): LatestEvent => ({
  event_id: `0193${second.toString(16)}-7c1e-7d4a-9b1f-2f6c1a0e`,
  event_name: NAMES[Math.floor(chance('name', second) * NAMES.length)] ?? 'page',
  event_time: iso(second * 1000 - Math.floor(chance('ms', second) * 900)),
  received_at: iso(second * 1000),
  source: chance('source', second) > 0.2 ? (SOURCES[Math.floor(chance(second) * SOURCES.length)] ?? null) : null,
  protocol: 'segment',
  user_id: chance('user', second) > 0.3 ? `user-${Math.floor(chance('u', second) * 9000)}` : null,
  properties: {
    order_id: `o-${second}`,
    total: cents(Math.round(chance('total', second) * 20_000)),
    currency: 'EUR',
    products: [{ sku: `SKU-${second % 97}`, quantity: 1 + (second % 3), name: 'Enamel mug, river blue' }],
  },
});

const REASONS = ['contract_violation', 'not_json', 'missing_event_name', 'time_out_of_range'] as const;

const rejectionAt = (second: number): LatestRejection => {
  const reason = REASONS[Math.floor(chance('why', second) * REASONS.length)] ?? 'not_json';
  const isJson = reason !== 'not_json';
  return {
    event_id: `0193${second.toString(16)}-bad`,
    reason,
    detail: isJson
      ? 'total must be decimal text with at most 4 digits after the point, was "49,90"'
      : 'Unexpected token < in JSON at position 0',
    field: isJson ? 'properties.total' : null,
    event_name: isJson ? 'order_completed' : null,
    received_at: iso(second * 1000),
    original: isJson
      ? '{"event":"order_completed","userId":"user-17","properties":{"order_id":"o-9","total":"49,90","currency":"EUR"}}'
      : '<html><body>502 Bad Gateway</body></html>',
  };
};

export const empty: Scene = ({ now }) => ({
  health: healthOf(now, stagesAfter(0)),
  totals: NOTHING,
  revenue: [],
  latestEvents: [],
  latestRejections: [],
  rejectionsByReason: [],
  loadedTo: null,
  completeTo: null,
  sample: null,
});

export const busy: Scene = (moment) => {
  const events = 1_284_000 + Math.floor(moment.seconds * 137);
  const second = Math.floor(moment.now / 1000);
  return {
    health: healthOf(moment.now, stagesAfter(events)),
    totals: {
      events,
      rejected: 1_893 + Math.floor(moment.seconds / 4),
      duplicate: 412,
      envelopes: Math.ceil(events / 40),
      loads: Math.ceil(events / 1920),
      objects: Math.ceil(events / 480),
      deadLetters: 0,
      missing: 0,
    },
    revenue: revenueOf(moment),
    latestEvents: Array.from({ length: 20 }, (_, index) => eventAt(second - index)),
    latestRejections: Array.from({ length: 8 }, (_, index) => rejectionAt(second - (second % 4) - index * 4)),
    rejectionsByReason: [
      { reason: 'contract_violation', count: 1_204 },
      { reason: 'not_json', count: 511 },
      { reason: 'missing_event_name', count: 133 },
      { reason: 'time_out_of_range', count: 45 },
    ],
    loadedTo: iso(moment.now - 1_400),
    completeTo: iso(Math.floor(moment.now / 60_000) * 60_000 - 60_000),
    sample: null,
  };
};

export const currencies: Scene = (moment) => ({
  ...busy(moment),
  revenue: [
    ...revenueOf(moment),
    ...revenueOf(moment, 'JPY', ['direct', 'yahoo']),
    ...revenueOf(moment, 'USD', ['bing']),
  ],
});

/** More sources than colours, with names as long as campaign names get. */
export const manySources: Scene = (moment) => ({
  ...busy(moment),
  revenue: revenueOf(moment, 'EUR', [
    ...SOURCES,
    'a-very-long-campaign-source-name-that-somebody-generated-from-a-template-2026-11',
    'tiktok',
    'podcast',
    'flyer',
  ]),
});

export const degraded: Scene = (moment) => {
  const calm = busy(moment);
  const failing: Readonly<Record<string, Partial<StageStatus>>> = {
    queue: { queued: 1_284, lagSeconds: 214 },
    loader: {
      lastError: {
        at: iso(moment.now - 4_000),
        message:
          'ActiveStatementsExceededException: Active statement exceeded limit (workgroup millrace, batch of 10 objects, s3://millrace-lake-local/landed/2026/11/23/10/millrace-local-1-2026-11-23-10-41-07-8f14e45f.json.gz and 9 more)',
      },
    },
    lake: { lastError: { at: iso(moment.now - 7_200_000), message: 'SlowDown: please reduce your request rate' } },
  };
  return {
    ...calm,
    health: {
      ...calm.health,
      status: 'degraded',
      stages: calm.health.stages.map((each) => ({ ...each, ...failing[each.name] })),
    },
    totals: { ...calm.totals, deadLetters: 3, missing: 12 },
    loadedTo: iso(moment.now - 214_000),
    completeTo: iso(Math.floor(moment.now / 60_000) * 60_000 - 240_000),
  };
};

export const SCENES = { empty, busy, currencies, manySources, degraded } as const;
