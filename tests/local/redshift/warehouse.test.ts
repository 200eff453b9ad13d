import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toLedgerLookup, toLoadError, transactionLength } from '#functions/loader/statements.ts';
import { toCreateRole, toCreateUser, toGrants } from '#functions/migrator/grants.ts';
import { migrations, toRecord } from '#functions/migrator/migrations.ts';
import { dropViews, views } from '#functions/migrator/views.ts';
import type { Redshift } from '#local/redshift/redshift.ts';
import applied from '#warehouse/migrations/applied.sql';
import ledger from '#warehouse/migrations/ledger.sql';
import lock from '#warehouse/migrations/lock.sql';
import schema from '#warehouse/migrations/schema.sql';
import { batch, event, loadStatements, rejected } from './load.ts';
import { createTestLake, openRedshift, rowsOf, run, submit, transact } from './support.ts';

/** What the migrator has run on a warehouse that is up to date. */
const schemaStatements = [schema, ledger, ...[...migrations, ...views].map(({ sql }) => sql)];

const lake = createTestLake();
let redshift: Redshift;
beforeAll(async () => {
  redshift = await openRedshift(lake);
  await run(redshift, ...schemaStatements);
});
afterAll(async () => {
  await redshift.close();
  lake.remove();
});

const order = (id: string, seconds: number, total: unknown, more: object = {}) =>
  event(id, seconds, { event_name: 'order_completed', properties: { order_id: id, total, currency: 'EUR' }, ...more });

