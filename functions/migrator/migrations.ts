import { createHash } from 'node:crypto';
import record from '#warehouse/migrations/record.sql';
import refuseApplied from '#warehouse/migrations/refuse-applied.sql';
import loadLock from '#warehouse/tables/0001-load_lock.sql';
import events from '#warehouse/tables/0002-events.sql';
import rejectedEvents from '#warehouse/tables/0003-rejected_events.sql';
import batches from '#warehouse/tables/0004-batches.sql';
import loads from '#warehouse/tables/0005-loads.sql';
import loadedObjects from '#warehouse/tables/0006-loaded_objects.sql';
import loadErrors from '#warehouse/tables/0007-load_errors.sql';
import users from '#warehouse/tables/0008-users.sql';
import userAliases from '#warehouse/tables/0009-user_aliases.sql';
import usersTraitsAt from '#warehouse/tables/0010-users-traits_at.sql';
import usersTraitsEventId from '#warehouse/tables/0011-users-traits_event_id.sql';
import batchesAcknowledgedBefore from '#warehouse/tables/0012-batches-acknowledged_before.sql';
import batchesVoidTo from '#warehouse/tables/0013-batches-void_to.sql';
import batchesDuplicateCount from '#warehouse/tables/0014-batches-duplicate_count.sql';
import failedRecords from '#warehouse/tables/0015-failed_records.sql';
import erasedSubjects from '#warehouse/tables/0016-erased_subjects.sql';
import reconciliations from '#warehouse/tables/0017-reconciliations.sql';

/** One change of the tables, one statement. Applied once, in the order of the numbers, and never edited afterwards. */
export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** warehouse/tables, in the order of the file names. A change of a table is a new file at the end: it only ever adds. */
export const migrations: readonly Migration[] = [
  { number: 1, name: 'load_lock', sql: loadLock },
  { number: 2, name: 'events', sql: events },
  { number: 3, name: 'rejected_events', sql: rejectedEvents },
  { number: 4, name: 'batches', sql: batches },
  { number: 5, name: 'loads', sql: loads },
  { number: 6, name: 'loaded_objects', sql: loadedObjects },
  { number: 7, name: 'load_errors', sql: loadErrors },
  { number: 8, name: 'users', sql: users },
  { number: 9, name: 'user_aliases', sql: userAliases },
  { number: 10, name: 'users-traits_at', sql: usersTraitsAt },
  { number: 11, name: 'users-traits_event_id', sql: usersTraitsEventId },
  { number: 12, name: 'batches-acknowledged_before', sql: batchesAcknowledgedBefore },
  { number: 13, name: 'batches-void_to', sql: batchesVoidTo },
  { number: 14, name: 'batches-duplicate_count', sql: batchesDuplicateCount },
  { number: 15, name: 'failed_records', sql: failedRecords },
  { number: 16, name: 'erased_subjects', sql: erasedSubjects },
  { number: 17, name: 'reconciliations', sql: reconciliations },
];

/** A row of `millrace.migrations`. */
export interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** SHA-256 of what the statement says: comments and the width of white space may change. */
export const checksumOf = ({ sql }: Migration): string =>
  createHash('sha256')
    .update(
      sql
        .replace(/^\s*--.*$/gm, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .digest('hex');

/**
 * Migrations that this warehouse has not had. Numbers beyond ours are of a newer template that was rolled back; tables only
 * grow, so they do no harm. Throws when one that was applied says something else here.
 */
export const toPending = (all: readonly Migration[], applied: readonly Applied[]): readonly Migration[] => {
  const done = new Map(applied.map((each) => [each.number, each]));
  for (const migration of all) {
    const before = done.get(migration.number);
    if (before !== undefined && before.checksum !== checksumOf(migration))
      throw new Error(
        `migration ${migration.number} (${migration.name}) was applied to this warehouse with another text` +
          ` (${before.name}, ${before.checksum.slice(0, 12)}): leave it as it was and add a new migration`,
      );
  }
  return all.filter(({ number }) => !done.has(number));
};

/** Under the lock: fails when one of them was applied since `toPending` was asked. */
export const toRefuseApplied = (pending: readonly Migration[]): string =>
  refuseApplied.replace('{{numbers}}', pending.map(({ number }) => number).join(', '));

/** Writes the migrations down, all in one statement. */
export const toRecord = (pending: readonly Migration[]): string => {
  const rows = pending.map((migration) => {
    const { number, name } = migration;
    return `(${number}, '${name}', '${checksumOf(migration)}', GETDATE())`;
  });
  return record.replace('{{migrations}}', rows.join(', '));
};
