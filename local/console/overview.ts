import type { Health, LatestEvent, LatestRejection, Overview, RevenueRow, Totals } from '#core/status.ts';
import type { SampleTraffic } from './sample.ts';

/** Rows of one query, by column name; numbers of BIGINT and less as numbers, everything else as text. */
export type Query = (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;

export interface OverviewSettings {
  readonly query: Query;
  readonly health: () => Health;
  readonly deadLetters: () => number;
  readonly sample: SampleTraffic;
  readonly clock: () => number;
}

type Tables = Omit<Overview, 'health' | 'sample'>;

/** What the page shows. The warehouse is asked again when the last answer is a second old, or five times as old as it took. */
export const createOverview = ({ query, health, deadLetters, sample, clock }: OverviewSettings) => {
  const cache = new Map<number, { readonly tables: Promise<Tables>; until: number }>();
  const read = (minutes: number): Promise<Tables> => {
    const known = cache.get(minutes);
    if (known !== undefined && clock() < known.until) return known.tables;
    const startedAt = clock();
    const entry = { tables: readTables(query, minutes, deadLetters()), until: Number.POSITIVE_INFINITY };
    const settle = (): void => {
      entry.until = clock() + Math.max(900, 5 * (clock() - startedAt));
    };
    entry.tables.then(settle, () => cache.delete(minutes));
    cache.set(minutes, entry);
    return entry.tables;
  };
  return async (minutes: number): Promise<Overview> => ({
    ...(await read(minutes)),
    health: health(),
    sample: sample.progress(),
  });
};

const readTables = async (query: Query, minutes: number, deadLetters: number): Promise<Tables> => {
  const [loads, envelopes, revenue, events, rejections, reasons] = await Promise.all([
    query('SELECT loaded_to, complete_to, loads, objects, events, duplicates, rejected FROM millrace.report_freshness'),
    query(`SELECT COUNT(*) AS envelopes, (SELECT MAX(events_missing) FROM millrace.complete_to) AS missing
      FROM millrace.batches WHERE void_to IS NULL`),
    query(`SELECT minute, source, currency, orders, refunds, gross, refunded, net FROM millrace.report_revenue_by_source
      WHERE minute >= DATEADD(minute, -${minutes}, GETDATE()) ORDER BY minute, source, currency`),
    query(`SELECT event_id, event_name, event_time, received_at, source, protocol, user_id, properties
      FROM millrace.events ORDER BY received_at DESC, event_id DESC LIMIT 25`),
    query(`SELECT event_id, reason, detail, field, event_name, received_at, original, original_encoding
      FROM millrace.rejected_events ORDER BY received_at DESC, event_id DESC LIMIT 25`),
    query('SELECT reason, COUNT(*) AS count FROM millrace.rejected_events GROUP BY reason ORDER BY 2 DESC'),
  ]);
  const [load = {}] = loads;
  return {
    totals: toTotals(load, envelopes[0] ?? {}, deadLetters),
    loadedTo: toTime(load.loaded_to),
    completeTo: toTime(load.complete_to),
    revenue: revenue.map(toRevenue),
    latestEvents: events.map(toEvent),
    latestRejections: rejections.map(toRejection),
    rejectionsByReason: reasons.map((row) => ({ reason: String(row.reason), count: Number(row.count) })),
  };
};

type Row = Readonly<Record<string, unknown>>;

const toTotals = (load: Row, envelopes: Row, deadLetters: number): Totals => ({
  events: Number(load.events ?? 0),
  rejected: Number(load.rejected ?? 0),
  duplicate: Number(load.duplicates ?? 0),
  envelopes: Number(envelopes.envelopes ?? 0),
  loads: Number(load.loads ?? 0),
  objects: Number(load.objects ?? 0),
  deadLetters,
  missing: Number(envelopes.missing ?? 0),
});

/** `2026-11-22 10:00:00.123` as ISO 8601. */
const toTime = (value: unknown): string | null =>
  typeof value === 'string' ? `${value.replace(' ', 'T').slice(0, 23)}Z` : null;

const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

const toRevenue = (row: Row): RevenueRow => ({
  minute: toTime(row.minute) ?? '',
  source: String(row.source),
  currency: String(row.currency),
  orders: Number(row.orders),
  refunds: Number(row.refunds),
  gross: String(row.gross),
  refunded: String(row.refunded),
  net: String(row.net),
});

const toEvent = (row: Row): LatestEvent => ({
  event_id: String(row.event_id),
  event_name: String(row.event_name),
  event_time: toTime(row.event_time) ?? '',
  received_at: toTime(row.received_at) ?? '',
  source: text(row.source),
  protocol: String(row.protocol),
  user_id: text(row.user_id),
  properties: parse(row.properties),
});

const toRejection = (row: Row): LatestRejection => ({
  event_id: String(row.event_id),
  reason: String(row.reason),
  detail: String(row.detail ?? ''),
  field: text(row.field),
  event_name: text(row.event_name),
  received_at: toTime(row.received_at) ?? '',
  original: row.original_encoding === 'text' ? text(parse(row.original)) : null,
});

/** SUPER comes as JSON text. */
const parse = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : (value ?? null));
