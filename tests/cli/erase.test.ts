import { gzipSync } from 'node:zlib';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { erase as runErase } from '#cli/erase/run.ts';
import { noProgress } from '#cli/simulate/progress.ts';
import { type Laptop, newFolder, startLaptop, stopLaptops } from '#tests/pipeline/laptop.ts';
import { inProcess } from './support/in-process.ts';
import { openState, type State } from './support/state.ts';

let laptop: Laptop;
let state: State;
/** A landed object as it was while it held the person. */
let old: { readonly key: string; readonly bytes: Uint8Array };

const cli = (...args: readonly string[]) => inProcess([...args, '--url', laptop.url]);
const erase = async (user: string, ...flags: readonly string[]) => {
  const { code, out, err } = await cli('erase', '--user', user, '--json', ...flags);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).not.toContain(user);
  return JSON.parse(out);
};
const send = (...events: readonly object[]) => laptop.send(JSON.stringify(events));
const putRaw = async (...records: readonly (string | Uint8Array)[]): Promise<void> => {
  const firehose = new FirehoseClient({
    endpoint: laptop.awsUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const Records = records.map((Data) => ({ Data: Buffer.from(Data) }));
  await firehose.send(new PutRecordBatchCommand({ DeliveryStreamName: 'millrace-local', Records }));
};
const failedLine = (content: string): string =>
  `${JSON.stringify({ attemptsMade: 4, arrivalTimestamp: Date.now(), errorCode: 'Lambda.FunctionError', rawData: Buffer.from(content).toString('base64') })}\n`;
const failedKey = 'failed/processing-failed/2026/11/22/10/one';

/** Whether accepted events are loaded, rejected, duplicate or dropped, in every envelope. */
const unbalanced = () =>
  state.query(`SELECT b.producer, b.seq, b.event_count, b.dropped_count, b.duplicate_count, COALESCE(r.found, 0) AS found
FROM millrace.batches AS b
LEFT JOIN (
  SELECT producer, seq, COUNT(*) AS found
  FROM (SELECT producer, seq FROM millrace.events UNION ALL SELECT producer, seq FROM millrace.rejected_events) AS u
  GROUP BY producer, seq
) AS r ON r.producer = b.producer AND r.seq = b.seq
WHERE b.void_to IS NULL AND b.event_count <> b.dropped_count + b.duplicate_count + COALESCE(r.found, 0)`);

beforeAll(async () => {
  laptop = await startLaptop(newFolder());
  state = await openState(laptop);
  const twice = { event_id: 'twice', event_name: 'a', user_id: 'ada-4711' };
  await send(
    twice,
    { event_id: 'a-1', event_name: 'a', user_id: 'ada-4711', anonymous_id: 'ada-phone' },
    { event_id: 'a-2', event_name: 'a', anonymous_id: 'ada-phone' },
    { event_id: 'a-3', event_name: 'a', user_id: 'ada-4711', anonymous_id: 'tablet' },
    { event_id: 'b-1', event_name: 'a', user_id: 'bob', anonymous_id: 'tablet' },
    { event_id: 'n-1', event_name: 'a', anonymous_id: 'tablet' },
    { event_id: 'a-4', event_name: 'a', user_id: 'ada-4711', event_time: 'never' },
    { event_id: 'e-1', event_name: 'a', user_id: 'eve', event_time: 'never' },
    { type: 'identify', messageId: 'a-5', userId: 'ada-4711', traits: { name: 'Ada of 4711 Lane' } },
    { type: 'alias', messageId: 'a-6', userId: 'ada-4711', previousId: 'ada-old-phone' },
    { event_id: 'a-7', event_name: 'a', anonymous_id: 'ada-old-phone' },
    { type: 'identify', messageId: 'b-2', userId: 'bob', traits: { name: 'Bob' } },
  );
  await state.settle();
  await send(twice, { event_id: 'b-3', event_name: 'a', user_id: 'bob' });
  await send({ event_id: 'a-8', event_name: 'a', user_id: 'ada-4711' });
  await putRaw(
    '{"event_id":"a-9","event_name":"a","user_id":"ada-4711"}',
    '{"event_id":"b-4","event_name":"a","user_id":"bob"}',
    '{"user_id":"ada-4711","event_name":',
    Buffer.concat([Buffer.from('{"user_id":"ada-4711","x":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    Buffer.concat([Buffer.from('{"user_id":"bob","x":"'), Buffer.from([0xff]), Buffer.from('"}')]),
  );
  const envelope = `{"millrace":1,"batch":{"producer":"other","seq":3,"count":2},"received_at":"2026-11-22T10:00:00.000Z","events":[{"event_id":"b-5","event_name":"a","user_id":"bob"},{"event_id":"a-10","event_name":"a","user_id":"ada-4711"}]}`;
  const lines = [
    failedLine('{"event_name":"a","user_id":"ada-4711"}'),
    failedLine(envelope),
    failedLine('{"event_name":"a","user_id":"bob"}'),
  ];
  await state.parts.lake.put(failedKey, gzipSync(lines.join('')), {
    contentType: 'application/octet-stream',
    contentEncoding: 'gzip',
  });
  for (const line of [1, 2, 3])
    await state.query(
      `INSERT INTO millrace.failed_records (object_key, line_number, bytes, indexed_at) VALUES ('${failedKey}', ${line}, 10, SYSDATE)`,
    );
  await state.settle();
  const [key = ''] = [...(await state.lake())].flatMap(([name, text]) =>
    name.startsWith('landed/') && text.includes('a-2') ? [name] : [],
  );
  old = { key, bytes: (await state.parts.lake.get(key))?.bytes ?? new Uint8Array() };
}, 120_000);
afterAll(() => {
  state.close();
  stopLaptops();
});

const found = {
  rows: { events: 9, rejected_events: 3, users: 1, user_aliases: 3 },
  anonymous_ids: 2,
  lake: { event_lines: 10, rejected_lines: 3, failed_events: 2, failed_rewritten: 1, unreadable: [] },
};

describe('millrace erase', () => {
  it('says with --dry-run what there is of the person, and changes nothing', async () => {
    const before = [await state.tables(), await state.lake()];
    expect(await erase('ada-4711', '--dry-run')).toMatchObject({ dry_run: true, ...found });
    expect([await state.tables(), await state.lake()]).toEqual(before);
    expect(await state.query('SELECT * FROM millrace.erased_subjects')).toEqual([]);
  });

  it('leaves nothing of the person in tables and lake, everything of others, and every envelope accounted for', async () => {
    const before = { tables: await state.tables(), lake: await state.lake() };
    expect(JSON.stringify(before.tables)).toContain('ada-');
    expect(await unbalanced()).toEqual([]);
    const loads = await state.query('SELECT COUNT(*) AS n FROM millrace.loads');

    expect(await erase('ada-4711', '--yes')).toMatchObject({ dry_run: false, ...found });
    await state.settle();

    const [tables, lake] = [await state.tables(), await state.lake()];
    expect(JSON.stringify(tables)).not.toMatch(/ada-|4711/);
    for (const [key, text] of lake) expect(text, key).not.toMatch(/ada-|4711/);
    expect(tables.events.map((row) => row.event_id)).toEqual(['b-1', 'b-2', 'b-3', 'b-4', 'n-1']);
    const kept = new Set(tables.events.map((row) => row.event_id));
    expect(tables.events).toEqual(before.tables.events.filter((row) => kept.has(row.event_id)));
    expect(tables.rejected_events).toHaveLength(before.tables.rejected_events.length - 3);
    expect(tables.users).toEqual(before.tables.users.filter(({ user_id }) => user_id !== 'ada-4711'));
    expect(tables.user_aliases).toEqual(before.tables.user_aliases.filter(({ user_id }) => user_id !== 'ada-4711'));
    expect(tables.failed_records.map((row) => Number(row.line_number))).toEqual([2, 3]);
    expect(tables.batches).toHaveLength(before.tables.batches.length);
    expect(tables.batches.map((row) => Number(row.dropped_count)).sort()).toEqual([1, 1, 8]);
    expect(await unbalanced()).toEqual([]);
    const keysOf = (objects: ReadonlyMap<string, string>) =>
      [...objects.keys()].filter((key) => !key.startsWith('manifests/'));
    expect(keysOf(lake)).toEqual(keysOf(before.lake));
    // S3 told the loader of the objects that were written anew; it knew them.
    expect(await state.query('SELECT COUNT(*) AS n FROM millrace.loads')).toEqual(loads);
    expect((await state.parts.lake.get(failedKey))?.contentEncoding).toBe('gzip');
    expect(lake.get(failedKey)).toContain('null]}');
  });

  it('finds nothing the second time, and changes nothing', async () => {
    const before = [await state.tables(), await state.lake()];
    expect(await erase('ada-4711', '--yes')).toMatchObject({
      rows: { events: 0, rejected_events: 0, users: 0, user_aliases: 0 },
      lake: { landed_rewritten: 0, failed_rewritten: 0, event_lines: 0, rejected_lines: 0, failed_events: 0 },
    });
    expect([await state.tables(), await state.lake()]).toEqual(before);
  });

  it('keeps the person out of the tables when an object of before comes back, and takes it out of the lake again', async () => {
    await state.parts.lake.put(`${old.key}-again`, old.bytes, { contentEncoding: 'gzip' });
    await state.settle();
    expect(JSON.stringify((await state.tables()).events)).not.toContain('ada-');
    // Its devices are known by what is remembered: the aliases are gone.
    expect(await erase('ada-4711', '--yes')).toMatchObject({ anonymous_ids: 2, lake: { landed_rewritten: 1 } });
    await state.settle();
    for (const [key, text] of await state.lake()) expect(text, key).not.toMatch(/ada-|4711/);
    expect(await unbalanced()).toEqual([]);
  });

  it('takes the same person, who comes back, for a new one', async () => {
    await send({ event_id: 'new', event_name: 'a', user_id: 'ada-4711' });
    await state.settle();
    expect(await state.query("SELECT event_id FROM millrace.events WHERE user_id = 'ada-4711'")).toEqual([
      { event_id: 'new' },
    ]);
  });

  it('forgets ids that no statement could hold as they are, and says what it did in words', async () => {
    const user = "o'b\\rien\u0007";
    await send({ event_id: 'o', event_name: 'a', user_id: user });
    await state.settle();
    const { code, out } = await cli('erase', '--user', user, '--yes');
    expect(code).toBe(0);
    expect(out).toContain('events 1, rejected_events 0, users 1, user_aliases 0');
    expect(out).not.toContain('rien');
    expect(await state.query("SELECT 1 FROM millrace.events WHERE event_id = 'o'")).toEqual([]);
  });

  it('finishes what an erasure left that died, whichever of its steps was the last', async () => {
    const steps = Array.from({ length: 24 }, (_, step) => step);
    const person = (step: number): string => `mallory-${step}-`;
    const events = steps.flatMap((step) => [
      { event_id: `m-${step}-1`, event_name: 'a', user_id: person(step), anonymous_id: `${person(step)}phone` },
      { event_id: `m-${step}-2`, event_name: 'a', anonymous_id: `${person(step)}phone` },
      { event_id: `m-${step}-3`, event_name: 'a', user_id: person(step), event_time: 'never' },
    ]);
    for (const at of [0, 1, 2])
      await send(...events.filter((_, index) => index % 3 === at), { event_name: 'a', user_id: 'bob' });
    await state.settle();
    const before = await state.tables();
    let deaths = 0;
    for (const step of steps) {
      // It dies before its next change, or after it: nobody heard how that ended.
      let left = Math.floor(step / 2);
      const mortal =
        <Arguments extends readonly unknown[], Answer>(act: (...given: Arguments) => Promise<Answer>) =>
        async (...given: Arguments): Promise<Answer> => {
          const dies = left-- === 0;
          if (!dies || step % 2 === 1) {
            const answer = await act(...given);
            if (!dies) return answer;
          }
          throw new Error('killed');
        };
      const { lake, warehouse } = state.parts;
      const pipeline = {
        ...state.parts,
        name: 'the laptop',
        flags: '',
        lake: { ...lake, put: mortal(lake.put) },
        warehouse: { ...warehouse, transact: mortal(warehouse.transact) },
      };
      const wish = { userId: person(step), isDry: false, since: undefined };
      await runErase(pipeline, wish, noProgress).catch((error: unknown) => {
        expect(error).toMatchObject({ message: 'killed' });
        deaths++;
      });
      await erase(person(step), '--yes');
    }
    expect(deaths).toBeGreaterThan(17);
    await state.settle();
    const [tables, lake] = [await state.tables(), await state.lake()];
    expect(JSON.stringify(tables)).not.toContain('mallory');
    for (const [key, text] of lake) expect(text, key).not.toContain('mallory');
    const others = ({ user_id }: { user_id?: unknown }) => !String(user_id).startsWith('mallory');
    expect(tables.events).toEqual(before.events.filter(({ event_id }) => !String(event_id).startsWith('m-')));
    expect(tables.users).toEqual(before.users.filter(others));
    expect(await unbalanced()).toEqual([]);
  }, 90_000);

  it('leaves an object that nobody can read alone, names it, and ends with 1', async () => {
    await state.parts.lake.put('failed/processing-failed/2026/11/22/10/two', Buffer.from([0x1f, 0x8b, 0, 1]));
    const { code, out } = await cli('erase', '--user', 'nobody', '--yes');
    expect(code).toBe(1);
    expect(out).toContain('Cannot be read, and was left alone: failed/processing-failed/2026/11/22/10/two');
  });

  it('writes objects anew whose keys no statement can name', async () => {
    const row = {
      kind: 'event',
      event_id: 'k',
      event_name: 'a',
      user_id: 'kim',
      received_at: '2026-11-22 10:00:00.000',
    };
    const keys = { landed: 'landed/2026/11/22/10/a\\b', failed: 'failed/2026/11/22/10/a\\b' };
    await state.parts.lake.put(keys.landed, Buffer.from(`${JSON.stringify(row)}\n`));
    await state.parts.lake.put(keys.failed, Buffer.from(failedLine('{"user_id":"kim"}')));
    const { code } = await cli('erase', '--user', 'kim', '--yes', '--json');
    expect(code).toBe(1); // The object that nobody can read is still there.
    for (const key of [keys.landed, keys.failed])
      expect(
        Buffer.from((await state.parts.lake.get(key))?.bytes ?? [])
          .toString()
          .trim(),
      ).toBe('');
  });

  it('leaves out with --since what was written before', async () => {
    await state.parts.lake.remove('failed/processing-failed/2026/11/22/10/two');
    const all = await erase('bob', '--dry-run', '--since', '1h');
    const none = await erase('bob', '--dry-run', '--since', new Date(Date.now() + 60_000).toISOString());
    expect(all.lake.objects_read).toBeGreaterThan(3);
    expect(none.lake.objects_read).toBe(0);
    expect(none.rows).toEqual({ ...all.rows, rejected_events: 0 });
  });
});