describe('the statements of warehouse/', () => {
  it('make the schema again without a change, and grant', async () => {
    await run(redshift, ...schemaStatements.filter((sql) => !sql.includes('ALTER TABLE')));
    await run(redshift, toCreateUser('IAMR:loader'), toCreateUser('IAMR:reconciler'), toCreateRole('reporting'));
    await run(
      redshift,
      ...toGrants({
        loaderUser: 'IAMR:loader',
        reconcilerUser: 'IAMR:reconciler',
        reportingRole: 'reporting',
        database: 'millrace',
      }),
    );
    await run(redshift, dropViews, ...views.map(({ sql }) => sql));
  });

  it('record migrations under a lock', async () => {
    await transact(redshift, lock, toRecord(migrations));
    const rows = await rowsOf(redshift, applied);
    expect(rows.map(([number, name]) => [number, name])).toEqual(migrations.map(({ number, name }) => [number, name]));
  });

  it('load landed objects once: events, rejections, batches and the ledger', async () => {
    lake.lines('landed/1.json.gz', [
      batch(0, 5),
      event('a', 0, { campaign_source: 'google' }),
      event('a', 1),
      order('b', 30, '19.99'),
      order('c', 70, 5),
      rejected('r', 40),
    ]);
    lake.lines('landed/2.json.gz', [
      batch(2, 2),
      order('b', 31, '19.99', { event_id: 'b2' }),
      event('refund', 90, { event_name: 'order_refunded', properties: { total: '4.99', currency: 'EUR' } }),
    ]);
    const load = await run(redshift, ...loadStatements(lake, 'load-1', ['landed/1.json.gz', 'landed/2.json.gz']));
    expect(load.parts.at(-1)?.result?.rows).toEqual([[9n, 5n, 1n, 1n, 0n]]);
    expect(load.parts.map((part) => part.status)).toEqual(Array(transactionLength).fill('FINISHED'));
  });

  it('load the same rows again under another key: none is new', async () => {
    lake.lines('landed/3.json.gz', [event('a', 0), order('c', 70, 5), rejected('r', 40), batch(0, 5)]);
    const load = await run(redshift, ...loadStatements(lake, 'load-2', ['landed/3.json.gz']));
    expect(load.parts.at(-1)?.result?.rows).toEqual([[4n, 0n, 3n, 0n, 0n]]);
    expect(await rowsOf(redshift, 'SELECT COUNT(*), COUNT(DISTINCT event_id) FROM millrace.events')).toEqual([[5, 5]]);
  });

  it('answer the reports with the right numbers', async () => {
    expect(await rowsOf(redshift, 'SELECT * FROM millrace.report_events_per_minute ORDER BY 1, 2')).toEqual([
      ['2026-11-22 10:00:00', 'order_completed', 'web', 2],
      ['2026-11-22 10:00:00', 'page_viewed', 'web', 1],
      ['2026-11-22 10:01:00', 'order_completed', 'web', 1],
      ['2026-11-22 10:01:00', 'order_refunded', 'web', 1],
    ]);
    expect(
      await rowsOf(
        redshift,
        'SELECT minute, source, currency, orders, refunds, gross, refunded, net FROM millrace.report_revenue_by_source ORDER BY minute',
      ),
    ).toEqual([
      ['2026-11-22 10:00:00', 'google', 'EUR', 1, 0, '19.9900', '0.0000', '19.9900'],
      ['2026-11-22 10:01:00', 'google', 'EUR', 1, 1, '5.0000', '4.9900', '0.0100'],
    ]);
    expect(await rowsOf(redshift, 'SELECT * FROM millrace.report_quality')).toEqual([
      ['2026-11-22 10:00:00', 'contract', 'web', 1],
    ]);
    expect(
      await rowsOf(redshift, 'SELECT envelopes, events, missing_envelopes FROM millrace.report_completeness'),
    ).toEqual([[2, 7, 1]]);
    expect(
      await rowsOf(
        redshift,
        'SELECT loaded_to, loads, objects, events, duplicates, rejected FROM millrace.report_freshness',
      ),
    ).toEqual([['2026-11-22 10:01:30', 2, 3, 5, 4, 1]]);
    for (const [view] of await rowsOf(redshift, "SELECT table_name FROM svv_tables WHERE table_type = 'VIEW'")) {
      expect(await redshift.query(`SELECT * FROM millrace.${view} LIMIT 1`)).toBeInstanceOf(Array);
    }
  });

  it('look objects up in the ledger, and write a refusal down', async () => {
    const of = (key: string) => ({
      bucket: 'lake',
      key,
      etag: lake.fileOf('lake', key)?.etag ?? '',
      bytes: 1,
      messageIds: [],
    });
    lake.lines('landed/new.json.gz', []);
    const found = await rowsOf(redshift, toLedgerLookup([of('landed/1.json.gz'), of('landed/new.json.gz')]));
    expect(found).toEqual([[`landed/1.json.gz ${of('landed/1.json.gz').etag}`]]);
    await run(
      redshift,
      toLoadError(of("landed/it's.gz"), 'l', { line: 3, column: 'source', code: 1204, message: "it's" }),
    );
    expect(await rowsOf(redshift, 'SELECT object_key, line_number, code, message FROM millrace.load_errors')).toEqual([
      ["landed/it's.gz", 3, 1204, "it's"],
    ]);
  });

  it('refuse a load of an object that is in the ledger', async () => {
    const failed = await transact(redshift, ...loadStatements(lake, 'load-3', ['landed/3.json.gz']));
    expect(failed).toMatchObject({
      status: 'FAILED',
      error: 'Query #2 failed with ERROR: invalid input syntax for integer: "landed/3.json.gz"',
    });
    expect(failed.parts.map((part) => part.status)).toEqual([
      'FINISHED',
      'FAILED',
      ...Array(transactionLength - 2).fill('ABORTED'),
    ]);
  });

  it('let one of two loads of the same objects win, whatever their order', async () => {
    lake.lines('landed/4.json.gz', [event('raced', 100)]);
    const [one, two] = ['race-1', 'race-2'].map((id) =>
      submit(redshift, loadStatements(lake, id, ['landed/4.json.gz'])),
    );
    await redshift.idle();
    expect([one?.status, two?.status]).toEqual(['FINISHED', 'FAILED']);
    expect(two?.error).toContain('invalid input syntax for integer: "landed/4.json.gz"');
    expect(
      await rowsOf(redshift, "SELECT load_id FROM millrace.loaded_objects WHERE object_key = 'landed/4.json.gz'"),
    ).toEqual([['race-1']]);
    expect(await rowsOf(redshift, "SELECT COUNT(*) FROM millrace.events WHERE event_id = 'raced'")).toEqual([[1]]);
  });

  it('leave no trace of a load that fails in the middle, and let the next one through', async () => {
    lake.lines('landed/5.json.gz', [event('good', 200), { ...event('bad', 201), source: 'x'.repeat(65) }]);
    const failed = await transact(redshift, ...loadStatements(lake, 'load-5', ['landed/5.json.gz']));
    expect(failed.error).toContain("Query #4 failed with ERROR: Load into table 'staging' failed.");
    expect(
      await rowsOf(
        redshift,
        "SELECT line_number, TRIM(column_name), error_code FROM sys_load_error_detail WHERE TRIM(file_name) = 's3://lake/landed/5.json.gz'",
      ),
    ).toEqual([[2, 'source', 1204]]);
    expect(await rowsOf(redshift, "SELECT COUNT(*) FROM millrace.events WHERE event_id = 'good'")).toEqual([[0]]);
    lake.lines('landed/6.json.gz', [event('good', 200)]);
    const next = await run(redshift, ...loadStatements(lake, 'load-6', ['landed/6.json.gz']));
    expect(next.parts.at(-1)?.result?.rows).toEqual([[1n, 1n, 0n, 0n, -200n]]);
  });
});
