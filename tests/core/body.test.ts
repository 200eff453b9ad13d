import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitBody } from '#core/body.ts';
import { envelopeBytes, packEvents, toEnvelope } from '#core/envelope.ts';

const split = (body: string) => {
  let next = 0;
  return splitBody(body, () => `id-${next++}`);
};

describe('splitBody', () => {
  it('takes one object, an array and NDJSON', () => {
    for (const body of ['{"event_name":"a"}', '[{"event_name":"a"}]', '{"event_name":"a"}\n'])
      expect(split(body)).toMatchObject({
        ok: true,
        accepted: [{ text: '{"event_id":"id-0","event_name":"a"}' }],
        rejected: [],
      });
    expect(split('{"event_name":"a"}\n\n{"event_name":"b"}')).toMatchObject({
      ok: true,
      accepted: [{ index: 0 }, { index: 1 }],
    });
  });

  it('keeps the text of an event that has an id, spaces and long numbers and all', () => {
    const text = '{ "event_id" : "x", "event_name":"a", "n": 9007199254740993 }';
    expect(split(`[ ${text} ]`)).toMatchObject({ accepted: [{ text }] });
  });

  it('refuses a bad event alone, naming index, field and fix', () => {
    expect(split('[{"event_name":"a"},7,{"event_name":""},{"event_name":"b"}]')).toMatchObject({
      accepted: [{ index: 0 }, { index: 3 }],
      rejected: [
        { index: 1, code: 'not_object' },
        { index: 2, code: 'missing_name', field: 'event_name', message: expect.stringContaining('order_completed') },
      ],
    });
  });

  it('says where a body stops being JSON', () => {
    expect(split('{"event_name":"a",}')).toMatchObject({
      ok: false,
      message: expect.stringContaining('character 18 (line 1, column 19)'),
    });
    expect(split('{\n"event_name":x}')).toMatchObject({
      ok: false,
      message: expect.stringContaining('character 15 (line 2, column 14)'),
    });
    expect(split('{"event_name":"a"')).toMatchObject({ ok: false, message: expect.stringContaining('character 17') });
    expect(split('')).toMatchObject({ ok: false, message: expect.stringContaining('empty') });
  });

  it('refuses a bad line of NDJSON alone, the first one too, and says which line', () => {
    expect(split('oops\n{"event_name":"a"}\n{"event_name":\n')).toMatchObject({
      ok: true,
      accepted: [{ index: 1 }],
      rejected: [
        { index: 0, code: 'not_json', message: expect.stringContaining('character 0 of line 1') },
        { index: 2, code: 'not_json', message: expect.stringContaining('line 3') },
      ],
    });
  });

  it('refuses more events than a request may hold, in an array or line by line', () => {
    const message = expect.stringContaining('10000');
    expect(split(`[${'1,'.repeat(10_000)}1]`)).toMatchObject({ ok: false, code: 'too_many_events', message });
    expect(split('{}\n'.repeat(10_001))).toMatchObject({ ok: false, code: 'too_many_events', message });
  });

  it('refuses an event larger than the limit and names the limit', () => {
    const body = JSON.stringify([{ event_name: 'a', note: 'x'.repeat(500_000) }, { event_name: 'b' }]);
    expect(split(body)).toMatchObject({
      accepted: [{ index: 1 }],
      rejected: [{ index: 0, code: 'too_large', message: expect.stringContaining('480000') }],
    });
  });

  it('gives each event of any array back as its own JSON', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ event_id: fc.uuid(), event_name: fc.constant('a'), properties: fc.object() })),
        (events) => {
          const result = split(JSON.stringify(events, null, 1));
          const texts = result.ok ? result.accepted.map((event) => JSON.parse(event.text)) : [];
          expect(texts).toEqual(JSON.parse(JSON.stringify(events)));
        },
      ),
    );
  });
});

describe('packEvents', () => {
  const arrival = {
    producer: 'p',
    receivedAt: '2026-11-22T10:00:00.123Z',
    source: 'web',
    protocol: 'native',
    client: { ip: '1.2.3.4' },
  } as const;

  it('keeps every envelope under its limit, in as few as fit, and every event once, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 2, max: 200_000 }), { maxLength: 30 }), (sizes) => {
        const events = sizes.map((bytes, at) => ({ bytes, text: 'x'.repeat(bytes), at }));
        const groups = packEvents(arrival, events);
        expect(groups.flat()).toEqual(events);
        for (const group of groups)
          expect(
            toEnvelope(
              arrival,
              999_999,
              group.map((event) => event.text),
            ).length,
          ).toBeLessThan(envelopeBytes);
        for (let at = 1; at < groups.length; at++)
          expect(
            (groups[at - 1] ?? []).reduce((sum, event) => sum + event.bytes + 1, 0) + (groups[at]?.[0]?.bytes ?? 0),
          ).toBeGreaterThan(envelopeBytes - 2000);
      }),
      { numRuns: 30 },
    );
  });
});
