import { batchColumns, eventColumns, landingColumns, rejectedColumns } from '#core/columns.ts';
import lock from '#warehouse/load/1-lock.sql';
import refuseLoaded from '#warehouse/load/2-refuse-loaded.sql';
import staging from '#warehouse/load/3-staging.sql';
import copy from '#warehouse/load/4-copy.sql';
import bounds from '#warehouse/load/5-bounds.sql';
import events from '#warehouse/load/6-events.sql';
import rejected from '#warehouse/load/7-rejected.sql';
import batches from '#warehouse/load/8-batches.sql';
import ledger from '#warehouse/load/9-ledger.sql';
import load from '#warehouse/load/10-load.sql';
import result from '#warehouse/load/11-result.sql';
import ledgerLookup from '#warehouse/load/ledger-lookup.sql';
import loadError from '#warehouse/load/load-error.sql';
import type { LandedObject } from './landed-objects.ts';

export interface LoadStatement {
  readonly loadId: string;
  readonly objects: readonly LandedObject[];
  readonly manifestUrl: string;
  readonly copyRoleArn: string;
  readonly dedupeDays: number;
  /** `YYYY-MM-DD HH:MM:SS.mmm`, UTC. */
  readonly startedAt: string;
}

const transaction = [lock, refuseLoaded, staging, copy, bounds, events, rejected, batches, ledger, load, result];

/** Number of statements; the last one, counted from 1 as the Data API does, answers with the counts. */
export const transactionLength = transaction.length;

/** The load transaction: warehouse/load in the order of its file names. */
export const toTransaction = (plan: LoadStatement): string[] => {
  const values = {
    load_id: plan.loadId,
    manifest_url: quoted(plan.manifestUrl),
    copy_role_arn: quoted(plan.copyRoleArn),
    dedupe_days: String(plan.dedupeDays),
    object_keys: plan.objects.map(({ key }) => literal(key)).join(', '),
    objects: plan.objects
      .map(({ key, etag }) => `(${literal(key)}, ${literal(etag)}, ${literal(plan.loadId)})`)
      .join(', '),
    object_count: String(plan.objects.length),
    bytes: String(plan.objects.reduce((sum, { bytes }) => sum + bytes, 0)),
    started_at: plan.startedAt,
    columns: Object.keys(landingColumns).join(', '),
    event_columns: Object.keys(eventColumns).join(', '),
    rejected_columns: Object.keys(rejectedColumns).join(', '),
    batch_columns: Object.keys(batchColumns).join(', '),
  };
  return transaction.map((sql) => fill(sql, values));
};

/** Keys of these objects that the ledger has. */
export const toLedgerLookup = (objects: readonly LandedObject[]): string =>
  fill(ledgerLookup, { object_keys: objects.map(({ key }) => literal(key)).join(', ') });

/** One row of `load_errors`. */
export const toLoadError = (object: LandedObject, loadId: string, message: string): string =>
  fill(loadError, { object_key: literal(object.key), load_id: literal(loadId), message: literal(message) });

const fill = (sql: string, values: Readonly<Record<string, string>>): string =>
  sql.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for {{${name}}}`);
    return value;
  });

const literal = (text: string): string => `'${quoted(text)}'`;

/** A text inside single quotes. Redshift reads a backslash as an escape, and no name of ours holds one or a control character. */
const quoted = (text: string): string => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (/[\\\u0000-\u001f]/.test(text)) throw new Error('a name holds a backslash or a control character');
  return text.replaceAll("'", "''");
};
