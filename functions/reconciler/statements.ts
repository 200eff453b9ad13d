import { fillStatement, toLiteral } from '#core/sql-text.ts';
import { toTimestamp } from '#core/time.ts';
import { uuidV7 } from '#core/uuid.ts';
import arrived from '#warehouse/reconcile/arrived.sql';
import failedRecords from '#warehouse/reconcile/failed-records.sql';
import gaps from '#warehouse/reconcile/gaps.sql';
import indexFailed from '#warehouse/reconcile/index-failed.sql';
import knownObjects from '#warehouse/reconcile/known-objects.sql';
import reconciliation from '#warehouse/reconcile/reconciliation.sql';

/** What a check looks at. */
export interface Span {
  /** Epoch milliseconds: what was received earlier is not looked at. */
  readonly from: number;
  readonly now: number;
  /** Landed objects after this key. */
  readonly afterKey: string;
}

/** The four questions of a check, in the order of `Answers`. */
export const toQuestions = ({ from, now, afterKey }: Span): readonly string[] => {
  const values = {
    after: toLiteral(afterKey),
    window_start: toTimestamp(from),
    first_producer: uuidV7(from, new Uint8Array(10)),
    last_producer: uuidV7(now, new Uint8Array(10)),
  };
  return [knownObjects, gaps, arrived, failedRecords].map((sql) => fillStatement(sql, values));
};

/** One row of `reconciliations`. */
export interface Reconciliation {
  /** Epoch milliseconds. */
  readonly checkedAt: number;
  readonly completeTo: number;
  readonly objectsLanded: number;
  readonly objectsUnloaded: number;
  readonly objectsRequeued: number;
  readonly envelopesMissing: number;
  readonly eventsMissing: number;
  readonly failedRecords: number;
}

export const toReconciliation = (row: Reconciliation): string =>
  fillStatement(reconciliation, {
    checked_at: toTimestamp(row.checkedAt),
    complete_to: toTimestamp(row.completeTo),
    objects_landed: String(row.objectsLanded),
    objects_unloaded: String(row.objectsUnloaded),
    objects_requeued: String(row.objectsRequeued),
    envelopes_missing: String(row.envelopesMissing),
    events_missing: String(row.eventsMissing),
    failed_records: String(row.failedRecords),
  });

/** Rows of `failed_records`, as one SELECT each. */
export const toIndexFailed = (records: readonly string[]): string =>
  fillStatement(indexFailed, { records: records.join('\n  UNION ALL\n  ') });
