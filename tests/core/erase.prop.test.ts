import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Arrival, toEnvelope } from '#core/envelope.ts';
import { eraseFailed } from '#core/erase/failed.ts';
import { eraseLanded } from '#core/erase/landed.ts';
import { isNamedIn, type Person } from '#core/erase/person.ts';
import { arrayOfMember, elementSpans } from '#core/erase/spans.ts';
import { transformRecord } from '#core/record.ts';

const arrivedAt = Date.UTC(2026, 10, 22, 10);
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
const arrival: Arrival = {
  producer: '0199aa00-0000-7000-8000-000000000000',
  receivedAt: '2026-11-22T10:00:00.000Z',
  source: 'web',
  protocol: 'native',
  client: {},
};

const id = fc.constantFrom('ada', 'bob', 'phone', 'tablet', 'a"d\\a', 'ädä', '', null, 7, true);
const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      {
        event_name: fc.constantFrom('Order Completed', 'identify', 7),
        user_id: id,
        anonymous_id: id,
        properties: fc.dictionary(fc.string(), fc.oneof(fc.string({ unit: 'binary' }), id)),
      },
      { requiredKeys: [] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constantFrom('track', 'alias'), userId: id, previousId: fc.constant('other') }),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const person: fc.Arbitrary<Person> = fc
  .record({ userId: fc.constantFrom('ada', 'a"d\\a', 'ädä', '7', 'x'), device: fc.constantFrom('phone', '', 'ädä') })
  .map(({ userId, device }) => ({
    userId,
    hasDevices: device !== '',
    isDevice: (found) => device !== '' && found === device,
    until: arrivedAt,
  }));
const records = fc.array(fc.array(event, { maxLength: 6 }), { maxLength: 4 }).map((requests) =>
  // One of them delivered twice, as the stream may.
  [...requests, ...requests.slice(0, 1)].map((events, seq) =>
    toEnvelope(
      arrival,
      seq % Math.max(1, requests.length),
      events.map((value) => JSON.stringify(value)),
    ),
  ),
);
const land = (record: string): string =>
  transformRecord({ bytes: Buffer.from(record), recordId: 'r', arrivedAt }, hash).lines;

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '');
const rowOf = (line: string): Record<string, unknown> => JSON.parse(line);
const others = (text: string): string[] => linesOf(text).filter((line) => rowOf(line).kind !== 'batch');

describe('eraseLanded, whatever was sent', () => {
  it('leaves every line of others as it was, in its place, and none of the person', () => {
    fc.assert(
      fc.property(records, person, (sent, who) => {
        const text = sent.map(land).join('');
        const erased = eraseLanded(text, who);
        const isWho = (line: string): boolean => {
          const row = rowOf(line);
          if (row.kind === 'rejected') return eraseLanded(line, who).rejected.length === 1;
          return row.user_id === undefined ? who.isDevice(String(row.anonymous_id)) : row.user_id === who.userId;
        };
        expect(others(erased.text)).toEqual(others(text).filter((line) => !isWho(line)));
        expect(others(text).length - others(erased.text).length).toBe(erased.events + erased.rejected.length);
      }),
    );
  });

  it('keeps every envelope’s sum: events, rejected ones and dropped ones are as many as it held', () => {
    fc.assert(
      fc.property(records, person, (sent, who) => {
        const { text, envelopes } = eraseLanded(sent.map(land).join(''), who);
        let batch: Record<string, unknown> = {};
        let missing = 0;
        const told = new Map(envelopes.map(({ producer, seq, droppedCount }) => [`${producer} ${seq}`, droppedCount]));
        for (const row of linesOf(text).map(rowOf)) {
          if (row.kind !== 'batch') missing--;
          else {
            expect(missing).toBe(0);
            batch = row;
            missing = Number(batch.event_count) - Number(batch.dropped_count);
            expect(told.get(`${row.producer} ${row.seq}`) ?? row.dropped_count).toBe(row.dropped_count);
          }
        }
        expect(missing).toBe(0);
      }),
    );
  });

  it('finds nothing the second time', () => {
    fc.assert(
      fc.property(records, person, (sent, who) => {
        const once = eraseLanded(sent.map(land).join(''), who).text;
        expect(eraseLanded(once, who)).toEqual({ text: once, events: 0, rejected: [], envelopes: [] });
      }),
    );
  });

  it('never throws, and changes nothing of a text that names nobody', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), person, (text, who) => {
        expect(isNamedIn(who, text)).toBe(false);
        expect(eraseLanded(text, who).text).toBe(text);
        expect(eraseFailed(text, who).text).toBe(text);
      }),
    );
  });
});

describe('eraseFailed, whatever was sent', () => {
  it('leaves records that make the rows which are left when the landed ones are erased', () => {
    fc.assert(
      fc.property(records, person, (sent, who) => {
        const failed = sent
          .map(
            (record) =>
              `${JSON.stringify({ arrivalTimestamp: arrivedAt, rawData: Buffer.from(record).toString('base64') })}\n`,
          )
          .join('');
        const erased = eraseFailed(failed, who);
        const left = linesOf(erased.text).map((line) => Buffer.from(String(rowOf(line).rawData), 'base64').toString());
        expect(left.map(land).join('')).toBe(eraseLanded(sent.map(land).join(''), who).text);
        expect(eraseFailed(erased.text, who).events).toBe(0);
      }),
    );
  });
});

describe('the spans of a JSON text', () => {
  const spaced = fc.tuple(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'));

  it('are those of an array’s elements', () => {
    fc.assert(
      fc.property(fc.array(spaced), (elements) => {
        const texts = elements.map(([value, indent]) => JSON.stringify(value, undefined, indent));
        const text = `[ ${texts.join(' ,\n')} ]`;
        expect(elementSpans(text, 0).map(({ from, to }) => text.slice(from, to))).toEqual(texts);
      }),
    );
  });

  it('begin where the last array of that name does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), spaced, (members, [value, indent]) => {
        const text = JSON.stringify({ ...members, events: [value] }, undefined, indent);
        const from = arrayOfMember(text, 'events');
        const [span] = elementSpans(text, from);
        expect(JSON.parse(text.slice(span?.from, span?.to))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(arrayOfMember(JSON.stringify({ ...members, events: 1 }), 'events')).toBe(-1);
      }),
    );
  });
});
