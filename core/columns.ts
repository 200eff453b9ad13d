/** How a landing column is checked before S3: VARCHAR by bytes, everything else by the step that writes it. */
interface Varchar {
  readonly type: 'VARCHAR';
  readonly bytes: number;
}
export type ColumnType = Varchar | { readonly type: 'TIMESTAMP' | 'BOOLEAN' | 'BIGINT' | 'INTEGER' | 'SUPER' };

const varchar = (bytes: number): Varchar => ({ type: 'VARCHAR', bytes });
const timestamp: ColumnType = { type: 'TIMESTAMP' };
const boolean: ColumnType = { type: 'BOOLEAN' };
const bigint: ColumnType = { type: 'BIGINT' };
const integer: ColumnType = { type: 'INTEGER' };
const semi: ColumnType = { type: 'SUPER' };

/** Columns of `millrace.events` that the transformer fills. The same names and types stand in warehouse/tables, checked by test. */
export const eventColumns = {
  event_id: varchar(128),
  event_name: varchar(128),
  original_name: varchar(256),
  event_time: timestamp,
  received_at: timestamp,
  source: varchar(64),
  protocol: varchar(16),
  contract: varchar(160),
  user_id: varchar(256),
  anonymous_id: varchar(256),
  session_id: varchar(128),
  page_url: varchar(4096),
  page_path: varchar(2048),
  page_title: varchar(1024),
  referrer_url: varchar(4096),
  referrer_source: varchar(256),
  referrer_medium: varchar(64),
  campaign_source: varchar(256),
  campaign_medium: varchar(256),
  campaign_name: varchar(256),
  campaign_term: varchar(256),
  campaign_content: varchar(256),
  browser: varchar(64),
  browser_version: varchar(32),
  os: varchar(64),
  os_version: varchar(32),
  device_type: varchar(16),
  is_bot: boolean,
  ip: varchar(64),
  country: varchar(2),
  properties: semi,
  producer: varchar(36),
  seq: bigint,
} as const satisfies Record<string, ColumnType>;

/** Columns of `millrace.rejected_events` that the transformer fills. */
export const rejectedColumns = {
  event_id: varchar(128),
  reason: varchar(32),
  detail: varchar(1024),
  field: varchar(256),
  event_name: varchar(128),
  original: semi,
  original_encoding: varchar(8),
  received_at: timestamp,
  source: varchar(64),
  producer: varchar(36),
  seq: bigint,
} as const satisfies Record<string, ColumnType>;

/** Columns of `millrace.batches` that the transformer fills. */
export const batchColumns = {
  producer: varchar(36),
  seq: bigint,
  event_count: integer,
  dropped_count: integer,
  received_at: timestamp,
  source: varchar(64),
  acknowledged_before: bigint,
  void_to: bigint,
} as const satisfies Record<string, ColumnType>;

/** A landing row: its kind and the columns of that kind's table; the staging table holds the union. */
export const landingColumns: Readonly<Record<string, ColumnType>> = {
  kind: varchar(8),
  ...eventColumns,
  ...rejectedColumns,
  ...batchColumns,
};

export type EventColumn = keyof typeof eventColumns;
