import { eventIdPatterns } from '#core/traffic/event-id.ts';
import type { Value, Warehouse } from '../query/warehouse.ts';

/** What of one run the warehouse holds. */
export interface Arrived {
  /** Rows of `millrace.events`, and how many different events they are. */
  readonly loaded: number;
  readonly distinct: number;
  /** Rows of `millrace.rejected_events`. */
  readonly rejected: number;
  /** Loaded though malformed, or rejected though sound. */
  readonly misjudged: number;
}

/** Money as the warehouse sums it: decimal text. */
export interface ArrivedRevenue {
  readonly gross: string;
  readonly refunded: string;
}

export interface Arrival {
  counts(): Promise<Arrived>;
  revenue(): Promise<Readonly<Record<string, ArrivedRevenue>>>;
  /** Why sound events were rejected, the most frequent first. */
  complaints(): Promise<readonly string[]>;
}

/** Rows older than the run cannot be its own; an hour allows for a server whose clock is behind. */
const slackMs = 3_600_000;

const toTimestamp = (at: number): string => new Date(at).toISOString().replace('T', ' ').replace('Z', '');

/** Finds a run's rows by the tag in their event_id (see core/traffic/event-id.ts). `start` is epoch milliseconds. */
export const createArrival = (
  warehouse: Warehouse,
  { tag, start }: { readonly tag: string; readonly start: number },
): Arrival => {
  const { all, malformed } = eventIdPatterns(tag);
  const ours = `received_at >= '${toTimestamp(start - slackMs)}' AND event_id LIKE '${all}'`;

  const rows = async (sql: string): Promise<readonly (readonly Value[])[]> => {
    const { pages } = await warehouse.run(sql);
    const read: (readonly Value[])[] = [];
    for await (const page of pages()) read.push(...page);
    return read;
  };
  const one = async (sql: string): Promise<readonly number[]> => ((await rows(sql))[0] ?? []).map(Number);

  return {
    counts: async () => {
      const [loaded = 0, distinct = 0, bad = 0] = await one(
        `SELECT COUNT(*), COUNT(DISTINCT event_id), COUNT(CASE WHEN event_id LIKE '${malformed}' THEN 1 END) FROM millrace.events WHERE ${ours}`,
      );
      const [rejected = 0, good = 0] = await one(
        `SELECT COUNT(*), COUNT(CASE WHEN event_id NOT LIKE '${malformed}' THEN 1 END) FROM millrace.rejected_events WHERE ${ours}`,
      );
      return { loaded, distinct, rejected, misjudged: bad + good };
    },
    revenue: async () => {
      const sums = await rows(
        `SELECT event_name, CAST(properties.currency AS VARCHAR(8)) AS currency, CAST(SUM(CAST(properties.total AS DECIMAL(18, 4))) AS DECIMAL(18, 4)) AS total
FROM millrace.events WHERE event_name IN ('order_completed', 'order_refunded') AND ${ours} GROUP BY 1, 2 ORDER BY 2, 1`,
      );
      const revenue: Record<string, ArrivedRevenue> = {};
      for (const [name, currency, total] of sums) {
        const key = String(currency ?? 'unknown');
        const member = name === 'order_completed' ? 'gross' : 'refunded';
        revenue[key] = { ...(revenue[key] ?? { gross: '0', refunded: '0' }), [member]: String(total ?? '0') };
      }
      return revenue;
    },
    complaints: async () => {
      const reasons = await rows(
        `SELECT reason, detail, COUNT(*) AS events FROM millrace.rejected_events WHERE ${ours} AND event_id NOT LIKE '${malformed}' GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 3`,
      );
      return reasons.map(
        ([reason, detail, events]) => `${events} sound events were rejected: ${reason}: ${detail ?? ''}`,
      );
    },
  };
};
