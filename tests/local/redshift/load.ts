import { toTransaction } from '#functions/loader/statements.ts';
import { role, type TestLake } from './support.ts';

/** The load transaction as the loader writes it, for these objects of the lake. */
export const loadStatements = (lake: TestLake, loadId: string, keys: readonly string[]): string[] =>
  toTransaction({
    loadId,
    objects: keys.map((key) => ({
      bucket: 'lake',
      key,
      etag: lake.fileOf('lake', key)?.etag ?? '',
      bytes: lake.fileOf('lake', key)?.size ?? 0,
      messageIds: [],
    })),
    manifestUrl: lake.manifest(keys),
    copyRoleArn: role,
    dedupeDays: 7,
  });

const producer = '019a0000-0000-7000-8000-000000000001';
const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 22, 10, 0, seconds)).toISOString();

type Row = Readonly<Record<string, unknown>>;

export const event = (id: string, seconds: number, more: Row = {}): Row => ({
  kind: 'event',
  event_id: id,
  event_name: 'page_viewed',
  event_time: at(seconds),
  received_at: at(seconds),
  source: 'web',
  anonymous_id: 'visitor',
  properties: {},
  producer,
  seq: 0,
  ...more,
});

export const rejected = (id: string, seconds: number): Row => ({
  kind: 'rejected',
  event_id: id,
  reason: 'contract',
  detail: 'total is missing',
  original: '{"event":"order_completed"}',
  received_at: at(seconds),
  source: 'web',
  producer,
  seq: 0,
});

export const batch = (seq: number, count: number): Row => ({
  kind: 'batch',
  producer,
  seq,
  event_count: count,
  dropped_count: 0,
  received_at: at(seq),
  source: 'web',
});
