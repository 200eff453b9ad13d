import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createTestLake, openRedshift, role, rowsOf, run, transact } from './support.ts';

it('goes on with its query ids after a restart, so that load errors of two runs are told apart', async () => {
  const lake = createTestLake();
  const databaseFile = join(lake.folder, 'warehouse.duckdb');
  lake.lines('bad', ['{"id":"x"}']);
  const copy = `COPY t FROM '${lake.manifest(['bad'])}' IAM_ROLE '${role}' FORMAT JSON 'auto' GZIP MANIFEST`;
  const ids: unknown[][] = [];
  for (const sql of ['CREATE TABLE t (id INTEGER)', 'SELECT COUNT(*) FROM t']) {
    const redshift = await openRedshift(lake, { databaseFile });
    await run(redshift, sql);
    expect((await transact(redshift, copy)).status).toBe('FAILED');
    ids.push(...(await rowsOf(redshift, 'SELECT COUNT(*), COUNT(DISTINCT query_id) FROM sys_load_error_detail')));
    await redshift.close();
  }
  lake.remove();
  expect(ids).toEqual([
    [1, 1],
    [2, 2],
  ]);
});
