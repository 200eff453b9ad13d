import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toErrorLookup, toLoadError } from '#functions/loader/statements.ts';
import { migrations } from '#functions/migrator/migrations.ts';
import type { Redshift } from '#local/redshift/redshift.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';
import schema from '#warehouse/migrations/schema.sql';
import { event, loadStatements } from './load.ts';
import { createTestLake, openRedshift, rowsOf, run, transact } from './support.ts';

const lake = createTestLake();
let redshift: Redshift;
beforeAll(async () => {
  redshift = await openRedshift(lake, { clock: createVirtualClock(Date.UTC(2026, 10, 22, 10, 0, 0, 900)) });
  await run(redshift, schema, ...migrations.map(({ sql }) => sql));
});
afterAll(async () => {
  await redshift.close();
  lake.remove();
});

const object = (key: string) => ({ bucket: 'lake', key, etag: 'e', bytes: 1, messageIds: [] });
const sinceEver = '2000-01-01 00:00:00.000';

describe('what the loader asks and writes of refused objects', () => {
  it('names the object that a COPY refused, with line and column, and none that is good or was refused earlier', async () => {
    const [bad, good] = [`landed/${'x'.repeat(260)}.gz`, "landed/it's good.gz"];
    lake.lines(good, [event('good', 0)]);
    lake.lines(bad, [event('a', 0), { ...event('b', 1), source: 'x'.repeat(65) }]);
    expect((await transact(redshift, ...loadStatements(lake, 'l', [good, bad]))).status).toBe('FAILED');
    const found = await rowsOf(redshift, toErrorLookup([object(good), object(bad)], sinceEver));
    expect(found.map((row) => row.slice(0, 4))).toEqual([[`s3://lake/${bad}`.slice(0, 256), 2, 'source', 1204]]);
    expect(await rowsOf(redshift, toErrorLookup([object(good)], sinceEver))).toEqual([]);
    expect(await rowsOf(redshift, toErrorLookup([object(bad)], '2100-01-01 00:00:00.000'))).toEqual([]);
  });

  it('is one row for each reason, however often an object is refused', async () => {
    const detail = { line: 3, column: 'source', code: 1204, message: "it's too long" };
    const unknown = { line: undefined, column: undefined, code: undefined, message: 'no file' };
    const refusals = [detail, detail, { ...detail, line: 4 }, unknown, unknown];
    for (const [at, each] of refusals.entries())
      await run(redshift, toLoadError(object('landed/refused'), `load-${at}`, each));
    const sql = 'SELECT load_id, line_number, column_name, code, message FROM millrace.load_errors ORDER BY load_id';
    expect(await rowsOf(redshift, sql)).toEqual([
      ['load-0', 3, 'source', 1204, "it's too long"],
      ['load-2', 4, 'source', 1204, "it's too long"],
      ['load-3', null, null, null, 'no file'],
    ]);
  });
});

describe('the row of a load', () => {
  it("says by the warehouse's clock, in whole seconds, when its transaction began and ended", async () => {
    lake.lines('landed/timed.gz', [event('timed', 0)]);
    await run(redshift, ...loadStatements(lake, 'timed', ['landed/timed.gz']));
    const sql = "SELECT started_at, finished_at FROM millrace.loads WHERE load_id = 'timed'";
    expect(await rowsOf(redshift, sql)).toEqual([['2026-11-22 10:00:00', '2026-11-22 10:00:00']]);
  });
});
