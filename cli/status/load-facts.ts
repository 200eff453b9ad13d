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
  /** Producers whose numbering has a gap, and envelopes that are missing in all. */
  readonly gaps: number;
  readonly missingEnvelopes: number;
  readonly lastError: { readonly at: string; readonly message: string } | null;
}

const summary = `SELECT f.loaded_to, f.last_load, f.loads, f.objects, f.events, f.duplicates, f.rejected, c.gaps, c.missing
FROM millrace.report_freshness AS f
CROSS JOIN (
  SELECT COUNT(CASE WHEN missing_envelopes > 0 THEN 1 END) AS gaps, COALESCE(SUM(missing_envelopes), 0) AS missing
  FROM millrace.report_completeness
) AS c`;

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
export const readLoadFacts = async (stack: OpenStack): Promise<LoadFacts> => {
  const warehouse = warehouseOf(stack);
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
    gaps: count(7),
    missingEnvelopes: count(8),
    lastError: failure === undefined ? null : { at: toIso(failure[2]) ?? '', message: `${failure[0]}: ${failure[1]}` },
  };
};

/** Redshift's `2026-11-22 10:00:00.123456`, which is UTC, in ISO's form. */
const toIso = (value: Row[number] | undefined): string | null => {
  const at = typeof value === 'string' ? Date.parse(`${value.replace(' ', 'T')}Z`) : Number.NaN;
  return Number.isFinite(at) ? new Date(at).toISOString() : null;
};
