import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inOrder, toChunks } from '#cli/rebuild/order.ts';
import { rebuild as runRebuild } from '#cli/rebuild/run.ts';
import { eventually, type Laptop, newFolder, startLaptop, stopLaptops } from '#tests/pipeline/laptop.ts';
import { inProcess } from './support/in-process.ts';
import { lasting, openState, type State } from './support/state.ts';

let laptop: Laptop;
let state: State;
const cli = (...args: readonly string[]) => inProcess([...args, '--url', laptop.url]);
const send = (...events: readonly object[]) => laptop.send(JSON.stringify(events));
const rebuild = async (...flags: readonly string[]) => {
  const { code, out, err } = await cli('rebuild', '--json', ...flags);
  expect(err).toBe('');
  return { code, report: JSON.parse(out) };
};

beforeAll(async () => {
  laptop = await startLaptop(newFolder());
  state = await openState(laptop);
  for (let round = 0; round < 3; round++) {
    await send(
      { event_id: 'twice', event_name: 'a', user_id: 'bob', round },
      { event_id: `b-${round}`, event_name: 'identify', user_id: 'bob', properties: { round } },
      { event_id: `c-${round}`, event_name: 'a', user_id: 'cyd', anonymous_id: 'phone', properties: { price: 1.1 } },
      { event_id: `a-${round}`, event_name: 'a', user_id: 'ada' },
      { event_name: 'no id', anonymous_id: 'phone' },
      { event_name: 'a', event_time: 'never', round },
    );
    await state.settle();
  }
  await cli('erase', '--user', 'ada', '--yes');
  await state.settle();
}, 120_000);
afterAll(() => {
  state.close();
  stopLaptops();
});

describe('millrace rebuild', () => {
  it('says with --dry-run what it would do, and changes nothing', async () => {
    const before = await state.tables();
    const { code, report } = await rebuild('--dry-run');
    expect(code).toBe(0);
    expect(report).toMatchObject({
      dry_run: true,
      objects: 3,
      driven: 3,
      before: { events: 10, loads: 3 },
      after: null,
    });
    expect((await rebuild('--dry-run', '--resume')).report.driven).toBe(0);
    expect(await state.tables()).toEqual(before);
  });

  it('makes the same rows out of the lake alone, without who was erased', async () => {
    const before = await state.tables();
    const { code, report } = await rebuild('--yes');
    expect(code).toBe(0);
    const after = await state.tables();
    expect(lasting(after)).toEqual(lasting(before));
    expect(after.events).toHaveLength(10);
    expect(JSON.stringify(after)).not.toContain('ada');
    expect(after.batches.map((row) => Number(row.dropped_count))).toEqual([1, 1, 1]);
    expect(report.after).toEqual({ ...report.before, loads: 1, loaded_objects: 3 });
    expect(after.loaded_objects).toHaveLength(3);
  }, 60_000);

  it('goes on with --resume where a rebuild was stopped', async () => {
    const before = lasting(await state.tables());
    let looks = 0;
    const stop = { asked: () => ++looks > 0, release: () => undefined };
    const pipeline = { ...state.parts, name: 'the laptop', flags: '' };
    const settings = { isDry: false, resumes: false, timeoutMs: 60_000, stop, tell: () => undefined };
    await expect(runRebuild(pipeline, settings)).rejects.toThrow('stopped after 0 of 3 objects: go on with --resume');
    expect((await state.tables()).events).toEqual([]);
    const { code, report } = await rebuild('--yes', '--resume');
    expect({ code, driven: report.driven }).toEqual({ code: 0, driven: 3 });
    expect(lasting(await state.tables())).toEqual(before);
    expect((await rebuild('--yes', '--resume')).report).toMatchObject({ driven: 0, after: report.after });
  }, 60_000);

  it('drives objects that are refused too, names them, and ends with 1', async () => {
    const before = lasting(await state.tables());
    const bad = 'landed/2026/11/22/10/bad.json.gz';
    await state.parts.lake.put(bad, gzipSync('{"kind":"event","event_time":"never"}\n'));
    const errors = () => state.query('SELECT object_key FROM millrace.load_errors');
    expect(await eventually(errors, (rows) => rows.length > 0)).toEqual([{ object_key: bad }]);
    const { code, report } = await rebuild('--yes');
    expect(code).toBe(1);
    expect(report).toMatchObject({ objects: 4, driven: 4, refused: [{ key: bad }], after: { load_errors: 1 } });
    expect(lasting(await state.tables())).toEqual(before);
    const { code: again, out } = await cli('rebuild', '--yes', '--resume');
    expect(again).toBe(1);
    expect(out).toContain(`refused: ${bad}: `);
    expect(out).toMatch(/events +10 +10\n/);
  }, 60_000);

  it('ends with 1 and names what is not loaded in time', async () => {
    const silent = { ...state.parts.queue, send: async () => undefined };
    const pipeline = { ...state.parts, queue: silent, name: 'the laptop', flags: '' };
    const stop = { asked: () => false, release: () => undefined };
    const settings = { isDry: false, resumes: false, timeoutMs: 10, stop, tell: () => undefined };
    await expect(runRebuild(pipeline, settings)).rejects.toThrow(
      /^after 0 s not loaded: landed\/.*go on with --resume$/,
    );
  });
});

const object = (key: string, lastModified: number, bytes = 1) => ({ key, etag: 'e', bytes, lastModified });
const landed = (time: string, end: string): string =>
  `landed/2026/11/22/10/stream-1-2026-11-22-${time}-0199aa00-0000-7000-8000-00000000000${end}.json.gz`;

describe('the order of a rebuild', () => {
  it('is that of the times in the names, which a later writing does not change', () => {
    const [first, second] = [object(landed('10-00-00', '9'), 9e15), object(landed('10-00-01', '1'), 1)];
    expect(inOrder([second, first])).toEqual([first, second]);
  });

  it('is that of the writing within a second, and for names without a time', () => {
    const at = Date.UTC(2026, 10, 22, 10);
    const objects = [object(landed('10-00-00', '2'), at + 1), object(landed('10-00-00', '1'), at + 2)];
    const foreign = object('landed/own.json', at + 3);
    expect(inOrder([foreign, ...objects.toReversed()])).toEqual([...objects, foreign]);
  });

  it('is cut into chunks that one load and one message can hold, each object once', () => {
    const many = Array.from({ length: 250 }, (_, at) => object(`landed/${at}`, at));
    expect(toChunks(many).map((chunk) => chunk.length)).toEqual([100, 100, 50]);
    expect(toChunks(many).flat()).toEqual(many);
    const large = Array.from({ length: 3 }, (_, at) => object(`landed/${at}`, at, 200 * 1024 * 1024));
    expect(toChunks(large).map((chunk) => chunk.length)).toEqual([1, 1, 1]);
    const long = Array.from({ length: 64 }, (_, at) => object(`landed/${'x'.repeat(1000)}${at}`, at));
    expect(toChunks(long).map((chunk) => chunk.length)).toEqual([29, 29, 6]);
    expect(toChunks([])).toEqual([]);
  });
});
