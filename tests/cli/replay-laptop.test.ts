import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPipeline, type Pipeline } from '#cli/pipeline/open.ts';
import { readRejected } from '#cli/replay/rejected-rows.ts';
import { toLandedNotice } from '#core/landed-notice.ts';
import { eventually, type Laptop, newFolder, startLaptop, stopLaptops } from '../pipeline/laptop.ts';
import { inProcess } from './support/in-process.ts';

let laptop: Laptop;
let pipeline: Pipeline;
beforeAll(async () => {
  laptop = await startLaptop(newFolder());
  pipeline = await openPipeline({ url: laptop.url, stack: undefined, region: undefined });
});
afterAll(() => {
  pipeline.close();
  vi.unstubAllEnvs();
  stopLaptops();
});

const deadline = (): number => Date.now() + 60_000;
const query = (sql: string) => pipeline.warehouse.query(sql, deadline());
const execute = async (sql: string): Promise<void> => {
  expect(await pipeline.warehouse.execute(sql, deadline())).toMatchObject({ status: 'FINISHED' });
};
const ask = async (...args: readonly string[]) => {
  const { code, out, err } = await inProcess([...args, '--url', laptop.url, '--json']);
  return { code, err, said: out === '' ? undefined : JSON.parse(out) };
};
/** All that was sent is in the lake, and all of that in the ledger. */
const loaded = async (): Promise<void> => {
  expect(await ask('status', '--wait', '--timeout', '60s')).toMatchObject({ code: 0 });
  const { said } = await eventually(
    () => ask('backfill', '--from', '1h', '--dry-run'),
    (answer) => answer.said?.queued === 0,
  );
  expect(said.queued).toBe(0);
};
/** A load that is asked for again so soon is taken for the one before: functions/loader/work.ts, clockSkewMs. */
const loadsAge = () => sleep(6_000);
const eventRows = (id: string) =>
  query(`SELECT event_id, received_at, source FROM millrace.events WHERE event_id LIKE '${id}' ORDER BY event_id`);

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const envelope = (seq: number, events: readonly unknown[]) => ({
  millrace: 1,
  batch: { producer: '01939c8e-7c00-7000-8000-000000000000', seq, count: events.length },
  received_at: '2026-11-20T10:00:00.000Z',
  source: 'failed',
  events,
});

