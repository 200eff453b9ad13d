import { batchColumns, eventColumns, landingColumns, rejectedColumns } from '#core/columns.ts';
import { fillStatement as fill, toLiteral as literal, toQuoted as quoted } from '#core/sql-text.ts';
import lock from '#warehouse/load/1-lock.sql';
import refuseLoaded from '#warehouse/load/2-refuse-loaded.sql';
import staging from '#warehouse/load/3-staging.sql';
import copy from '#warehouse/load/4-copy.sql';
import bounds from '#warehouse/load/5-bounds.sql';
import erased from '#warehouse/load/6-erased.sql';
import repeated from '#warehouse/load/7-repeated.sql';
import events from '#warehouse/load/8-events.sql';
import rejected from '#warehouse/load/9-rejected.sql';
import outcomes from '#warehouse/load/10-outcomes.sql';
import batches from '#warehouse/load/11-batches.sql';
import sightings from '#warehouse/load/12-sightings.sql';
import loadUsers from '#warehouse/load/13-load_users.sql';
import knownUsers from '#warehouse/load/14-known_users.sql';
import newUsers from '#warehouse/load/15-new_users.sql';
import loadAliases from '#warehouse/load/16-load_aliases.sql';
import knownAliases from '#warehouse/load/17-known_aliases.sql';
import newAliases from '#warehouse/load/18-new_aliases.sql';
import ledger from '#warehouse/load/19-ledger.sql';
import load from '#warehouse/load/20-load.sql';
import result from '#warehouse/load/21-result.sql';
import errorLookup from '#warehouse/load/error-lookup.sql';
import ledgerLookup from '#warehouse/load/ledger-lookup.sql';
import loadError from '#warehouse/load/load-error.sql';
import { isEmpty, type LandedObject } from './landed-objects.ts';

export interface LoadStatement {
  readonly loadId: string;
  readonly objects: readonly LandedObject[];
  readonly manifestUrl: string;
  readonly copyRoleArn: string;
  readonly dedupeDays: number;
}

const transaction = [
  ...[lock, refuseLoaded, staging, copy, bounds, erased, repeated, events, rejected, outcomes],
  ...[batches, sightings, loadUsers, knownUsers, newUsers, loadAliases, knownAliases, newAliases],
  ...[ledger, load, result],
];

/** Number of statements of a load that has something to copy. */
export const transactionLength = transaction.length;

/** The statement that refuses a load of objects that are in the ledger, counted from 1 as the Data API does. */
export const refusalAt = transaction.indexOf(refuseLoaded) + 1;

/** The statement that reads the lake, counted likewise. */
export const copyAt = transaction.indexOf(copy) + 1;

/**
 * The load transaction: warehouse/load in the order of its file names, the last of which answers with the counts. Without COPY where
 * every object is empty: it refuses a manifest without entries.
 */
export const toTransaction = (plan: LoadStatement): string[] => {
  const values = {
    load_id: plan.loadId,
    manifest_url: quoted(plan.manifestUrl),
    copy_role_arn: quoted(plan.copyRoleArn),
    dedupe_days: String(plan.dedupeDays),
    ...toNames(plan.objects),
    objects: plan.objects
      .map(({ key, etag }) => `(${literal(key)}, ${literal(etag)}, ${literal(plan.loadId)})`)
      .join(', '),
    object_count: String(plan.objects.length),
    bytes: String(plan.objects.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)),
    columns: Object.keys(landingColumns).join(', '),
    event_columns: Object.keys(eventColumns).join(', '),
    rejected_columns: Object.keys(rejectedColumns).join(', '),
    batch_columns: Object.keys(batchColumns).join(', '),
  };
  const hasRows = plan.objects.some((object) => !isEmpty(object));
  return transaction.filter((sql) => hasRows || sql !== copy).map((sql) => fill(sql, values));
};

/** Names (key and etag) of these objects that the ledger has. */
export const toLedgerLookup = (objects: readonly LandedObject[]): string => fill(ledgerLookup, toNames(objects));

/** An object in the ledger: another content under the same key is another object. */
export const ledgerName = ({ key, etag }: LandedObject): string => `${key} ${etag}`;

const toNames = (objects: readonly LandedObject[]) => ({
  object_keys: objects.map(({ key }) => literal(key)).join(', '),
  object_names: objects.map((object) => literal(ledgerName(object))).join(', '),
});

/** Redshift's name of an object where it refuses one: the column holds 256 characters, padded. */
export const refusedName = ({ bucket, key }: LandedObject): string => `s3://${bucket}/${key}`.slice(0, 256).trimEnd();

/** What Redshift wrote down of refusals of these objects since a time, `YYYY-MM-DD HH:MM:SS.mmm` in UTC; the latest first. */
export const toErrorLookup = (objects: readonly LandedObject[], since: string): string =>
  fill(errorLookup, { file_names: objects.map((object) => literal(refusedName(object))).join(', '), since });

export interface LoadErrorDetail {
  readonly line: number | undefined;
  readonly column: string | undefined;
  readonly code: number | undefined;
  readonly message: string;
}

/** One row of `load_errors`, unless it is there. */
export const toLoadError = (object: LandedObject, loadId: string, detail: LoadErrorDetail): string =>
  fill(loadError, {
    object_key: literal(object.key),
    load_id: literal(loadId),
    line_number: detail.line === undefined ? 'NULL' : String(detail.line),
    column_name: detail.column === undefined ? 'NULL' : literal(detail.column),
    code: detail.code === undefined ? 'NULL' : String(detail.code),
    message: literal(detail.message),
  });
