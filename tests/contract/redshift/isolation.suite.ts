import { CancelStatementCommand } from '@aws-sdk/client-redshift-data';
import { beforeAll, describe, expect, it } from 'vitest';
import { ended, endless, type Place, type PlaceOf, prepare, query, reached, submit } from './place.ts';

/** What transactions at the same time see of each other. */
export const isolationRules = (placeOf: PlaceOf): void => {
  let place: Place;
  let isSerializable: boolean;
  const name = (table: string): string => `${place.schema}.isolation_${table}`;
  beforeAll(async () => {
    place = placeOf();
    const tables = ['gate', 'a', 'b', 'once', 'appended'].map((table) => `CREATE TABLE ${name(table)} (id INTEGER)`);
    await prepare(place, ...tables);
    const [[level] = []] = await query(
      place,
      `SELECT TRIM(isolation_level) FROM stv_db_isolation_level WHERE TRIM(db_name) = '${place.target.Database}'`,
    );
    isSerializable = level === 'Serializable';
    expect(['Serializable', 'Snapshot Isolation']).toContain(level);
  });

  /** Runs transactions that all take their snapshot with `read` before any of them goes on to `write`. */
  const together = async (transactions: readonly { readonly read: string; readonly write: string }[]) => {
    const holder = await submit(place, [`LOCK ${name('gate')}`, endless]);
    await reached(place, holder, 1, 'STARTED');
    const waiting = await Promise.all(
      transactions.map(({ read, write }) => submit(place, [read, `SELECT COUNT(*) FROM ${name('gate')}`, write])),
    );
    for (const id of waiting) await reached(place, id, 1, 'STARTED');
    await place.client.send(new CancelStatementCommand({ Id: holder }));
    return Promise.all(waiting.map((id) => ended(place, id)));
  };

  describe('transactions ("Isolation levels in Amazon Redshift", "LOCK", Amazon Redshift Database Developer Guide)', () => {
    it('that each read what the other writes conflict when isolation is serializable, and only then', async () => {
      const [a, b] = [name('a'), name('b')];
      const both = await together([
        { read: `SELECT COUNT(*) FROM ${a}`, write: `INSERT INTO ${b} VALUES (1)` },
        { read: `SELECT COUNT(*) FROM ${b}`, write: `INSERT INTO ${a} VALUES (1)` },
      ]);
      const errors = both.flatMap(({ Error: error }) => (error === undefined ? [] : [error]));
      expect(errors.length).toBe(isSerializable ? 1 : 0);
      for (const error of errors)
        expect(error).toMatch(
          /ERROR: 1023\s+Detail: Serializable isolation violation on table - \d+, transactions forming the cycle are: \d+, \d+ \(pid:\d+\)/i,
        );
    });

    it('that insert what is not there yet both do it in snapshot isolation, and one fails in serializable', async () => {
      const once = name('once');
      const transaction = {
        read: `SELECT COUNT(*) FROM ${once}`,
        write: `INSERT INTO ${once} SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM ${once})`,
      };
      const both = await together([transaction, transaction]);
      const statuses = both.map(({ Status }) => Status).sort();
      expect(statuses).toEqual(isSerializable ? ['FAILED', 'FINISHED'] : ['FINISHED', 'FINISHED']);
      expect(await query(place, `SELECT COUNT(*) FROM ${once}`)).toEqual([[isSerializable ? 1 : 2]]);
    });

    it('that only append to a table take turns, and both succeed', async () => {
      const append = { read: 'SELECT 1', write: `INSERT INTO ${name('appended')} VALUES (1)` };
      const both = await together([append, append]);
      expect(both.map(({ Status }) => Status)).toEqual(['FINISHED', 'FINISHED']);
      expect(await query(place, `SELECT COUNT(*) FROM ${name('appended')}`)).toEqual([[2]]);
    });

    it('that LOCK first take turns, and each sees what the one before it wrote', async () => {
      const [gate, once] = [name('gate'), name('appended')];
      const sqls = [
        `LOCK ${gate}`,
        `INSERT INTO ${once} SELECT 9 WHERE NOT EXISTS (SELECT 1 FROM ${once} WHERE id = 9)`,
      ];
      const ids = await Promise.all([1, 2, 3].map(() => submit(place, sqls)));
      const all = await Promise.all(ids.map((id) => ended(place, id)));
      expect(all.map(({ Status }) => Status)).toEqual(['FINISHED', 'FINISHED', 'FINISHED']);
      expect(await query(place, `SELECT COUNT(*) FROM ${once} WHERE id = 9`)).toEqual([[1]]);
    });

    it('are not seen before they commit, and keep no reader waiting', async () => {
      const writer = await submit(place, [`INSERT INTO ${name('a')} VALUES (77)`, endless]);
      await reached(place, writer, 1, 'STARTED');
      expect(await query(place, `SELECT COUNT(*) FROM ${name('a')} WHERE id = 77`)).toEqual([[0]]);
      await place.client.send(new CancelStatementCommand({ Id: writer }));
      expect((await ended(place, writer)).Status).toBe('ABORTED');
      expect(await query(place, `SELECT COUNT(*) FROM ${name('a')} WHERE id = 77`)).toEqual([[0]]);
    });
  });
};
