import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { migrations } from '#functions/migrator/migrations.ts';
import { views } from '#functions/migrator/views.ts';
import type { IsolationLevel } from '#local/redshift/isolation.ts';
import type { Redshift } from '#local/redshift/redshift.ts';
import schema from '#warehouse/migrations/schema.sql';
import { event, loadStatements } from './load.ts';
import { createTestLake, openRedshift, rowsOf, run, submit } from './support.ts';

const conflict = /^Query #\d+ failed with ERROR: 1023\n {2}Detail: Serializable isolation violation on table - \d+/;
const duplicates = 'SELECT COUNT(*), COUNT(DISTINCT event_id) FROM millrace.events';

describe.each<IsolationLevel>(['SNAPSHOT', 'SERIALIZABLE'])('loads at once, in %s isolation', (isolation) => {
  const lake = createTestLake();
  let redshift: Redshift;
  beforeAll(async () => {
    redshift = await openRedshift(lake, { isolation });
    await run(redshift, schema, ...[...migrations, ...views].map(({ sql }) => sql));
    await run(redshift, 'CREATE TABLE millrace.gate (a INTEGER)');
  });
  afterAll(async () => {
    await redshift.close();
    lake.remove();
  });

  it('load every event once and conflict with nobody, while reports are read', async () => {
    const keys = [0, 1, 2, 3].map((number) => {
      const key = `landed/${number}.json.gz`;
      lake.lines(key, [event('shared', 0), event(`own-${number}`, number)]);
      return key;
    });
    const loads = keys.map((key, at) => submit(redshift, loadStatements(lake, `load-${at}`, [key])));
    const report = ['SELECT COUNT(*) FROM millrace.report_events_per_minute', duplicates];
    const readers = [submit(redshift, report), submit(redshift, report)];
    await redshift.idle();
    expect([...loads, ...readers].map(({ error }) => error)).toEqual(Array(6).fill(undefined));
    expect(await rowsOf(redshift, duplicates)).toEqual([[5, 5]]);
  });

  it('would load twice or conflict without their LOCK', async () => {
    lake.lines('landed/8.json.gz', [event('unlocked', 8)]);
    lake.lines('landed/9.json.gz', [event('unlocked', 8)]);
    const holder = submit(redshift, ['LOCK millrace.gate', endless]);
    // Both have taken their snapshot when they wait at the gate; the LOCK, their first statement, is left out.
    const loads = ['landed/8.json.gz', 'landed/9.json.gz'].map((key) => {
      const [, ...unlocked] = loadStatements(lake, key, [key]);
      return submit(redshift, [duplicates, 'SELECT COUNT(*) FROM millrace.gate', ...unlocked]);
    });
    while (loads.some(({ parts }) => parts[1]?.status !== 'STARTED')) await new Promise((done) => setImmediate(done));
    redshift.api.cancel(holder.id);
    await redshift.idle();
    const errors = loads.flatMap(({ error }) => (error === undefined ? [] : [error]));
    expect(errors).toEqual(isolation === 'SERIALIZABLE' ? [expect.stringMatching(conflict)] : []);
    const rows = await rowsOf(redshift, "SELECT COUNT(*) FROM millrace.events WHERE event_id = 'unlocked'");
    expect(rows).toEqual([[isolation === 'SERIALIZABLE' ? 1 : 2]]);
  });
});

const endless =
  'WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100000000) SELECT MAX(i) FROM c';