describe('millrace replay on a laptop', { timeout: 120_000 }, () => {
  it('loads records that failed once, however often it runs', async () => {
    const key = 'failed/processing-failed/2026/11/20/10/millrace-local-1';
    const line = { attemptsMade: 4, arrivalTimestamp: Date.now(), errorCode: 'Lambda.FunctionError', lambdaARN: 'arn' };
    const lines = [{ event_name: 'bare_failed' }, envelope(7, [{ event_name: 'in_envelope', event_id: 'failed-1' }])]
      .map((record) => JSON.stringify({ ...line, rawData: encode(record) }))
      .join('\n');
    await pipeline.lake.put(key, gzipSync(lines));
    await execute(
      `INSERT INTO millrace.failed_records (object_key, line_number, bytes, indexed_at) VALUES ('${key}', 1, 1, GETDATE()), ('${key}', 2, 1, GETDATE())`,
    );
    expect(await ask('replay', '--failed', '--dry-run')).toMatchObject({ code: 0, said: { found: 2, put: 2 } });
    expect(await ask('replay', '--failed')).toMatchObject({ code: 0, said: { found: 2, put: 2, skipped: 0 } });
    expect(await ask('replay', '--failed')).toMatchObject({ code: 0, said: { found: 2, put: 0, skipped: 2 } });
    await loaded();
    expect(await query("SELECT COUNT(*) FROM millrace.events WHERE event_name = 'bare_failed'")).toEqual([[1]]);
    expect(await eventRows('failed-1')).toEqual([['failed-1', '2026-11-20 10:00:00', 'failed']]);
    expect(await query("SELECT event_count FROM millrace.batches WHERE seq = 7 AND source = 'failed'")).toEqual([[1]]);
    expect(
      await query('SELECT COUNT(*), COUNT(replayed_at) FROM millrace.failed_records WHERE replayed_at IS NOT NULL'),
    ).toEqual([[2, 2]]);
  });

  it("reads the laptop's own error objects as those of the stream", async () => {
    const before = (await ask('replay', '--failed', '--dry-run')).said.found;
    const tooMany = Buffer.from(`[${'1,'.repeat(450_000)}1]`);
    expect(await pipeline.stream.put([tooMany], deadline())).toEqual({ stored: [true] });
    const answer = await eventually(
      () => ask('replay', '--failed', '--dry-run'),
      ({ said }) => said.found > before,
    );
    expect(answer).toMatchObject({
      code: 0,
      said: { found: before + 1, put: 1, unreadable: 0, bytes: tooMany.length },
    });
    expect(Object.keys(answer.said.by)).toEqual([expect.stringMatching(/^Lambda\./)]);
    expect(answer.said.newest).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('reads back every original byte by byte, however long', async () => {
    const bad = (id: string, note: string): string =>
      JSON.stringify({ event_id: id, event_name: 'long', event_time: 'nonsense', properties: { note } });
    const originals = [
      bad('long-1', `it's "quoted" \\ and\nbroken`),
      bad('long-2', 'ü€😀'.repeat(5_000)),
      bad('long-3', 'é'.repeat(31_000)),
      bad('long-4', 'wörds '.repeat(30_000)),
    ];
    for (const original of originals) expect((await laptop.send(original)).status).toBe(202);
    await loaded();
    const found: unknown[] = [];
    const choice = { since: '2026-01-01 00:00:00', before: '2099-01-01 00:00:00', reason: 'invalid_time' };
    for await (const page of readRejected(pipeline.warehouse, choice))
      found.push(...page.map(({ original }) => original));
    expect(found.filter((original) => String(original).includes('"long-')).length).toBe(4);
    for (const original of originals) expect(found.includes(original)).toBe(true);
  });

  it('loads rejected events once what refused them is put right, as the events they were', async () => {
    const insert = (id: string, source: string, original: unknown): string =>
      `('${id}', 'invalid_field', JSON_PARSE('${JSON.stringify(JSON.stringify(original))}'), 'text', '2026-11-19 10:00:00.123', ${source}, 'load', GETDATE())`;
    const rows = [
      insert('fixed-1', "'web'", { event_name: 'fixed' }),
      insert('fixed-2', 'NULL', { event_name: 'fixed', event_id: 'fixed-2' }),
      insert('fixed-3', "'web'", { type: 'track', event: 'fixed', messageId: '' }),
      insert('still-bad', "'web'", { event_name: 'fixed', properties: 7 }),
    ];
    await execute(
      `INSERT INTO millrace.rejected_events (event_id, reason, original, original_encoding, received_at, source, load_id, loaded_at) VALUES ${rows.join(', ').replaceAll('\\', '\\\\')}`,
    );
    const replay = ['replay', '--rejected', '--reason', 'invalid_field', '--since', '2026-11-19'];
    expect(await ask(...replay, '--dry-run')).toMatchObject({
      code: 0,
      said: {
        ...{ found: 4, put: 4, by: { invalid_field: 4 } },
        ...{ oldest: '2026-11-19T10:00:00.123Z', newest: '2026-11-19T10:00:00.123Z' },
      },
    });
    expect((await ask(...replay)).said).toMatchObject({ found: 4, put: 4, skipped: 0, unidentified: 0 });
    await loaded();
    const received = '2026-11-19 10:00:00.123';
    expect(await eventRows('fixed-%')).toEqual([
      ['fixed-1', received, 'web'],
      ['fixed-2', received, null],
      ['fixed-3', received, 'web'],
    ]);
    const again = (await ask(...replay)).said;
    expect(again).toMatchObject({ found: 4, put: 1, skipped: 3 });
    await loaded();
    expect(await eventRows('fixed-%')).toHaveLength(3);
    expect(await query("SELECT COUNT(*) FROM millrace.rejected_events WHERE event_id = 'still-bad'")).toEqual([[1]]);
    expect(
      await query(
        `SELECT event_count, dropped_count, received_at FROM millrace.batches WHERE producer = '${again.producer}'`,
      ),
    ).toEqual([[1, 0, received]]);
  });
});

describe('millrace backfill on a laptop', { timeout: 120_000 }, () => {
  it('loads what the ledger does not have, and with --again what it has', async () => {
    expect((await laptop.send('{"event_name":"fill","event_id":"fill-1"}')).status).toBe(202);
    await loaded();
    expect(await ask('backfill', '--from', '1h')).toMatchObject({
      code: 0,
      said: { queued: 0, forgotten: 0, loaded: 0 },
    });

    const [[objectKey] = []] = await query(
      "SELECT o.object_key FROM millrace.loaded_objects AS o JOIN millrace.events AS e ON e.load_id = o.load_id WHERE e.event_id = 'fill-1'",
    );
    await loadsAge();
    await execute("DELETE FROM millrace.events WHERE event_id = 'fill-1'");
    await execute(`DELETE FROM millrace.loaded_objects WHERE object_key = '${objectKey}'`);
    expect((await ask('backfill', '--from', '1h', '--dry-run')).said).toMatchObject({ queued: 1, loaded: null });
    expect(await ask('backfill', '--from', '1h')).toMatchObject({ code: 0, said: { queued: 1, loaded: 1 } });
    expect(await eventRows('fill-1')).toHaveLength(1);

    await loadsAge();
    const before = await query('SELECT COUNT(*) FROM millrace.events');
    await execute('DELETE FROM millrace.events');
    const { code, said } = await ask('backfill', '--from', '1h', '--again');
    expect(code).toBe(0);
    expect(said.forgotten).toBe(said.objects);
    expect(said).toMatchObject({ loaded: said.objects, loaded_before: said.objects });
    expect(await query('SELECT COUNT(*) FROM millrace.events')).toEqual(before);
  });

  it('takes a deployed stack for the same', async () => {
    const { stack, resources } = await laptop.health();
    vi.stubEnv('AWS_ENDPOINT_URL', resources.aws);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'operator');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'operator');
    const [flags, dry] = [
      ['--stack', stack, '--region', 'us-east-1', '--json'],
      ['--from', '1h', '--dry-run'],
    ];
    const [onStack, onLaptop] = [await inProcess(['backfill', ...dry, ...flags]), await ask('backfill', ...dry)];
    expect(onStack).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(onStack.out).objects).toBe(onLaptop.said.objects);
    expect(await inProcess(['replay', '--failed', ...flags])).toMatchObject({ code: 0, err: '' });
    expect(await inProcess(['dlq', ...flags])).toMatchObject({ code: 0, err: '' });
    vi.unstubAllEnvs();
  });
});

