/** What `/health`, `millrace status` and the console's live flow show. Shared so that the three can never disagree. */

/** One stage of the pipeline, in the order an event meets them. */
export interface StageStatus {
  /** Stable name: `producer`, `stream`, `transformer`, `lake`, `queue`, `loader`, `warehouse`. */
  readonly name: string;
  /** The resource as template.yaml and AWS name it, such as `millrace-local`. */
  readonly resource: string;
  /** Items waiting in this stage (records in the stream's buffer, messages in the queue, invocations running). */
  readonly queued: number;
  /** Age in seconds of the oldest item waiting here; 0 when nothing waits. */
  readonly lagSeconds: number;
  /** What passed through since the process started, by a word such as `records`, `objects`, `invocations`, `rows`. */
  readonly counts: Readonly<Record<string, number>>;
  /** The latest failure here, absent when there was none since the process started. */
  readonly lastError?: { readonly at: string; readonly message: string };
}

export interface Health {
  /** `ok` when nothing waits longer than the dial allows and no stage failed in the last minute; else `degraded`. */
  readonly status: 'ok' | 'degraded' | 'starting' | 'stopping';
  readonly stack: string;
  readonly freshness: 'realtime' | 'standard' | 'economy';
  /** Seconds that something may wait in one stage at this dial before it is late. */
  readonly lateAfterSeconds: number;
  readonly now: string;
  readonly stages: readonly StageStatus[];
  /** Names that a client needs: delivery stream, bucket, queue URL, dead-letter queue URL, workgroup, database. */
  readonly resources: {
    readonly stream: string;
    readonly bucket: string;
    readonly queueUrl: string;
    readonly deadLetterQueueUrl: string;
    readonly workgroup: string;
    readonly database: string;
    readonly collector: string;
    readonly aws: string;
    readonly data: string;
  };
}

/** Totals over all time, from the warehouse. `accepted` counts events in envelopes plus events put straight onto the stream. */
export interface Totals {
  readonly events: number;
  readonly rejected: number;
  readonly duplicate: number;
  readonly envelopes: number;
  readonly loads: number;
  readonly objects: number;
  readonly deadLetters: number;
  /** Acknowledged for more than two hours and not in the tables, as the reconciler last found. */
  readonly missing: number;
}

/** One bar segment: minute (ISO, UTC) × source × currency. Money is decimal text, never a float. */
export interface RevenueRow {
  readonly minute: string;
  readonly source: string;
  readonly currency: string;
  readonly orders: number;
  readonly refunds: number;
  readonly gross: string;
  readonly refunded: string;
  readonly net: string;
}

export interface LatestEvent {
  readonly event_id: string;
  readonly event_name: string;
  readonly event_time: string;
  readonly received_at: string;
  readonly source: string | null;
  readonly protocol: string;
  readonly user_id: string | null;
  readonly properties: unknown;
}

export interface LatestRejection {
  readonly event_id: string;
  readonly reason: string;
  readonly detail: string;
  readonly field: string | null;
  readonly event_name: string | null;
  readonly received_at: string;
  /** The raw text as received, or null where it was not text. */
  readonly original: string | null;
}

/** Answer of `GET /console/api/overview?minutes=60`: everything the page draws, read in one go. */
export interface Overview {
  readonly health: Health;
  readonly totals: Totals;
  /** The last `minutes` minutes of `millrace.report_revenue_by_source`. */
  readonly revenue: readonly RevenueRow[];
  readonly latestEvents: readonly LatestEvent[];
  readonly latestRejections: readonly LatestRejection[];
  /** Rejections per reason over all time, most first. */
  readonly rejectionsByReason: readonly { readonly reason: string; readonly count: number }[];
  /** Time of the newest received_at that is in the tables; null while there is none. */
  readonly loadedTo: string | null;
  /** Every event accepted before this is accounted for; null before the reconciler's first check. */
  readonly completeTo: string | null;
  /** Sample traffic that the page's button started: how far it is. Null when none runs. */
  readonly sample: { readonly sent: number; readonly total: number } | null;
}
