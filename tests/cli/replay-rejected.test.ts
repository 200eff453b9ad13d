import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMoment } from '#cli/pipeline/moment.ts';
import { literal } from '#cli/pipeline/sql.ts';
import { toReturned } from '#cli/replay/original.ts';
import { type RejectedSettings, replayRejected } from '#cli/replay/rejected.ts';
import { eventBytes } from '#core/envelope.ts';
import { recognise } from '#core/steps/recognise.ts';
import { createFakePipeline, goOn } from './support/fake-pipeline.ts';

const row = {
  eventId: 'row-id',
  name: '',
  receivedAt: '2026-11-22 10:00:00.123',
  source: 'web',
  reason: 'invalid_time',
};
const returned = (original: string | Uint8Array, reason = 'invalid_time') => toReturned({ ...row, original, reason });

describe('an original that goes back', () => {
  it.each([
    ['has its own id', '{"event_id":"row-id","a":1}', '{"event_id":"row-id","a":1}', true],
    ['gets the id of its row', ' {"a" : 1} ', ' {"a" : 1,"event_id":"row-id"}', true],
    ['gets it though it holds nothing', '{}', '{"event_id":"row-id"}', true],
    ['gets it over an empty one', '{"event_id":""}', '{"event_id":"","event_id":"row-id"}', true],
    ['gets it over a null', '{"event_id":null,"a":1}', '{"event_id":null,"a":1,"event_id":"row-id"}', true],
    ['has a messageId', '{"type":"track","messageId":"row-id"}', '{"type":"track","messageId":"row-id"}', true],
    [
      'gets it over an empty messageId',
      '{"type":"track","messageId":""}',
      '{"type":"track","messageId":"","messageId":"row-id"}',
      true,
    ],
    ['has an id that is none', '{"event_id":[1]}', '{"event_id":[1]}', false],
    ['is no object', '[1]', '[1]', false],
  ])('%s', (_, original, text, keepsId) => {
    expect(returned(original)).toEqual({ kind: 'element', text, keepsId });
  });

  it('is the same event with the id of its row, whatever else it holds', () => {
    const event = fc.dictionary(
      fc.string().filter((name) => !['event_id', 'messageId', '__proto__'].includes(name)),
      fc.jsonValue(),
    );
    fc.assert(
      fc.property(event, fc.string({ unit: 'binary', minLength: 1 }), (value, eventId) => {
        const found = toReturned({ ...row, eventId, original: JSON.stringify(value, null, 1) });
        expect(found).toMatchObject({ kind: 'element', keepsId: true });
        const read: unknown = found.kind === 'element' ? JSON.parse(found.text) : undefined;
        expect(read).toEqual({ ...JSON.parse(JSON.stringify(value)), event_id: eventId });
        expect(recognise(JSON.parse(found.kind === 'element' ? found.text : '{}')).id).toBe(eventId);
      }),
    );
  });

  it.each<[string, string | Uint8Array, string]>([
    ['is not UTF-8', new Uint8Array([0xff, 0xfe]), 'not_utf8'],
    ['was a whole record', '{"millrace":9}', 'bad_envelope'],
    ['cannot be read', '{"a":', 'not_json'],
    ['is null, which in an envelope means taken out', 'null', 'not_object'],
  ])('is a record of its own when it %s', (_, original, reason) => {
    expect(returned(original, reason)).toEqual({ kind: 'record', bytes: Buffer.from(original), keepsId: false });
  });

  it('is a record of its own when an envelope cannot hold it', () => {
    expect(returned(JSON.stringify({ a: 'x'.repeat(eventBytes) }))).toMatchObject({ kind: 'record', keepsId: true });
  });
});

