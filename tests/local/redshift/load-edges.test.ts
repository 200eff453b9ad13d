import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ended, Row, Warehouse } from '#aws/redshift.ts';
import { loadObjects } from '#functions/loader/load.ts';
import { planLoad } from '#functions/loader/plan.ts';
import type { LoadDeps } from '#functions/loader/work.ts';
import { migrations } from '#functions/migrator/migrations.ts';
import type { Redshift } from '#local/redshift/redshift.ts';
import { quietLog, quietMeter } from '#tests/functions/support.ts';
import ledger from '#warehouse/migrations/ledger.sql';
import schema from '#warehouse/migrations/schema.sql';
import { batch, event, loadStatements } from './load.ts';
import { createTestLake, openRedshift, role, rowsOf, run, transact } from './support.ts';

const lake = createTestLake();
let redshift: Redshift;
beforeAll(async () => {
  const databaseFile = join(lake.folder, 'warehouse.duckdb');
  redshift = await openRedshift(lake, { databaseFile, memoryLimit: '512MB' });
  await run(redshift, schema, ledger, ...migrations.map(({ sql }) => sql));
});
afterAll(async () => {
  await redshift.close();
  lake.remove();
});

const config = {
  lakeBucket: 'lake',
  workgroup: 'millrace',
  cluster: undefined,
  database: 'millrace',
  secretArn: undefined,
  copyRoleArn: role,
  dedupeDays: 7,
};

/** The Data API's answers without its wire; counts of a load are not asked for here. */
const createWarehouse = (): Warehouse => {
  const finish = async (sqls: readonly string[]): Promise<Ended> => {
    const { id, status, error = '' } = await transact(redshift, ...sqls);
    return status === 'FINISHED' ? { id, status } : { id, status: 'FAILED', error };
  };
  const query = async (sql: string): Promise<Row[]> =>
    (await rowsOf(redshift, sql)).map((row) => row.map((value) => String(value)));
  return { transact: finish, execute: (sql) => finish([sql]), results: async () => [], query };
};

const ledgerOf = (key: string) =>
  rowsOf(redshift, `SELECT etag, load_id FROM millrace.loaded_objects WHERE object_key = '${key}' ORDER BY load_id`);

describe('the load at its edges', () => {
  it('takes a batch of empty objects into the ledger, and no row, without COPY', async () => {
    const empty = { bucket: 'lake', key: 'landed/empty', etag: 'none', bytes: 0, messageIds: [] };
    const { loadId, statements } = planLoad(config, [empty]);
    const load = await run(redshift, ...statements);
    expect(load.parts.at(-1)?.result?.rows.map((row) => row.slice(0, 4))).toEqual([[0n, 0n, 0n, 0n]]);
    expect(await ledgerOf('landed/empty')).toEqual([['none', loadId]]);
    expect((await transact(redshift, ...statements)).error).toContain('landed/empty');
  });

  it('writes down an object that is gone, and loads the others of its batch', async () => {
    lake.lines('landed/there', [event('there', 0)]);
    const objects = ['landed/gone', 'landed/there'].map((key) => ({
      ...{ bucket: 'lake', key, bytes: 10, messageIds: [key] },
      etag: lake.fileOf('lake', key)?.etag ?? 'gone',
    }));
    const deps: LoadDeps = {
      config,
      bucket: {
        putJson: async (key, value) => lake.put(key, JSON.stringify(value)),
        has: async (key) => lake.fileOf('lake', key) !== undefined,
      },
      warehouse: createWarehouse(),
      clock: () => 0,
      pause: async () => false,
      logger: quietLog,
      metrics: quietMeter,
    };
    expect(await loadObjects(deps, objects, 1000)).toEqual([]);
    expect(await loadObjects(deps, objects, 1000)).toEqual([]);
    expect(await rowsOf(redshift, 'SELECT object_key, message FROM millrace.load_errors')).toEqual([
      ['landed/gone', 'the object was deleted before it was loaded'],
    ]);
    expect(await ledgerOf('landed/there')).toHaveLength(1);
    expect(await ledgerOf('landed/gone')).toEqual([]);
  });

  it('loads what stands under a key now for an older notification too; the newer one brings nothing twice', async () => {
    const key = 'landed/replaced';
    lake.lines(key, [batch(0, 2), event('kept', 0), event('lost', 1)]);
    const first = loadStatements(lake, 'load-1', [key]);
    lake.lines(key, [batch(0, 2), event('kept', 0), event('new', 2)]);
    const second = loadStatements(lake, 'load-2', [key]);
    await run(redshift, ...first);
    await run(redshift, ...second);
    const names = (await ledgerOf(key)).map(([, loadId]) => loadId);
    expect(names).toEqual(['load-1', 'load-2']);
    expect(new Set((await ledgerOf(key)).map(([etag]) => etag)).size).toBe(2);
    expect(
      await rowsOf(redshift, "SELECT event_id FROM millrace.events WHERE load_id IN ('load-1', 'load-2') ORDER BY 1"),
    ).toEqual([['kept'], ['new']]);
    expect(await rowsOf(redshift, 'SELECT COUNT(*) FROM millrace.batches')).toEqual([[1]]);
  });

  it('copies a thousand objects in one transaction within the memory that the laptop gives it', async () => {
    const keys = Array.from({ length: 1000 }, (_, at) => `landed/thousand/${at}.json.gz`);
    for (const [at, key] of keys.entries()) lake.lines(key, [event(`thousand-${at}`, at % 60)]);
    const load = await run(redshift, ...loadStatements(lake, 'load-thousand', keys));
    expect(load.parts.at(-1)?.result?.rows.map((row) => row.slice(0, 2))).toEqual([[1000n, 1000n]]);
  });

  it('names the file and the line of a row that it refuses behind the first files', async () => {
    const keys = Array.from({ length: 120 }, (_, at) => `landed/many/${at}.json.gz`);
    for (const [at, key] of keys.entries()) {
      const bad = at === 77 ? [{ ...event('long', 0), source: 'x'.repeat(65) }] : [];
      lake.lines(key, [event(`many-${at}`, 0), ...bad]);
    }
    const load = await transact(redshift, ...loadStatements(lake, 'load-many', keys));
    expect(load.error).toContain('sys_load_error_detail');
    const told = await rowsOf(redshift, 'SELECT TRIM(file_name), line_number FROM sys_load_error_detail');
    expect(told).toEqual([['s3://lake/landed/many/77.json.gz', 2]]);
    expect(await rowsOf(redshift, "SELECT 1 FROM millrace.events WHERE event_id LIKE 'many-%'")).toEqual([]);
  });
});
