import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { batchColumns, eventColumns, landingColumns, rejectedColumns } from '#core/columns.ts';
import { role, type TestLake } from './support.ts';

const folder = join(import.meta.dirname, '../../../warehouse');
const read = (path: string): string => readFileSync(join(folder, path), 'utf8');
const allOf = (part: string): string[] => readdirSync(join(folder, part)).map((file) => read(`${part}/${file}`));

/** Everything that the migrator issues in one batch: schema, tables, views. */
export const schemaStatements = (): string[] => [read('schema.sql'), ...allOf('tables'), ...allOf('views')];

export const viewNames = (): string[] => readdirSync(join(folder, 'views')).map((file) => file.replace('.sql', ''));

/** The grants, one statement each. */
export const grantStatements = (user: string): string[] =>
  read('grants/loader.sql')
    .replaceAll('{{loader_user}}', user)
    .replaceAll('{{database}}', 'millrace')
    .split('\n')
    .filter((line) => line.startsWith('GRANT'));

/** The statements of warehouse/load in the order of their numbers, for these objects of the lake. */
export const loadStatements = (lake: TestLake, loadId: string, keys: readonly string[]): string[] => {
  const list = (columns: object): string => Object.keys(columns).join(', ');
  const values: Readonly<Record<string, string>> = {
    load_id: loadId,
    manifest_url: lake.manifest(keys),
    copy_role_arn: role,
    dedupe_days: '7',
    object_keys: keys.map((key) => `'${key}'`).join(', '),
    objects: keys.map((key) => `('${key}', 'etag', '${loadId}')`).join(', '),
    object_count: String(keys.length),
    bytes: '1000',
    started_at: '2026-11-22 10:00:00.000',
    columns: list(landingColumns),
    event_columns: list(eventColumns),
    rejected_columns: list(rejectedColumns),
    batch_columns: list(batchColumns),
  };
  return readdirSync(join(folder, 'load'))
    .filter((file) => /^\d+-/.test(file))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((file) => read(`load/${file}`).replace(/\{\{(\w+)\}\}/g, (_, name: string) => values[name] ?? `{{${name}}}`));
};

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
