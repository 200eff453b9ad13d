import type { Row, Warehouse } from '#aws/redshift.ts';
import type { OpenStack, StackNames } from '../stack/open.ts';

/** What the warehouse knows of loads; times are ISO, UTC. */
export interface LoadFacts {
  /** Newest received_at in the tables; null while they are empty. */
  readonly loadedTo: string | null;
  readonly lastLoad: string | null;
  readonly loads: number;
  readonly objects: number;
  readonly events: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** Every event accepted before this is accounted for, as the reconciler found at `checkedAt`; null before its first check. */
  readonly completeTo: string | null;
  readonly checkedAt: string | null;
  /** Runs of numbers that are missing, and envelopes in them: while events flow, some are under way. */
  readonly gaps: number;
  readonly missingEnvelopes: number;
  /** Of these, and of the events acknowledged, what the last check found missing for more than two hours. */
  readonly lostEnvelopes: number;
  readonly lostEvents: number;
  /** Records under failed/ that nobody has put back. */
  readonly failedRecords: number;
  readonly lastError: { readonly at: string; readonly message: string } | null;
}

const summary = `SELECT f.loaded_to, f.last_load, f.loads, f.objects, f.events, f.duplicates, f.rejected,
  f.complete_to, f.checked_at, g.gaps, g.envelopes, c.envelopes_missing, c.events_missing, c.failed_records
FROM millrace.report_freshness AS f
CROSS JOIN (SELECT COUNT(*) AS gaps, COALESCE(SUM(envelopes), 0) AS envelopes FROM millrace.report_gaps) AS g
LEFT JOIN millrace.complete_to AS c ON TRUE`;

const latestError = `SELECT object_key, message, occurred_at
FROM millrace.load_errors ORDER BY occurred_at DESC LIMIT 1`;

/** A sleeping warehouse takes some seconds to wake. */
const patienceMs = 120_000;

export const warehouseOf = ({ account, names }: OpenStack): Warehouse =>
  account.warehouse({
    workgroup: names.workgroup,
    cluster: names.cluster,
    database: names.database,
    secretArn: names.warehouseSecretArn,
  });

export const describeWarehouse = ({ workgroup, cluster }: StackNames): string => workgroup ?? cluster ?? '';

/** Throws `Fault` when the warehouse does not answer. */
export const readLoadFacts = async (warehouse: Warehouse): Promise<LoadFacts> => {
  const deadline = Date.now() + patienceMs;
  const [facts] = await warehouse.query(summary, deadline);
  const [failure] = await warehouse.query(latestError, deadline);
  const count = (at: number): number => Number(facts?.[at] ?? 0);
  return {
    loadedTo: toIso(facts?.[0]),
    lastLoad: toIso(facts?.[1]),
    loads: count(2),
    objects: count(3),
    events: count(4),
    duplicates: count(5),
    rejected: count(6),
    completeTo: toIso(facts?.[7]),
    checkedAt: toIso(facts?.[8]),
    gaps: count(9),
    missingEnvelopes: count(10),
    lostEnvelopes: count(11),
    lostEvents: count(12),
    failedRecords: count(13),
    lastError: failure === undefined ? null : { at: toIso(failure[2]) ?? '', message: `${failure[0]}: ${failure[1]}` },
  };
};

/** What is wrong by these facts, a sentence each with what to do; `flags` say which pipeline, as a command line gives it. */
export const problemsOf = ({ lostEnvelopes, lostEvents, failedRecords }: LoadFacts, flags: string): string[] => {
  const problems: string[] = [];
  if (failedRecords > 0)
    problems.push(
      `stream: ${failedRecords} records could not be transformed and are under failed/: millrace replay --failed${flags} puts them back`,
    );
  if (lostEnvelopes > 0 || lostEvents > 0)
    problems.push(
      `warehouse: ${lostEvents} accepted events (${lostEnvelopes} envelopes) have not come for more than two hours: see SELECT * FROM millrace.report_gaps, then under failed/ and in millrace dlq${flags}`,
    );
  return problems;
};

/** Redshift's `2026-11-22 10:00:00.123456`, which is UTC, in ISO's form. */
const toIso = (value: Row[number] | undefined): string | null => {
  const at = typeof value === 'string' ? Date.parse(`${value.replace(' ', 'T')}Z`) : Number.NaN;
  return Number.isFinite(at) ? new Date(at).toISOString() : null;
};
