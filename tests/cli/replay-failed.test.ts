import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toText } from '#aws/lake.ts';
import { type FailedSettings, replayFailed } from '#cli/replay/failed.ts';
import { parseFailedObject } from '#core/failed-object.ts';
import { addLines, holdsLine } from '#core/line-ranges.ts';
import { createFakePipeline, goOn } from './support/fake-pipeline.ts';

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 22, 12);

const toLine = (record: string, over: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    attemptsMade: 4,
    arrivalTimestamp: now - hour,
    errorCode: 'Lambda.FunctionError',
    errorMessage: 'The Lambda function returned an error',
    attemptEndingTimestamp: now,
    rawData: Buffer.from(record).toString('base64'),
    lambdaARN: 'arn:aws:lambda:eu-west-1:1:function:t',
    ...over,
  });

describe('an error object of the stream', () => {
  it.each([
    ['as it is', (text: string) => Buffer.from(text)],
    ['compressed', (text: string) => gzipSync(text)],
  ])('is read %s, with its times as numbers or as text', (_, encode) => {
    const parse = (bytes: Uint8Array) => parseFailedObject(toText({ bytes }) ?? '');
    const lines = [toLine('{"a":1}'), '', 'junk', toLine('é', { arrivalTimestamp: String(now), errorCode: undefined })];
    const { records, unreadable } = parse(encode(`${lines.join('\n')}\n`));
    expect(unreadable).toEqual([3]);
    const shown = records.map(({ line, errorCode, arrivedAt, bytes }) => {
      return { line, errorCode, arrivedAt, text: Buffer.from(bytes).toString() };
    });
    expect(shown).toEqual([
      { line: 1, errorCode: 'Lambda.FunctionError', arrivedAt: now - hour, text: '{"a":1}' },
      { line: 4, errorCode: '', arrivedAt: now, text: 'é' },
    ]);
  });

  it('gives back any bytes, and counts each line once whatever it holds', () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 50 }).map((bytes) => ({ bytes, text: toLine('', { rawData: toBase64(bytes) }) })),
      fc.json().map((text) => ({ bytes: undefined, text })),
      fc.string().map((text) => ({ bytes: undefined, text: text.replaceAll('\n', ' ') })),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const { records, unreadable } = parseFailedObject(lines.map(({ text }) => text).join('\n'));
        const filled = lines.filter(({ text }) => text.trim() !== '').length;
        expect(records.length + unreadable.length).toBe(filled);
        const wanted = lines.flatMap(({ bytes }) => (bytes === undefined ? [] : [toBase64(bytes)]));
        expect(records.map(({ bytes }) => toBase64(bytes))).toEqual(wanted);
      }),
    );
  });
});

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

describe('lines that were replayed', () => {
  it('are remembered as ranges that hold exactly them', () => {
    const lines = fc.array(fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(lines, lines, (some, more) => {
        const ranges = addLines(addLines([], some), more);
        for (let line = 0; line <= 41; line++)
          expect(holdsLine(ranges, line)).toBe(some.includes(line) || more.includes(line));
        for (const [at, [first]] of ranges.entries())
          expect(first).toBeGreaterThan((ranges[at - 1]?.[1] ?? Number.NEGATIVE_INFINITY) + 1);
      }),
    );
  });
});

const key = 'failed/processing-failed/2026/11/22/11/shop-1';

const createCase = (lines: readonly string[]) => {
  const fake = createFakePipeline();
  fake.objects.set(key, { bytes: Buffer.from(lines.join('\n')), lastModified: now });
  const run = (over: Partial<FailedSettings> = {}) =>
    replayFailed(fake.pipeline, {
      since: undefined,
      all: false,
      isDry: false,
      stop: goOn,
      tell: () => undefined,
      ...over,
    });
  return { fake, run };
};

