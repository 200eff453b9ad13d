import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listLanded } from '#cli/backfill/objects.ts';
import { type BackfillSettings, runBackfill } from '#cli/backfill/run.ts';
import { toLandedNotice } from '#core/landed-notice.ts';
import { readNotices } from '#functions/loader/landed-objects.ts';
import { createFakePipeline, etagOf, goOn } from './support/fake-pipeline.ts';

const hour = 3_600_000;
const noon = Date.UTC(2026, 10, 22, 12);
const content = Buffer.from('rows');
const keyAt = (time: number, name: string): string =>
  `landed/${new Date(time).toISOString().slice(0, 13).replaceAll(/[-T]/g, '/')}/${name}.json.gz`;

describe('the message that tells the loader of an object', () => {
  it('is read by the loader as it was meant, whatever the key holds', () => {
    const key = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\\\p{Cc}]/u.test(text));
    fc.assert(
      fc.property(fc.array(key, { minLength: 1, maxLength: 5 }), (keys) => {
        const names = [...new Set(keys)].map((name) => `landed/${name}`);
        const objects = names.map((name, at) => ({ key: name, etag: `e${at}`, bytes: at, lastModified: noon }));
        const body = toLandedNotice('lake', objects);
        const { objects: read, unreadable } = readNotices({ Records: [{ messageId: 'm', body }] });
        expect(unreadable).toEqual([]);
        expect(read).toEqual(
          objects.map(({ lastModified: _, ...object }) => ({ bucket: 'lake', ...object, messageIds: ['m'] })),
        );
      }),
    );
  });
});

describe('the objects of a range', () => {
  it('are those of its hours and those written in it, and no others', async () => {
    const minutes = fc.integer({ min: -72 * 60, max: 72 * 60 });
    // Firehose writes an object after its oldest record came, and within a day.
    const object = fc.record({ came: minutes, took: fc.integer({ min: 0, max: 24 * 60 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(object), minutes, fc.integer({ min: 1, max: 600 }), async (made, start, length) => {
        const fake = createFakePipeline();
        const [from, to] = [noon + start * 60_000, noon + (start + length) * 60_000];
        const wanted: string[] = [];
        for (const [at, { came, took }] of made.entries()) {
          const oldest = noon + came * 60_000;
          const lastModified = oldest + took * 60_000;
          const key = keyAt(oldest, String(at));
          fake.objects.set(key, { bytes: content, lastModified });
          const hourBegins = Math.floor(oldest / hour) * hour;
          const isOfHour = hourBegins < to && hourBegins + hour > from;
          if (isOfHour || (lastModified >= from && lastModified < to)) wanted.push(key);
        }
        const found: string[] = [];
        for await (const page of listLanded(fake.pipeline.lake, { from, to }))
          found.push(...page.map(({ key }) => key));
        expect(found).toEqual(wanted.sort());
      }),
    );
  });
});

const createCase = (names: readonly string[], loaded: readonly string[]) => {
  const fake = createFakePipeline();
  for (const name of names) fake.objects.set(keyAt(noon, name), { bytes: content, lastModified: noon });
  const ledger = new Set(loaded.map((name) => `${keyAt(noon, name)} ${etagOf(content)}`));
  fake.rows = () => [...ledger].map((name) => [name]);
  const waits: string[] = [];
  const run = (over: Partial<BackfillSettings> = {}) =>
    runBackfill(fake.pipeline, {
      ...{ from: noon - hour, to: noon + hour, again: false, isDry: false, timeoutMs: undefined, stop: goOn },
      ...{ err: undefined, tell: () => undefined, queuedAll: async () => void waits.push('queued') },
      ...over,
    });
  const told = (): readonly string[] =>
    fake.landed.map(({ body }) => /([a-z]+)\.json\.gz/.exec(body)?.[1] ?? '').toSorted();
  return { fake, ledger, run, told };
};

describe('millrace backfill', () => {
  it('queues what the ledger does not have', async () => {
    const { fake, run, told } = createCase(['a', 'b', 'c'], ['b']);
    expect(await run()).toMatchObject({
      objects: 3,
      loaded_before: 1,
      forgotten: 0,
      queued: 2,
      bytes: 8,
      loaded: null,
    });
    expect(told()).toEqual(['a', 'c']);
    expect(fake.changes).toEqual([]);
  });

  it('queues an object whose content is another than the one that was loaded', async () => {
    const { ledger, run, told } = createCase(['a'], []);
    ledger.add(`${keyAt(noon, 'a')} another`);
    expect(await run()).toMatchObject({ loaded_before: 0, queued: 1 });
    expect(told()).toEqual(['a']);
  });

  it('takes what is loaded out of the ledger first with --again, while no load runs', async () => {
    const { fake, run, told } = createCase(['a', 'b'], ['b']);
    expect(await run({ again: true })).toMatchObject({ loaded_before: 1, forgotten: 1, queued: 2 });
    expect(told()).toEqual(['a', 'b']);
    expect(fake.changes).toHaveLength(2);
    expect(fake.changes[0]).toContain('LOCK millrace.load_lock');
    expect(fake.changes[1]).toContain(`WHERE object_key IN ('${keyAt(noon, 'b')}')`);
  });

  it('changes nothing with --dry-run', async () => {
    const { fake, run } = createCase(['a', 'b'], ['b']);
    expect(await run({ again: true, isDry: true, timeoutMs: 1 })).toMatchObject({ forgotten: 1, queued: 2 });
    expect({ landed: fake.landed, changes: fake.changes }).toEqual({ landed: [], changes: [] });
  });

  it('waits until the ledger has all of it', async () => {
    const { fake, ledger, run } = createCase(['a'], []);
    let looks = 0;
    fake.rows = () => {
      looks += 1;
      if (looks === 2) ledger.add(`${keyAt(noon, 'a')} ${etagOf(content)}`);
      return [...ledger].map((name) => [name]);
    };
    expect(await run({ timeoutMs: 60_000 })).toMatchObject({ queued: 1, loaded: 1 });
  });

  it('ends with what to do when the time is up, or an object goes to the dead letters', async () => {
    const { fake, run } = createCase(['a'], []);
    await expect(run({ timeoutMs: 1 })).rejects.toThrow('still waiting for 1 of 1 objects to be loaded');
    const queued = async (): Promise<void> => fake.pipeline.deadLetters.send(['x']);
    await expect(run({ timeoutMs: 60_000, queuedAll: queued })).rejects.toThrow('millrace dlq list says why');
  });

  it('ends the wait when it is asked to, and says that all goes on', async () => {
    const { run } = createCase(['a'], []);
    let isAsked = false;
    const stop = { asked: () => isAsked, release: () => undefined };
    const queuedAll = async (): Promise<void> => {
      isAsked = true;
    };
    await expect(run({ stop, timeoutMs: 60_000, queuedAll })).rejects.toThrow(
      'stopped waiting: 1 objects are in the queue',
    );
  });

  it('stops between two pages when it is asked to', async () => {
    const { run, told } = createCase(['a'], []);
    expect(await run({ stop: { asked: () => true, release: () => undefined }, timeoutMs: 1 })).toMatchObject({
      interrupted: true,
      queued: 0,
    });
    expect(told()).toEqual([]);
  });
});
