import { SqlError } from './error.ts';

/** How a database keeps concurrent transactions apart ("Isolation levels", Amazon Redshift Database Developer Guide). */
export type IsolationLevel = 'SNAPSHOT' | 'SERIALIZABLE';

/** What one transaction has read and written since its snapshot, by table. */
export interface Footprint {
  readonly id: number;
  readonly pid: number;
  readonly reads: Set<string>;
  readonly writes: Set<string>;
  /** Count of commits that its snapshot holds; undefined while it has none. */
  since: number | undefined;
  /** Which commit its own was. */
  committedAs: number | undefined;
}

const both = (one: ReadonlySet<string>, other: ReadonlySet<string>): string | undefined =>
  [...one].find((table) => other.has(table));

/**
 * Finds transactions that no serial order explains. Redshift looks at tables, not rows: two concurrent transactions conflict when
 * each reads what the other writes ("Troubleshooting serializable isolation errors"). Longer circles are not looked for.
 */
export const createIsolation = (level: IsolationLevel) => {
  const footprints = new Set<Footprint>();
  const tableIds = new Map<string, number>();
  let lastId = 5_000;
  let commits = 0;

  const tableId = (table: string): number => {
    const known = tableIds.get(table);
    if (known !== undefined) return known;
    const id = 100_000 + tableIds.size + 1;
    tableIds.set(table, id);
    return id;
  };
  const violation = (table: string, own: Footprint, other: Footprint | undefined): SqlError => {
    const ids = [own, ...(other === undefined ? [] : [other])].map(({ id }) => id).join(', ');
    return new SqlError(
      `1023\n  Detail: Serializable isolation violation on table - ${tableId(table)}, transactions forming the cycle are: ${ids} (pid:${own.pid})`,
    );
  };
  /** Whether neither saw what the other did. */
  const areConcurrent = (own: Footprint, other: Footprint): boolean =>
    other !== own && own.since !== undefined && (other.committedAs === undefined || other.committedAs > own.since);

  const forgetPast = (): void => {
    const oldest = Math.min(
      ...[...footprints].flatMap(({ since, committedAs }) =>
        since === undefined || committedAs !== undefined ? [] : [since],
      ),
    );
    for (const each of footprints)
      if ((each.committedAs ?? Number.POSITIVE_INFINITY) <= oldest) footprints.delete(each);
  };

  return {
    level,
    /** A new transaction, before its snapshot. */
    enter: (pid: number): Footprint => {
      lastId += 1;
      const own = {
        ...{ id: lastId, pid, reads: new Set<string>(), writes: new Set<string>() },
        ...{ since: undefined, committedAs: undefined },
      };
      footprints.add(own);
      return own;
    },
    /** Notes what the transaction's next statement reads and writes. Throws `SqlError` 1023 for a circle. */
    touch: (own: Footprint, reads: readonly string[], writes: readonly string[]): void => {
      own.since ??= commits;
      for (const table of reads) own.reads.add(table);
      for (const table of writes) own.writes.add(table);
      if (level !== 'SERIALIZABLE') return;
      for (const other of footprints) {
        const table = areConcurrent(own, other) ? both(own.reads, other.writes) : undefined;
        if (table !== undefined && both(own.writes, other.reads) !== undefined) throw violation(table, own, other);
      }
    },
    /** The error of a transaction whose rows another one changed first. */
    conflict: (own: Footprint, table: string): SqlError => {
      const other = [...footprints].findLast((each) => areConcurrent(own, each) && each.writes.has(table));
      return violation(table, own, other);
    },
    leave: (own: Footprint, isCommitted: boolean): void => {
      if (isCommitted && own.writes.size > 0) {
        commits += 1;
        own.committedAs = commits;
      } else footprints.delete(own);
      forgetPast();
    },
  };
};

export type Isolation = ReturnType<typeof createIsolation>;