describe('millrace dlq on a laptop', { timeout: 120_000 }, () => {
  it('shows what could not be loaded and why, and loads it when it can be', async () => {
    const key = "landed/2026/11/22/10/it's bad.json.gz";
    const row = { kind: 'event', event_id: 'letter-1', event_name: 'letter', received_at: 'no time' };
    await pipeline.lake.put(key, gzipSync(`${JSON.stringify(row)}\n`));
    await eventually(
      () => query("SELECT message FROM millrace.load_errors WHERE object_key LIKE 'landed/2026/11/22/10/it%'"),
      (rows) => rows.length > 0,
    );
    const objects = [];
    for await (const object of pipeline.lake.list('landed/'))
      if (object.key === key || objects.length === 0) objects.push(object);
    const bad = objects.filter((object) => object.key === key);
    await pipeline.deadLetters.send([toLandedNotice(pipeline.lake.bucket, bad), 'no notification']);

    const listed = await ask('dlq', 'list');
    expect(listed).toMatchObject({ code: 0, said: { messages: 2, not_shown: 0 } });
    const letters: readonly { readonly objects: readonly unknown[]; readonly body?: string }[] = listed.said.letters;
    expect(letters.flatMap((letter) => letter.objects)).toEqual([
      {
        key,
        bytes: bad[0]?.bytes,
        error: expect.objectContaining({ line: 1, column: 'received_at', message: expect.any(String) }),
      },
    ]);
    expect(letters.find((letter) => letter.objects.length === 0)?.body).toBe('no notification');
    const { out } = await inProcess(['dlq', '--url', laptop.url]);
    expect(out).toMatch(/^landed\/2026\/11\/22\/10\/it's bad\.json\.gz +\d+ +\d+ {2}2/m);
    expect(out).toMatch(/^ {2}line 1, received_at: /m);

    expect((await ask('dlq', 'redrive', '--dry-run')).said).toEqual({ dry_run: true, moved: 2 });
    expect(await pipeline.deadLetters.depth()).toMatchObject({ waiting: 2 });
    expect(await ask('dlq', 'redrive')).toMatchObject({ code: 0, said: { dry_run: false, moved: 2 } });
    expect(await pipeline.deadLetters.depth()).toEqual({ waiting: 0, inFlight: 0, delayed: 0 });
  });

  it('loads what is redriven', async () => {
    expect((await laptop.send('{"event_name":"letter","event_id":"letter-2"}')).status).toBe(202);
    await eventually(
      () => eventRows('letter-2'),
      (rows) => rows.length > 0,
    );
    const [[objectKey] = []] = await query(
      "SELECT o.object_key FROM millrace.loaded_objects AS o JOIN millrace.events AS e ON e.load_id = o.load_id WHERE e.event_id = 'letter-2'",
    );
    await loadsAge();
    await execute("DELETE FROM millrace.events WHERE event_id = 'letter-2'");
    await execute(`DELETE FROM millrace.loaded_objects WHERE object_key = '${objectKey}'`);
    const found = [];
    for await (const object of pipeline.lake.list('landed/')) if (object.key === objectKey) found.push(object);
    await pipeline.deadLetters.send([toLandedNotice(pipeline.lake.bucket, found)]);
    expect((await ask('dlq', 'redrive')).said).toEqual({ dry_run: false, moved: 1 });
    const rows = await eventually(
      () => eventRows('letter-2'),
      (each) => each.length > 0,
    );
    expect(rows).toHaveLength(1);
  });
});
