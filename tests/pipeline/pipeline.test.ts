import { gzipSync } from 'node:zlib';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, type Laptop, newFolder, run, startLaptop, stopLaptops } from './laptop.ts';

const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
let laptop: Laptop;
beforeAll(async () => {
  laptop = await startLaptop(newFolder());
});
afterAll(stopLaptops);

const count = async (sql: string): Promise<number> => Number((await laptop.query(sql))[0]?.n);
const countOf = (table: string, id: string): Promise<number> =>
  count(`SELECT COUNT(*) AS n FROM millrace.${table} WHERE event_id LIKE '${id}%'`);

describe('the laptop', () => {
  it('brings an event from HTTP into the revenue report', async () => {
    const order = {
      event_name: 'order_completed',
      anonymous_id: 'visitor-1',
      context: { campaign: { source: 'newsletter' } },
      properties: { order_id: 'o-1', total: '129.90', currency: 'USD' },
    };
    expect(await laptop.send(JSON.stringify(order))).toEqual({ status: 202, body: { accepted: 1, rejected: [] } });
    const sql =
      "SELECT source, currency, orders, gross, net FROM millrace.report_revenue_by_source WHERE source = 'newsletter'";
    const rows = await eventually(
      () => laptop.query(sql),
      (found) => found.length > 0,
    );
    expect(rows).toEqual([{ source: 'newsletter', currency: 'USD', orders: 1, gross: '129.9000', net: '129.9000' }]);
  });

  it('takes 10,000 events with duplicates, late, malformed and refused ones and finds each where it belongs', async () => {
    const flags = [
      '--rate',
      '2000',
      '--count',
      '10000',
      '--seed',
      '42',
      '--duplicates',
      '5',
      '--late',
      '5',
      '--malformed',
      '3',
      '--refused',
      '1',
    ];
    const { code, output } = await run('cli/millrace.ts', ['simulate', '--json', '--url', laptop.url, ...flags]);
    expect(output).toContain('{');
    const result = JSON.parse(output);
    expect(result, output).toMatchObject({ ok: true });
    expect(code).toBe(0);
  });

  it('rejects junk put straight onto the stream, each as a row with its bytes, and loads its neighbours', async () => {
    const firehose = new FirehoseClient({
      endpoint: laptop.awsUrl,
      region: 'us-east-1',
      credentials,
    });
    const records = [
      '{"event_id":"junk-1","event_name":"JOIN"}',
      'no json',
      '',
      '{"event_id":"junk-2","event_name":"LEAVE"}',
      Buffer.from([0xff, 0xfe]),
    ];
    await firehose.send(
      new PutRecordBatchCommand({
        DeliveryStreamName: 'millrace-local',
        Records: records.map((Data) => ({ Data: Buffer.from(Data) })),
      }),
    );
    expect(
      await eventually(
        () => countOf('events', 'junk-'),
        (n) => n === 2,
      ),
    ).toBe(2);
    const rejected = await laptop.query(
      'SELECT reason, original, original_encoding FROM millrace.rejected_events WHERE producer IS NULL ORDER BY reason',
    );
    expect(rejected).toEqual([
      { reason: 'empty', original: '""', original_encoding: 'text' },
      { reason: 'not_json', original: '"no json"', original_encoding: 'text' },
      { reason: 'not_utf8', original: '["//4="]', original_encoding: 'base64' },
    ]);
  });

  it('loads an event once however often it is sent', async () => {
    for (let at = 0; at < 3; at++)
      await laptop.send('[{"event_id":"twice-1","event_name":"a"},{"event_id":"twice-1","event_name":"a"}]');
    expect(
      await eventually(
        () => countOf('events', 'twice-'),
        (n) => n > 0,
      ),
    ).toBe(1);
    const staged = 'SELECT COALESCE(SUM(rows_duplicate), 0) AS n FROM millrace.loads';
    expect(
      await eventually(
        () => count(staged),
        (n) => n >= 5,
      ),
    ).toBeGreaterThanOrEqual(5);
    expect(await countOf('events', 'twice-')).toBe(1);
  });

  it.each([
    ['no key', '{"event_name":"a"}', { 'x-write-key': '' }, 401, /X-Write-Key/],
    ['a wrong key', '{"event_name":"a"}', { 'x-write-key': 'wrong' }, 401, /X-Write-Key/],
    ['no JSON', '{"event_name":', {}, 400, /character 14/],
    ['an event too large', `{"event_name":"a","x":"${'y'.repeat(490_000)}"}`, {}, 413, /480000/],
    ['a body too large', `{"event_name":"a","x":"${'y'.repeat(5_000_000)}"}`, {}, 413, /4500000/],
  ])('answers %s with %s', async (_, body, headers, status, message) => {
    const answer = await laptop.send(body, headers);
    expect(answer.status).toBe(status);
    expect(JSON.stringify(answer.body)).toMatch(message);
  });

  it('takes gzip and NDJSON', async () => {
    const body = gzipSync('{"event_id":"gz-1","event_name":"a"}\n{"event_id":"gz-2","event_name":"b"}\n');
    expect(await laptop.send(body, { 'content-encoding': 'gzip' })).toMatchObject({
      status: 202,
      body: { accepted: 2 },
    });
    expect(
      await eventually(
        () => countOf('events', 'gz-'),
        (n) => n === 2,
      ),
    ).toBe(2);
  });

  it('answers itself only: no other host name, no other page', async () => {
    const page = await fetch(`${laptop.url}/health`, { headers: { origin: 'http://evil.example' } });
    expect(page.status).toBe(403);
    const aws = await fetch(laptop.awsUrl, { headers: { origin: 'http://evil.example' } });
    expect(aws.status).toBe(403);
  });

  it('shows every stage in /health, with the names that a client needs', async () => {
    const health = await laptop.health();
    expect(health.stages.map(({ name }) => name)).toEqual([
      'producer',
      'stream',
      'transformer',
      'lake',
      'queue',
      'loader',
      'warehouse',
    ]);
    expect(health.resources).toMatchObject({
      stream: 'millrace-local',
      bucket: 'millrace-lake-local',
      workgroup: 'millrace',
      database: 'millrace',
    });
    const { code, output } = await run('cli/millrace.ts', ['status', '--url', laptop.url]);
    expect(output).toContain('millrace-local');
    expect(code, output).toBe(0);
  });

  it('drains on Ctrl-C: what was accepted a moment before is in the warehouse at the next start', async () => {
    await laptop.send(
      JSON.stringify(Array.from({ length: 50 }, (_, at) => ({ event_id: `drain-${at}`, event_name: 'a' }))),
    );
    const { code, output } = await laptop.interrupt();
    expect(output).toContain('stopped');
    expect(code).toBe(0);
    laptop = await startLaptop(laptop.folder);
    expect(await countOf('events', 'drain-')).toBe(50);
  });

  it('writes down where an object is at fault, and loads the good one beside it', async () => {
    const s3 = new S3Client({ endpoint: laptop.awsUrl, forcePathStyle: true, region: 'us-east-1', credentials });
    const put = (name: string, lines: readonly object[]) => {
      const Body = gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      return s3.send(new PutObjectCommand({ Bucket: 'millrace-lake-local', Key: `landed/${name}.json.gz`, Body }));
    };
    const event = {
      kind: 'event',
      event_id: 'beside-1',
      event_name: 'a',
      event_time: '2026-11-22 10:00:00.000',
      received_at: '2026-11-22 10:00:00.000',
    };
    await Promise.all([put('good', [event]), put('bad', [event, { ...event, event_id: 'x'.repeat(200) }])]);
    expect(
      await eventually(
        () => countOf('events', 'beside-'),
        (n) => n === 1,
      ),
    ).toBe(1);
    const sql = 'SELECT object_key, line_number, column_name, message FROM millrace.load_errors';
    const [error] = await eventually(
      () => laptop.query(sql),
      (rows) => rows.length > 0,
    );
    expect(error).toMatchObject({ object_key: 'landed/bad.json.gz', line_number: 2, column_name: 'event_id' });
    expect(error?.message).toMatch(/length/i);
  });
});