describe('a time of the command line', () => {
  const now = Date.UTC(2026, 10, 22, 12);
  it.each([
    ['7d', now - 7 * 86_400_000],
    ['3h', now - 10_800_000],
    ['30m', now - 1_800_000],
    ['2026-11-22', Date.UTC(2026, 10, 22)],
    ['2026-11-22T10:00:00+02:00', Date.UTC(2026, 10, 22, 8)],
  ])('is read: %s', (text, moment) => {
    expect(parseMoment('since', text, now)).toBe(moment);
  });

  it.each(['yesterday', '7', '2026-02-30', '-3h', ''])('is refused with what to write: %s', (text) => {
    expect(() => parseMoment('since', text, now)).toThrow('is no time: write 2026-11-22T10:00:00Z, or 7d, 3h or 30m');
  });
});

describe('a text in a statement', () => {
  it('stands between quotes of which none ends it, or is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
        const isUnfit = /[\\\u0000-\u001f\u007f-\u009f]/.test(text) || !text.isWellFormed();
        if (isUnfit) expect(() => literal(text)).toThrow('cannot be put into a statement');
        else {
          expect(literal(text)).toMatch(/^'([^']|'')*'$/);
          expect(literal(text).slice(1, -1).replaceAll("''", "'")).toBe(text);
        }
      }),
    );
  });
});

const createCase = (originals: readonly (readonly [receivedAt: string, source: string | null, text: string])[]) => {
  const fake = createFakePipeline();
  fake.rows = (sql) => {
    if (sql.includes('GROUP BY rejected.reason'))
      return [['invalid_time', originals.length, 0, 100, '2026-11-22 10:00:00', '2026-11-22 11:00:00']];
    return originals.map(([receivedAt, source, text], at) => [
      ...[`id-${at}`, `hash-${at}`, receivedAt, source, 'invalid_time', null, text.length, text],
    ]);
  };
  const run = (over: Partial<RejectedSettings> = {}) =>
    replayRejected(fake.pipeline, {
      since: undefined,
      reason: undefined,
      isDry: false,
      stop: goOn,
      tell: () => undefined,
      ...over,
    });
  return { fake, run };
};

const [ten, eleven] = ['2026-11-22 10:00:00.123', '2026-11-22 11:00:00'];

describe('millrace replay --rejected', () => {
  it('puts events of one time and source into one envelope, numbered from 0', async () => {
    const { fake, run } = createCase([
      [ten, 'web', '{"event_id":"id-0"}'],
      [ten, 'web', '{"b":1}'],
      [ten, null, '{}'],
      [eleven, 'web', '[7]'],
    ]);
    const report = await run();
    expect(report).toMatchObject({ put: 4, unidentified: 1, by: { invalid_time: 4 } });
    const { producer } = report;
    const envelope = (seq: number, count: number, time: string, source: string, events: string): string =>
      `{"millrace":1,"batch":{"producer":"${producer}","seq":${seq},"count":${count}},"received_at":"${time}",${source}"protocol":"native","client":{},"events":[${events}]}`;
    expect(fake.taken).toEqual([
      envelope(0, 2, '2026-11-22T10:00:00.123Z', '"source":"web",', '{"event_id":"id-0"},{"b":1,"event_id":"id-1"}'),
      envelope(1, 1, '2026-11-22T10:00:00.123Z', '', '{"event_id":"id-2"}'),
      envelope(2, 1, '2026-11-22T11:00:00.000Z', '"source":"web",', '[7]'),
    ]);
  });

  it('says of numbers whose envelopes the stream did not take that they are void', async () => {
    const { fake, run } = createCase([
      [ten, 'web', '{}'],
      [ten, 'shop', '{}'],
      [eleven, 'web', '{}'],
    ]);
    fake.refuses = (record) => record.includes('"source":"shop"');
    expect(await run()).toMatchObject({ put: 2, failed: 1, error: 'ServiceUnavailableException' });
    expect(JSON.parse(fake.taken.at(-1) ?? '')).toMatchObject({
      batch: { seq: 3, count: 0, void: [[1, 1]] },
      events: [],
    });
  });

  it('puts nothing with --dry-run', async () => {
    const { fake, run } = createCase([[ten, 'web', '{}']]);
    expect(await run({ isDry: true })).toMatchObject({ dry_run: true, found: 1, put: 1, bytes: 100, producer: null });
    expect(fake.taken).toEqual([]);
  });
});
