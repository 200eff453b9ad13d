import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventColumns, landingColumns, rejectedColumns } from '#core/columns.ts';
import { type Arrival, toEnvelope } from '#core/envelope.ts';
import { transformRecord } from '#core/record.ts';

const arrivedAt = Date.UTC(2026, 10, 22, 10, 0, 0, 123);
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const transform = (body: string | Uint8Array, recordId = 'r1') =>
  transformRecord({ bytes: typeof body === 'string' ? Buffer.from(body) : body, recordId, arrivedAt }, hash);
const rowsOf = (body: string | Uint8Array): Record<string, unknown>[] =>
  transform(body)
    .lines.split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const arrival = {
  producer: '0199aa00-0000-7000-8000-000000000000',
  receivedAt: '2026-11-22T10:00:00.123Z',
  source: 'web',
  protocol: 'native',
  client: { ip: '203.0.113.77', user_agent: 'Mozilla/5.0' },
} as const;

describe('transformRecord', () => {
  it('turns an envelope into one batch row and one row an event, in order', () => {
    const texts = [
      '{"event_id":"a","event_name":"Order Completed","properties":{"total":"1.50"}}',
      '{"event_id":"b","event_name":"x"}',
    ];
    const [batch, first, second] = rowsOf(toEnvelope(arrival, 7, texts));
    expect(batch).toMatchObject({
      kind: 'batch',
      producer: arrival.producer,
      seq: 7,
      event_count: 2,
      dropped_count: 0,
    });
    expect(first).toMatchObject({
      kind: 'event',
      event_id: 'a',
      event_name: 'order_completed',
      original_name: 'Order Completed',
      event_time: '2026-11-22 10:00:00.123',
      received_at: '2026-11-22 10:00:00.123',
      source: 'web',
      seq: 7,
      ip: '203.0.113.0',
      properties: { total: '1.50' },
    });
    expect(second).toMatchObject({ kind: 'event', event_id: 'b' });
  });

  it("reads the tutorial's event, a time without zone being UTC, and keeps its user", () => {
    const [row] = rowsOf(
      '{"event_time":"2026-11-22T09:59:58.5","event_name":"JOIN","user":{"id":42,"displayName":"Ada"}}',
    );
    expect(row).toMatchObject({
      event_name: 'join',
      event_time: '2026-11-22 09:59:58.500',
      user_id: '42',
      properties: { user: { id: 42, display_name: 'Ada' } },
    });
  });

  it('gives an event without id the same id on every retry of the record, and another in another record', () => {
    const body = '{"event_name":"JOIN"}';
    const idOf = (recordId: string) => JSON.parse(transform(body, recordId).lines).event_id;
    expect(idOf('r1')).toBe(idOf('r1'));
    expect(idOf('r1')).not.toBe(idOf('r2'));
  });

  it('takes arrays and NDJSON, and refuses a bad line alone', () => {
    expect(rowsOf('[{"event_name":"a"},{"event_name":"b"}]').map((row) => row.event_name)).toEqual(['a', 'b']);
    const rows = rowsOf('{"event_name":"a"}\n{"event_name":\n{"event_name":"c"}\n');
    expect(rows.map((row) => [row.kind, row.reason])).toEqual([
      ['event', undefined],
      ['rejected', 'not_json'],
      ['event', undefined],
    ]);
    expect(rows[1]?.original).toBe('{"event_name":');
  });

  it.each([
    ['', 'empty', undefined],
    ['   \n', 'empty', undefined],
    ['hello', 'not_json', undefined],
    ['42', 'not_object', undefined],
    ['{"a":1}', 'missing_name', 'event_name'],
    ['{"event_name":7}', 'invalid_name', 'event_name'],
    ['{"event_name":"!!"}', 'invalid_name', 'event_name'],
    [`{"event_name":"${'n'.repeat(300)}"}`, 'too_long', 'event_name'],
    ['{"event_name":"a","event_time":"yesterday"}', 'invalid_time', 'event_time'],
    ['{"event_name":"a","event_time":"2026-02-30T00:00:00Z"}', 'invalid_time', 'event_time'],
    ['{"event_name":"a","event_time":"2028-01-01T00:00:00Z"}', 'time_out_of_range', 'event_time'],
    ['{"event_name":"a","event_time":"1970-01-01T00:00:00Z"}', 'time_out_of_range', 'event_time'],
    ['{"event_name":"a","event_id":{"x":1}}', 'invalid_id', 'event_id'],
    ['{"event_name":"a","context":{"page":{"url":5}}}', 'invalid_field', 'context.page.url'],
    [`{"event_name":"a","user_id":"${'é'.repeat(200)}"}`, 'too_long', 'user_id'],
    ['{"event_name":"a","properties":{"note":"x\\u0000y"}}', 'invalid_text', 'properties.note'],
    ['{"event_name":"a","properties":{"note":"\\ud83d"}}', 'invalid_text', 'properties.note'],
    [`{"event_name":"a","properties":{"note":"${'x'.repeat(65_536)}"}}`, 'too_long', 'properties.note'],
    ['{"event_name":"a","properties":{"n":1e400}}', 'invalid_number', 'properties.n'],
    [`{"event_name":"a","properties":${'{"a":'.repeat(80)}1${'}'.repeat(80)}}`, 'too_deep', undefined],
    ['{"millrace":2,"batch":{}}', 'bad_envelope', 'millrace'],
    ['{"millrace":1,"batch":{"producer":"p","seq":0,"count":3},"events":[]}', 'bad_envelope', 'millrace'],
    ['{"millrace":12345678901234567890}', 'bad_envelope', 'millrace'],
    ['{"millrace":{"toString":1,"valueOf":1}}', 'bad_envelope', 'millrace'],
    ['{"millrace":"\\u0000aaaaaaaaaaaaaa😀"}', 'bad_envelope', 'millrace'],
    ['{"millrace":1,"batch":{"producer":"p","seq":-1,"count":0},"events":[]}', 'bad_envelope', 'millrace'],
    [
      '{"millrace":1,"batch":{"producer":"p","seq":0,"count":12345678901234567890},"events":[]}',
      'bad_envelope',
      'millrace',
    ],
    [
      `{"millrace":1,"batch":{"producer":"${'é'.repeat(36)}","seq":0,"count":0},"events":[]}`,
      'bad_envelope',
      'millrace',
    ],
    [
      `{"millrace":1,"batch":{"producer":"p","seq":0,"count":0},"source":"${'s'.repeat(70)}","events":[]}`,
      'bad_envelope',
      'millrace',
    ],
    ['{"event_name":"a","properties":"{}"}', 'invalid_field', 'properties'],
    ['{"event_name":"a","properties":[1]}', 'invalid_field', 'properties'],
    ['{"event_name":"a","properties":12345678901234567890}', 'invalid_field', 'properties'],
    ['{"event_name":"a","context":"mobile"}', 'invalid_field', 'context'],
    ['[12345678901234567890]'.slice(1, -1), 'not_object', undefined],
    [`{"event_name":"a","properties":{"${'k'.repeat(70_000)}":1}}`, 'too_long', 'properties'],
    ['{"event_name":"a","properties":{"k\\u0000":1}}', 'invalid_text', 'properties'],
    ['{"event_name":"a","user_id":"x\\u0000"}', 'invalid_text', 'user_id'],
  ])('refuses %.60s as %s', (body, reason, field) => {
    const rows = rowsOf(body);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ kind: 'rejected', reason, ...(field !== undefined && { field }) });
    expect(rows[0]?.original_encoding === 'text' ? rows[0].original : decode(rows[0]?.original)).toBe(body);
  });

  it('keeps the bytes of what is not UTF-8', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0x41]);
    const [row] = rowsOf(bytes);
    expect(row).toMatchObject({ reason: 'not_utf8', original_encoding: 'base64' });
    expect(row?.original).toEqual([bytes.toString('base64')]);
  });

  it('keeps a refused event of an envelope as the text that came, beside its neighbours', () => {
    const rows = rowsOf(toEnvelope(arrival, 0, ['{"event_name":"a"}', '{ "event_name" : 7 }', '{"event_name":"c"}']));
    expect(rows.map((row) => row.kind)).toEqual(['batch', 'event', 'rejected', 'event']);
    expect(rows[2]?.original).toBe('{ "event_name" : 7 }');
  });

  it('keeps every digit of numbers that a double cannot hold', () => {
    const { lines } = transform(
      '{"event_name":"a","properties": {"big": 9007199254740993, "long": 12345678.123456789012, "f": 1.5}}',
    );
    expect(lines).toContain('"big":9007199254740993');
    expect(lines).toContain('"long":12345678.123456789012');
    expect(lines).toContain('"f":1.5');
  });

  it('names keys in snake_case at every depth and loses none of two that collide', () => {
    const [row] = rowsOf(
      '{"event_name":"a","properties":{"orderId":1,"order_id":2,"Order-ID":3,"nested":[{"aB":1}],"__proto__":{"x":1}}}',
    );
    expect(row?.properties).toEqual({
      order_id: 2,
      order_id_2: 1,
      order_id_3: 3,
      nested: [{ a_b: 1 }],
      proto: { x: 1 },
    });
  });

  it("reads a time from a long number, and an envelope's own time unless it is in the future", () => {
    expect(rowsOf('{"event_name":"a","event_time":1795341599.123456789}')[0]).toMatchObject({
      event_time: '2026-11-22 09:59:59.123',
    });
    const receivedBy = (receivedAt: string) =>
      rowsOf(toEnvelope({ ...arrival, receivedAt }, 0, ['{"event_name":"a"}']))[1]?.received_at;
    expect(receivedBy('2026-11-21T08:00:00.000Z')).toBe('2026-11-21 08:00:00.000');
    for (const wrong of ['9999-12-31T23:59:59.999-12:00', '2099-01-01T00:00:00Z', 'soon', '1970-01-01T00:00:00Z'])
      expect(receivedBy(wrong)).toBe('2026-11-22 10:00:00.123');
  });

  it('gives two events with the same place and other contents two ids, and the same one the same', () => {
    const idOf = (event: string) => rowsOf(toEnvelope(arrival, 0, [event]))[1]?.event_id;
    expect(idOf('{"event_name":"a"}')).not.toBe(idOf('{"event_name":"b"}'));
    expect(idOf('{"event_name":"a"}')).toBe(idOf('{"event_name":"a"}'));
  });

  it('keeps members called __proto__ wherever they stand', () => {
    const [row] = rowsOf('{"event_name":"a","__proto__":{"x":1},"context":{"__proto__":{"y":2},"locale":"de"}}');
    expect(row?.properties).toEqual({ proto: { x: 1 }, context: { proto: { y: 2 }, locale: 'de' } });
  });

  it('numbers twenty thousand keys of one name (a rule that looks from the start each time takes most of a minute)', () => {
    const keys = Array.from(
      { length: 20_000 },
      (_, at) => '-'.repeat(1 + (at % 200)) + '+'.repeat(1 + Math.floor(at / 200)),
    );
    const [row] = rowsOf(
      JSON.stringify({ event_name: 'a', properties: Object.fromEntries(keys.map((key) => [key, 1])) }),
    );
    expect(Object.keys(row?.properties ?? {})).toHaveLength(20_000);
  });

  it('stops when the rows become longer than they may be', () => {
    const record = { bytes: Buffer.from(`[${'1,'.repeat(400_000)}1]`), recordId: 'r', arrivedAt };
    const { overflowed, lines } = transformRecord(record, hash, 100_000);
    expect(overflowed).toBe(true);
    expect(lines.length).toBeLessThan(101_000);
  });

  it('keeps the text of an event in an envelope that someone else wrote', () => {
    const [, row] = rowsOf('{"millrace":1,"batch":{"producer":"p","seq":0,"count":1,"events":["other"]},"events":[7]}');
    expect(row).toMatchObject({ kind: 'rejected', original: '7' });
    const deep = `{"millrace":1, "batch":{"producer":"p","seq":0,"count":1}, "events": [${'['.repeat(50_000)}${']'.repeat(50_000)}]}`;
    expect(rowsOf(deep).map(({ kind }) => kind)).toEqual(['batch', 'rejected']);
  });

  it('never stores the whole address', () => {
    const { lines } = transform('{"event_name":"a","context":{"ip":"198.51.100.23","locale":"de"}}');
    expect(lines).not.toContain('198.51.100.23');
    expect(JSON.parse(lines)).toMatchObject({ ip: '198.51.100.0', properties: { context: { locale: 'de' } } });
  });

  it('leaves nothing of a Segment call behind but the write key', () => {
    const call =
      '{"type":"identify","messageId":"m","userId":"u","writeKey":"secret","sentAt":"2026-11-22T09:00:00Z","originalTimestamp":"2026-11-22T08:00:00Z","traits":{"plan":"pro"},"properties":{"a":1},"integrations":{}}';
    const [row] = rowsOf(call);
    expect(row).toMatchObject({ event_name: 'identify', event_time: '2026-11-22 08:00:00.000' });
    expect(row?.properties).toMatchObject({
      plan: 'pro',
      properties: { a: 1 },
      sent_at: '2026-11-22T09:00:00Z',
      integrations: {},
    });
    expect(JSON.stringify(row)).not.toContain('secret');
  });

  it('reads Segment calls', () => {
    const [row] = rowsOf(
      '{"type":"track","event":"Order Completed","messageId":"m1","userId":"u1","timestamp":"2026-11-22T09:00:00Z","properties":{"orderId":"o1"}}',
    );
    expect(row).toMatchObject({
      event_id: 'm1',
      event_name: 'order_completed',
      user_id: 'u1',
      protocol: 'segment',
      properties: { order_id: 'o1' },
    });
  });

  it('gives every event exactly one row with known columns, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 400 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          const result = transform(bytes);
          const rows = result.lines
            .split('\n')
            .slice(0, -1)
            .map((line) => JSON.parse(line));
          expect(rows.length).toBe(result.kept + result.envelopes + result.voids + result.rejected.length);
          for (const row of rows) for (const key of Object.keys(row)) expect(landingColumns).toHaveProperty(key);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives each range of void numbers a row of its own, and the batch row what was acknowledged before it', () => {
    const told: Arrival = {
      ...arrival,
      acknowledged: 9000,
      void: [
        [3, 3],
        [5, 6],
      ],
    };
    const rows = rowsOf(toEnvelope(told, 7, ['{"event_name":"a"}']));
    const more = { kind: 'batch', producer: arrival.producer, received_at: '2026-11-22 10:00:00.123', source: 'web' };
    expect(rows.slice(0, 3)).toEqual([
      { ...more, seq: 7, event_count: 1, dropped_count: 0, acknowledged_before: 9000 },
      { ...more, seq: 3, event_count: 0, dropped_count: 0, void_to: 3 },
      { ...more, seq: 5, event_count: 0, dropped_count: 0, void_to: 6 },
    ]);
    expect(rows.slice(3)).toMatchObject([{ kind: 'event', seq: 7 }]);
  });

  it('keeps the text of a refused event, whatever the envelope tells of earlier ones', () => {
    for (const told of [
      { acknowledged: 0 },
      { acknowledged: 12 },
      {
        acknowledged: 12,
        void: [
          [0, 1],
          [3, 3],
        ],
      },
    ] as const) {
      const rows = rowsOf(toEnvelope({ ...arrival, ...told }, 4, ['{ "event_name" : 7 }']));
      expect(rows.at(-1)?.original).toBe('{ "event_name" : 7 }');
    }
  });

  it('gives an event that was taken out of its envelope no row, counts it as dropped, and leaves the ids of the others', () => {
    const texts = ['{"event_name":"a"}', '{"event_name":"b"}', '{ "event_name" : 7 }'];
    const [, , second, third] = rowsOf(toEnvelope(arrival, 4, texts));
    const body = toEnvelope(arrival, 4, texts.with(0, 'null'));
    expect(rowsOf(body)).toEqual([expect.objectContaining({ event_count: 3, dropped_count: 1 }), second, third]);
    expect(transform(body)).toMatchObject({ kept: 1, dropped: 1, rejected: ['invalid_name'] });
  });

  it.each(['null', '[null]', '{"event_name":"a"}\nnull'])('refuses a null outside an envelope: %s', (body) => {
    expect(rowsOf(body).at(-1)).toMatchObject({ kind: 'rejected', reason: 'not_object' });
  });

  it('counts an event once for any list of events, in an envelope or not', () => {
    const event = fc.record(
      { event_name: fc.oneof(fc.string(), fc.integer()), properties: fc.object() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fc.array(fc.option(event), { maxLength: 8 }), fc.nat(3), (events, voids) => {
        const texts = events.map((each) => JSON.stringify(each));
        const takenOut = events.filter((each) => each === null).length;
        const told: Arrival = { ...arrival, void: Array.from({ length: voids }, (_, at) => [at * 2, at * 2]) };
        expect(rowsOf(toEnvelope(told, 9, texts))).toHaveLength(1 + voids + events.length - takenOut);
        expect(rowsOf(`[${texts.join(',')}]`)).toHaveLength(events.length);
      }),
    );
  });
});

const decode = (pieces: unknown): string =>
  Buffer.from(Array.isArray(pieces) ? pieces.join('') : '', 'base64').toString('utf8');

describe('columns', () => {
  it('agree wherever two tables share one', () => {
    for (const [name, column] of Object.entries(rejectedColumns))
      if (name in eventColumns) expect(landingColumns[name]).toEqual(column);
  });
});
