import { grouped, spoken } from '../text.ts';
import type { Subject } from './person.ts';
import type { Finding } from './scan.ts';

/** What an erasure touched, or would touch. Holds no id: a report is kept, and the person is to be forgotten. */
export interface Report {
  readonly dry_run: boolean;
  /** What was received later stays: UTC. */
  readonly erased_at: string;
  readonly anonymous_ids: number;
  readonly rows: {
    readonly events: number;
    readonly rejected_events: number;
    readonly users: number;
    readonly user_aliases: number;
  };
  readonly lake: {
    readonly objects_read: number;
    readonly bytes_read: number;
    readonly landed_rewritten: number;
    readonly failed_rewritten: number;
    readonly event_lines: number;
    readonly rejected_lines: number;
    readonly failed_events: number;
    readonly envelopes: number;
    /** Keys of objects that are cut short or no text, and were left alone. */
    readonly unreadable: readonly string[];
  };
  readonly not_covered: readonly string[];
  readonly seconds: number;
}

/** What no command of ours can reach. */
const notCovered = [
  'events still on the stream: they are not loaded, but their object lands; run it again when they have (millrace status --wait)',
  'versions of objects, where somebody enabled versioning of the lake: delete them with S3',
  "Redshift's snapshots and recovery points, until they expire",
  'copies that others have: exports of theirs, unloaded tables, logs of systems before the collector',
  "what other people's events say of the person in their properties",
];

export const toReport = (
  { devices, erasedAt, counts }: Subject,
  finding: Finding,
  { isDry, rejected, seconds }: { readonly isDry: boolean; readonly rejected: number; readonly seconds: number },
): Report => ({
  dry_run: isDry,
  erased_at: erasedAt,
  anonymous_ids: devices.size,
  rows: {
    events: counts.events,
    rejected_events: rejected,
    users: counts.users,
    user_aliases: counts.user_aliases,
  },
  lake: {
    objects_read: finding.objects,
    bytes_read: finding.bytes,
    landed_rewritten: finding.landed.length,
    failed_rewritten: finding.failed.length,
    event_lines: finding.events,
    rejected_lines: finding.rejected.length,
    failed_events: finding.failedEvents,
    envelopes: finding.envelopes.size,
    unreadable: finding.unreadable,
  },
  not_covered: notCovered,
  seconds,
});

export const reportLines = ({ dry_run: isDry, rows, lake, ...report }: Report): readonly string[] => [
  isDry ? 'Nothing is changed. It would take out:' : 'Taken out:',
  `  tables   ${rowsLine(rows)}`,
  `  landed/  ${grouped(lake.event_lines)} events and ${grouped(lake.rejected_lines)} rejected ones in ${grouped(lake.landed_rewritten)} objects (${grouped(lake.envelopes)} envelopes)`,
  `  failed/  ${grouped(lake.failed_events)} events in ${grouped(lake.failed_rewritten)} objects`,
  `The user's own anonymous ids: ${grouped(report.anonymous_ids)}. Received up to ${report.erased_at} UTC; what comes later stays.`,
  `Read ${grouped(lake.objects_read)} objects, ${grouped(lake.bytes_read)} bytes, in ${spoken(report.seconds)}.`,
  ...lake.unreadable.map((key) => `Cannot be read, and was left alone: ${key}`),
  'Not covered:',
  ...report.not_covered.map((line) => `  - ${line}`),
];

const rowsLine = (rows: Report['rows']): string =>
  Object.entries(rows)
    .map(([table, count]) => `${table} ${grouped(count)}`)
    .join(', ');
