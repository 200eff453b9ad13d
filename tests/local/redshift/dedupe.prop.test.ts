import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { migrations } from '#functions/migrator/migrations.ts';
import schema from '#warehouse/migrations/schema.sql';
import { event, loadStatements } from './load.ts';
import { createTestLake, openRedshift, rowsOf, run } from './support.ts';

const lake = createTestLake();
const redshift = await openRedshift(lake);
await run(redshift, schema, ...migrations.map(({ sql }) => sql));
afterAll(async () => {
  await redshift.close();
  lake.remove();
});

const windowDays = 7;

interface Arrival {
  readonly id: string;
  /** Day of November on which it was received. */
  readonly day: number;
  /** Number of its envelope: of two received at once the lower one is the first. */
  readonly seq: number;
}

const arrival: fc.Arbitrary<Arrival> = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  day: fc.integer({ min: 1, max: 28 }),
  seq: fc.nat(3),
});

/** What the tables are to hold after these loads, one after another: the rule in words, without SQL. */
const loaded = (loads: readonly (readonly Arrival[])[]): { table: Arrival[]; counts: number[] } => {
  const table: Arrival[] = [];
  const counts = loads.map((rows) => {
    const days = rows.map(({ day }) => day);
    const [earliest, latest] = [Math.min(...days) - windowDays, Math.max(...days) + windowDays];
    const known = new Set(table.filter(({ day }) => day >= earliest && day <= latest).map(({ id }) => id));
    const first = rows.toSorted((one, other) => one.day - other.day || one.seq - other.seq);
    const fresh = first.filter(({ id }, at) => !known.has(id) && first.findIndex((each) => each.id === id) === at);
    table.push(...fresh);
    return fresh.length;
  });
  return { table, counts };
};

let runs = 0;

it('an event is loaded once within the window, and of a batch the first received, whatever else the batch and the table hold', async () => {
  const loads = fc.array(fc.array(arrival, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(loads, async (given) => {
      await run(redshift, 'DELETE FROM millrace.events', 'DELETE FROM millrace.loads');
      for (const rows of given) {
        const key = `landed/${++runs}.json.gz`;
        lake.lines(
          key,
          rows.map(({ id, day, seq }) =>
            event(id, 0, { received_at: new Date(Date.UTC(2026, 10, day)).toISOString(), seq }),
          ),
        );
        await run(redshift, ...loadStatements(lake, `load-${String(runs).padStart(6, '0')}`, [key]));
      }
      const { table, counts } = loaded(given);
      const rows = table.map(({ id, day, seq }) => [id, day, seq]);
      const found = await rowsOf(
        redshift,
        'SELECT event_id, CAST(EXTRACT(day FROM received_at) AS INTEGER), seq FROM millrace.events ORDER BY 1, 2, 3',
      );
      expect(found).toEqual(rows.toSorted(byColumns));
      expect(await rowsOf(redshift, 'SELECT rows_loaded FROM millrace.loads ORDER BY load_id')).toEqual(
        counts.map((count) => [count]),
      );
    }),
    { numRuns: 15 },
  );
}, 120_000);

const byColumns = (one: readonly (string | number)[], other: readonly (string | number)[]): number => {
  for (const [at, value] of one.entries()) {
    const against = other[at] ?? 0;
    if (value !== against) return value < against ? -1 : 1;
  }
  return 0;
};
