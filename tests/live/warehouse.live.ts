// What Redshift alone can confirm of the SQL that Millrace rests on: see the last list of docs/fidelity.md. Works in a schema of
// its own and under manifests/checks/ of the lake (COPY's role may read there, and no load begins there), and removes both.
//
//   MILLRACE_STACK=millrace-staging npm run test:live -- tests/live/warehouse.live.ts
import { readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { DeleteObjectsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OpenStack } from '#cli/stack/open.ts';
import { describeLive, openLive, openWarehouse, runId } from './support.ts';

const schema = `millrace_check_${runId}`;
const folder = `manifests/checks/${runId}`;

describeLive('the warehouse', () => {
  let stack: OpenStack;
  let warehouse: ReturnType<typeof openWarehouse>;
  let lake: S3Client;
  let copyRole = '';
  const keys: string[] = [];
  beforeAll(async () => {
    stack = await openLive();
    warehouse = openWarehouse(stack);
    // In the path: a laptop has no sub-domains.
    lake = new S3Client({ region: stack.region, forcePathStyle: true });
    copyRole = (await stack.account.stacks.find(stack.name))?.outputs.CopyRoleArn ?? '';
    expect(await warehouse.execute(`CREATE SCHEMA ${schema}`)).toMatchObject({ status: 'FINISHED' });
  });
  afterAll(async () => {
    await warehouse.execute(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    if (keys.length > 0)
      await lake.send(
        new DeleteObjectsCommand({ Bucket: stack.names.bucket, Delete: { Objects: keys.map((Key) => ({ Key })) } }),
      );
  });

  const run = async (sql: string): Promise<void> => {
    expect(await warehouse.execute(sql)).toMatchObject({ status: 'FINISHED' });
  };
  const put = async (name: string, body: Buffer | string): Promise<string> => {
    const key = `${folder}/${name}`;
    keys.push(key);
    await lake.send(new PutObjectCommand({ Bucket: stack.names.bucket, Key: key, Body: body }));
    return `s3://${stack.names.bucket}/${key}`;
  };
  /** COPY as warehouse/load/4-copy.sql has it, of one object with these rows. */
  const copy = async (table: string, rows: readonly unknown[]) => {
    const object = await put(`${table}.json.gz`, gzipSync(rows.map((row) => `${JSON.stringify(row)}\n`).join('')));
    const manifest = await put(`${table}.manifest`, JSON.stringify({ entries: [{ url: object, mandatory: true }] }));
    const ended = await warehouse.execute(
      `COPY ${schema}.${table} FROM '${manifest}' IAM_ROLE '${copyRole}' FORMAT JSON 'auto' GZIP MANIFEST TIMEFORMAT 'auto' COMPUPDATE OFF STATUPDATE OFF`,
    );
    return { object, ended };
  };

  it('casts texts and numbers inside SUPER to DECIMAL exactly, and what is no number to NULL', async () => {
    await run(`CREATE TABLE ${schema}.casts (id INTEGER, properties SUPER)`);
    await run(
      `INSERT INTO ${schema}.casts SELECT 1, JSON_PARSE('{"total":"129.9000","big":"12345678901234.5678","number":0.1,"word":"many","nothing":null,"deep":{"total":"7.5"}}')`,
    );
    const money = (path: string): string => `CAST(properties.${path} AS DECIMAL(18, 4))`;
    const [row = []] = await warehouse.query(
      `SELECT ${['total', 'big', 'number', 'word', 'nothing', 'absent', 'deep.total'].map(money).join(', ')} FROM ${schema}.casts`,
    );
    expect(row.map((value) => (value === null ? null : String(value)))).toEqual([
      ...['129.9000', '12345678901234.5678', '0.1000', null, null, null, '7.5000'],
    ]);
  });

  it('copies gzipped JSON lines by a manifest: times with milliseconds, SUPER, every character', async () => {
    await run(
      `CREATE TABLE ${schema}.good (event_id VARCHAR(64), event_time TIMESTAMP, is_bot BOOLEAN, seq BIGINT, properties SUPER)`,
    );
    const { ended } = await copy('good', [
      {
        event_id: 'é😀"\\',
        event_time: '2026-11-23 10:00:00.123',
        is_bot: false,
        seq: 42,
        properties: { a: [1, { b: null }] },
        not_a_column: 1,
      },
      { event_id: 'bare' },
    ]);
    expect(ended).toMatchObject({ status: 'FINISHED' });
    const rows = await warehouse.query(
      `SELECT event_id, event_time, is_bot, JSON_SERIALIZE(properties) FROM ${schema}.good ORDER BY event_time`,
    );
    expect(rows).toEqual([
      ['é😀"\\', expect.stringMatching(/^2026-11-23 10:00:00\.123/), false, '{"a":[1,{"b":null}]}'],
      ['bare', null, null, null],
    ]);
  });

  it('blames rows by naming the table of load errors, which has the whole address of the object', async () => {
    await run(`CREATE TABLE ${schema}.bad (event_id VARCHAR(4), seq BIGINT)`);
    const { object, ended } = await copy('bad', [
      { event_id: 'ok', seq: 1 },
      { event_id: 'ok', seq: 'many' },
    ]);
    expect(ended.status).toBe('FAILED');
    expect('error' in ended ? ended.error : '').toMatch(/load_error/i);
    const rows = await warehouse.query(
      `SELECT line_number, TRIM(column_name) FROM sys_load_error_detail WHERE TRIM(file_name) = '${object}' ORDER BY start_time DESC LIMIT 1`,
    );
    expect(rows.map(([line, column]) => [Number(line), column])).toEqual([[2, 'seq']]);
    expect(await warehouse.query(`SELECT COUNT(*) FROM ${schema}.bad`)).toEqual([[0]]);
  });

  it('counts a VARCHAR in bytes', async () => {
    await run(`CREATE TABLE ${schema}.bytes (event_id VARCHAR(4))`);
    expect((await copy('bytes', [{ event_id: 'ééé' }])).ended.status).toBe('FAILED');
  });

  it('lets batches take turns at LOCK, and takes the snapshot of each after it', async () => {
    await run(`CREATE TABLE ${schema}.gate (id INTEGER)`);
    await run(`CREATE TABLE ${schema}.once (id INTEGER)`);
    const batch = [
      `LOCK ${schema}.gate`,
      `INSERT INTO ${schema}.once SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM ${schema}.once)`,
      `SELECT COUNT(*) FROM ${schema}.once`,
    ];
    const ended = await Promise.all([1, 2, 3, 4, 5].map(() => warehouse.transact(batch)));
    expect(ended.map(({ status }) => status)).toEqual(Array(5).fill('FINISHED'));
    expect(await warehouse.query(`SELECT COUNT(*) FROM ${schema}.once`)).toEqual([[1]]);
  });

  it('rolls a batch back whole when one statement of it fails', async () => {
    await run(`CREATE TABLE ${schema}.whole (id INTEGER)`);
    const ended = await warehouse.transact([
      `INSERT INTO ${schema}.whole VALUES (1)`,
      `SELECT CAST('many' AS INTEGER)`,
    ]);
    expect(ended).toMatchObject({ status: 'FAILED', statement: 2 });
    expect(await warehouse.query(`SELECT COUNT(*) FROM ${schema}.whole`)).toEqual([[0]]);
  });

  const views = readdirSync(new URL('../../warehouse/views/', import.meta.url)).map((file) => file.replace('.sql', ''));
  it.each(views)('answers for %s', async (view) => {
    expect(await warehouse.query(`SELECT COUNT(*) FROM millrace.${view}`)).toHaveLength(1);
  });
});
