import type { JsonObject } from './json.ts';

/** One event on its way through the journey, with what is known of how it came. Steps read it and never change it. */
export interface Incoming {
  readonly event: JsonObject;
  /** Epoch milliseconds at which the collector, or Firehose, took it. */
  readonly receivedAt: number;
  /** The same as the column takes it, made once for all events of an envelope. */
  readonly received: string;
  /** Makes the id of an event that brings none: the same on every retry of the same record. */
  readonly deriveId: () => string;
  readonly source: string | undefined;
  readonly ip: string | undefined;
  readonly producer: string | undefined;
  readonly seq: number | undefined;
  /** Whether the record's text holds `\\u`: only then can a text of it hold NUL or half a surrogate pair. */
  readonly hasEscapes: boolean;
}

/** Columns of `millrace.events`, as far as the steps before have filled them. */
export type EventRow = {
  kind: 'event';
  event_id?: string;
  event_name?: string;
  original_name?: string;
  event_time?: string;
  received_at?: string;
  source?: string;
  protocol?: string;
  contract?: string;
  user_id?: string;
  anonymous_id?: string;
  session_id?: string;
  page_url?: string;
  page_path?: string;
  page_title?: string;
  referrer_url?: string;
  referrer_source?: string;
  referrer_medium?: string;
  campaign_source?: string;
  campaign_medium?: string;
  campaign_name?: string;
  campaign_term?: string;
  campaign_content?: string;
  ip?: string;
  properties?: unknown;
  producer?: string;
  seq?: number;
};
