import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SqlError } from '#local/redshift/error.ts';
import { createIsolation, type Footprint, type IsolationLevel } from '#local/redshift/isolation.ts';

type Step = {
  readonly transaction: number;
  readonly does: 'read' | 'write' | 'commit' | 'rollback';
  readonly table: string;
};

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    transaction: fc.nat(3),
    does: fc.constantFrom('read', 'write', 'read', 'write', 'commit', 'rollback'),
    table: fc.constantFrom('a', 'b', 'c'),
  }),
  { maxLength: 60 },
);

interface Past {
  readonly reads: ReadonlySet<string>;
  readonly writes: ReadonlySet<string>;
  readonly from: number;
  readonly to: number;
}

/** Runs steps; the transactions that committed with the times of their snapshot and commit, and how many were refused. */
const play = (level: IsolationLevel, all: readonly Step[]): { committed: readonly Past[]; refused: number } => {
  const isolation = createIsolation(level);
  const open = new Map<number, { readonly own: Footprint; readonly from: number }>();
  const committed: Past[] = [];
  let refused = 0;
  for (const [at, { transaction, does, table }] of all.entries()) {
    const found = open.get(transaction) ?? { own: isolation.enter(transaction), from: at };
    open.set(transaction, found);
    const { own, from } = found;
    const end = (isCommitted: boolean): void => {
      isolation.leave(own, isCommitted);
      open.delete(transaction);
      if (isCommitted) committed.push({ reads: new Set(own.reads), writes: new Set(own.writes), from, to: at });
    };
    if (does === 'commit' || does === 'rollback') end(does === 'commit');
    else {
      try {
        isolation.touch(own, does === 'read' ? [table] : [], does === 'write' ? [table] : []);
      } catch (error) {
        expect(error).toBeInstanceOf(SqlError);
        refused += 1;
        end(false);
      }
    }
  }
  return { committed, refused };
};

const meet = (one: ReadonlySet<string>, other: ReadonlySet<string>): boolean =>
  [...one].some((each) => other.has(each));
const areAtOnce = (one: Past, other: Past): boolean => one.from < other.to && other.from < one.to;

describe('isolation', () => {
  it('lets no two transactions at once commit that each read what the other wrote, when it is serializable', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { committed } = play('SERIALIZABLE', all);
        const circles = committed.flatMap((one, at) =>
          committed
            .slice(at + 1)
            .filter((other) => areAtOnce(one, other) && meet(one.reads, other.writes) && meet(other.reads, one.writes)),
        );
        expect(circles).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  it('refuses none that only read or only append, and none at all in a snapshot', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom('read', 'write'), (all, only) => {
        const plain = all.filter(({ does }) => does !== (only === 'read' ? 'write' : 'read'));
        expect(play('SERIALIZABLE', plain).refused).toBe(0);
        expect(play('SNAPSHOT', all).refused).toBe(0);
      }),
    );
  });

  it('refuses none that come one after another', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const alone = all.flatMap((step): readonly Step[] => [
          ...[step, { ...step, does: 'read' as const }, { ...step, does: 'commit' as const }],
        ]);
        expect(
          play(
            'SERIALIZABLE',
            alone.filter(({ transaction }) => transaction === 0),
          ).refused,
        ).toBe(0);
      }),
    );
  });

  it('names the table, both transactions and the process', () => {
    const isolation = createIsolation('SERIALIZABLE');
    const [one, other] = [isolation.enter(11), isolation.enter(12)];
    isolation.touch(one, ['s.a'], []);
    isolation.touch(other, ['s.b'], ['s.a']);
    expect(() => isolation.touch(one, [], ['s.b'])).toThrow(
      `1023\n  Detail: Serializable isolation violation on table - 100001, transactions forming the cycle are: ${one.id}, ${other.id} (pid:11)`,
    );
  });
});