describe('millrace replay --failed', () => {
  it('puts each record back as it was, once, and says of what it was', async () => {
    const { fake, run } = createCase([toLine('one'), toLine('two', { errorCode: 'Lambda.MissingRecordId' })]);
    expect(await run()).toMatchObject({
      found: 2,
      put: 2,
      skipped: 0,
      failed: 0,
      bytes: 6,
      by: { 'Lambda.FunctionError': 1, 'Lambda.MissingRecordId': 1 },
      oldest: '2026-11-22T11:00:00.000Z',
    });
    expect(await run()).toMatchObject({ found: 2, put: 0, skipped: 2 });
    expect(fake.taken).toEqual(['one', 'two']);
    expect(await run({ all: true })).toMatchObject({ put: 2, skipped: 0 });
    expect(fake.taken).toHaveLength(4);
  });

  it('changes nothing with --dry-run', async () => {
    const { fake, run } = createCase([toLine('one')]);
    expect(await run({ isDry: true })).toMatchObject({ dry_run: true, found: 1, put: 1, bytes: 3 });
    expect({ taken: fake.taken, changes: fake.changes, keys: [...fake.objects.keys()] }).toEqual({
      taken: [],
      changes: [],
      keys: [key],
    });
  });

  it('leaves out what arrived before --since', async () => {
    const { fake, run } = createCase([toLine('old', { arrivalTimestamp: now - 3 * hour }), toLine('new')]);
    expect(await run({ since: now - 2 * hour })).toMatchObject({ found: 1, put: 1 });
    expect(fake.taken).toEqual(['new']);
    expect(await run()).toMatchObject({ found: 2, put: 1, skipped: 1 });
    expect(fake.taken).toEqual(['new', 'old']);
  });

  it('puts in the next run what the stream refused in this one, and only that', async () => {
    const { fake, run } = createCase([toLine('one'), toLine('two'), toLine('three')]);
    fake.refuses = (record) => record === 'two';
    expect(await run()).toMatchObject({ put: 2, failed: 1, error: 'ServiceUnavailableException' });
    fake.refuses = () => false;
    expect(await run()).toMatchObject({ put: 1, skipped: 2, failed: 0 });
    expect(fake.taken).toEqual(['one', 'three', 'two']);
  });

  it('ends between two calls when it is asked to, and goes on there', async () => {
    const { fake, run } = createCase(Array.from({ length: 700 }, (_, at) => toLine(`r${at}`)));
    let isAsked = false;
    fake.afterPut = () => {
      isAsked = true;
    };
    const first = await run({ stop: { asked: () => isAsked, release: () => undefined } });
    expect(first).toMatchObject({ put: 500, interrupted: true });
    expect(await run()).toMatchObject({ put: 200, skipped: 500, interrupted: false });
    expect(new Set(fake.taken).size).toBe(700);
    expect(fake.taken).toHaveLength(700);
  });

  it('does not put what fails anew while it runs', async () => {
    const { fake, run } = createCase([toLine('one')]);
    fake.afterPut = () => {
      fake.objects.set(`${key}-again`, { bytes: Buffer.from(toLine('one')), lastModified: now });
    };
    expect(await run()).toMatchObject({ found: 1, put: 1 });
    expect(fake.taken).toEqual(['one']);
  });

  it('says in failed_records what was put back, also of a run whose rows came later', async () => {
    const { fake, run } = createCase([toLine('one'), 'junk', toLine('two')]);
    expect(await run()).toMatchObject({ put: 2, unreadable: 1 });
    expect(fake.changes).toEqual([]);
    fake.rows = (sql) => (sql.includes('SELECT DISTINCT object_key') ? [[key]] : []);
    expect(await run()).toMatchObject({ put: 0, skipped: 2 });
    expect(fake.changes).toHaveLength(1);
    expect(fake.changes[0]).toContain(`object_key = '${key}'`);
    expect(fake.changes[0]).toContain('(line_number BETWEEN 1 AND 1 OR line_number BETWEEN 3 AND 3)');
  });

  it('does not guess when its own note cannot be read', async () => {
    const { fake, run } = createCase([toLine('one')]);
    fake.objects.set(`state/replayed/${key}.json`, { bytes: Buffer.from('{"lines":[[1]]}'), lastModified: now });
    await expect(run()).rejects.toThrow(`s3://lake/state/replayed/${key}.json does not say which lines were replayed`);
    expect(fake.taken).toEqual([]);
  });
});
