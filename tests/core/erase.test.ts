import { describe, expect, it } from 'vitest';
import { eraseFailed } from '#core/erase/failed.ts';
import { eraseLanded } from '#core/erase/landed.ts';
import { isNamedIn, isSentBy, type Person } from '#core/erase/person.ts';

const until = Date.UTC(2026, 10, 22, 12);
const ada: Person = { userId: 'ada', hasDevices: true, isDevice: (id) => id === 'phone', until };
const lonely: Person = { ...ada, hasDevices: false, isDevice: () => false };

const received_at = '2026-11-22 10:00:00.000';
const line = (row: object): string => `${JSON.stringify(row)}\n`;
const event = (row: object): string => line({ kind: 'event', event_id: 'e', ...row, received_at });
const batch = (seq: number, dropped = 0): string =>
  line({ kind: 'batch', producer: 'p', seq, event_count: 9, dropped_count: dropped, received_at });
const rejected = (original: unknown, of = {}): string =>
  line({ kind: 'rejected', event_id: 'r', reason: 'not_json', original, received_at, ...of });
const left = (text: string, person = ada): string => eraseLanded(text, person).text;

describe('eraseLanded', () => {
  it('takes out events of the user and of the devices that are the user’s alone, and counts them as dropped', () => {
    const others = [
      event({ user_id: 'bob', anonymous_id: 'phone', producer: 'p', seq: 1 }),
      event({ user_id: 'adam', producer: 'p', seq: 1 }),
      event({ anonymous_id: 'ada', producer: 'p', seq: 1 }),
    ].join('');
    const text = `${batch(1)}${event({ user_id: 'ada', producer: 'p', seq: 1 })}${others}${event({ anonymous_id: 'phone', producer: 'p', seq: 1 })}`;
    expect(eraseLanded(text, ada)).toEqual({
      text: `${batch(1, 2)}${others}`,
      events: 2,
      rejected: [],
      envelopes: [{ producer: 'p', seq: 1, droppedCount: 2 }],
    });
  });

  it('adds to what was dropped before, in each copy of an envelope by itself', () => {
    const mine = event({ user_id: 'ada', producer: 'p', seq: 1 });
    const text = `${batch(1, 3)}${mine}${batch(2)}${batch(1, 3)}${mine}`;
    expect(left(text)).toBe(`${batch(1, 4)}${batch(2)}${batch(1, 4)}`);
  });

  it('counts for an envelope, not for the void numbers that begin with its own', () => {
    const unborn = line({ kind: 'batch', producer: 'p', seq: 1, event_count: 0, dropped_count: 0, void_to: 1 });
    expect(left(`${batch(1)}${unborn}${event({ user_id: 'ada', producer: 'p', seq: 1 })}`)).toBe(
      `${batch(1, 1)}${unborn}`,
    );
  });

  it('leaves what was received after the erasure', () => {
    const later = line({ kind: 'event', event_id: 'e', user_id: 'ada', received_at: '2026-11-22 12:00:00.001' });
    expect(left(later)).toBe(later);
  });

  it('finds an id however a line spells it, and none in properties', () => {
    const spelled = '{"kind":"event","event_id":"e","user_id":"\\u0061da"}\n';
    const mentioned = event({ user_id: 'bob', properties: { user_id: 'ada', friend: 'ada' } });
    expect(left(`${spelled}${mentioned}`, lonely)).toBe(mentioned);
    const nameless = '{"kind":"event","event_id":"e","anonymous_id":"phone","properties":{"user_id":"bob"}}\n';
    expect(left(nameless)).toBe('');
  });

  it.each([
    ['an event', '{"user_id":"ada","event_name":7}'],
    ['a Segment call', '{"type":"track","userId":"ada"}'],
    ['an alias of the user', '{"type":"alias","previousId":"ada"}'],
    ['an alias of a device', '{"type":"alias","previousId":"phone"}'],
    ['an array', '[1,{"user":{"id":"ada"}}]'],
    ['an envelope that is none', '{"millrace":9,"events":[{"user_id":"bob"},{"user_id":"ada"}]}'],
    ['half an event', '{"user_id":"ada","properties":{'],
    ['half an event of a device', '{"anonymousId": "phone","prop'],
  ])('takes out a rejected text that is %s of the person', (_, original) => {
    const bytes = Buffer.from(original).toString('base64');
    const pieces = [bytes.slice(0, 8), bytes.slice(8)];
    expect(eraseLanded(`${rejected(original)}${rejected(pieces)}`, ada)).toMatchObject({
      text: '',
      rejected: [
        { eventId: 'r', receivedAt: received_at },
        { eventId: 'r', receivedAt: received_at },
      ],
    });
  });

  it.each([
    '{"user_id":"bob","anonymous_id":"phone","event_name":7}',
    '{"properties":{"user_id":"ada"}}',
    '{"user_id":"bob","previousId":"ada"}',
    '{"user_id":"bob","note":"ada","x":',
    'ada',
    '',
  ])('leaves a rejected text of others: %s', (original) => {
    const text = rejected(original);
    expect(left(text)).toBe(text);
  });

  it('knows ids that are numbers by their digits', () => {
    const person = (userId: string): Person => ({ ...lonely, userId });
    expect(left(rejected('{"user_id":42}'), person('42'))).toBe('');
    expect(left(rejected('{"user_id":12345678901234567890}'), person('12345678901234567890'))).toBe('');
    expect(isSentBy(person('12345678901234567000'), JSON.parse('{"user_id":12345678901234567890}'))).toBe(true);
    expect(isNamedIn(person('42'), '{"user_id": 42,')).toBe(true);
  });

  it('keeps blank lines, lines that are no rows, and a missing line feed at the end', () => {
    const text = `\n[1]\nno json\n${event({ user_id: 'ada' })}{"kind":"event","user_id":"bob"}`;
    expect(left(text)).toBe('\n[1]\nno json\n{"kind":"event","user_id":"bob"}');
  });
});

const raw = (content: string, of = {}): string =>
  line({ attemptsMade: 4, arrivalTimestamp: until - 1, rawData: Buffer.from(content).toString('base64'), ...of });
const envelope = (...events: readonly string[]): string =>
  `{"millrace":1,"batch":{"producer":"p","seq":1,"count":${events.length}},"received_at":"2026-11-22T10:00:00.000Z","client":{"events":"\\"events\\":["},"events":[${events.join(',')}]}`;

describe('eraseFailed', () => {
  it('puts null in place of an envelope’s event and leaves all else', () => {
    const bob = '{"event_name":"x", "user_id":"bob","a":["]",{}]}';
    const text = `${raw('{"user_id":"bob"}')}${raw(envelope('{"user_id":"ada"}', bob, ' {"anonymous_id":"phone"} '))}`;
    expect(eraseFailed(text, ada)).toEqual({
      text: `${raw('{"user_id":"bob"}')}${raw(envelope('null', bob, ' null '))}`,
      events: 2,
      emptied: [],
    });
  });

  it('leaves an empty line where a record was the person’s alone, so that the next ones keep their numbers', () => {
    const bob = raw('{"user_id":"bob"}');
    const half = raw('{"user_id":"ada",');
    const text = `${raw('{"user_id":"ada"}')}${bob}${half}${raw('[{"user_id":"ada"}]')}${bob}`;
    expect(eraseFailed(text, ada)).toEqual({ text: `\n${bob}\n\n${bob}`, events: 3, emptied: [1, 3, 4] });
  });

  it('takes elements out of an array and lines out of lines', () => {
    const array = '[ {"user_id":"ada"}, {"user_id":"bob"} ]';
    const lines = '{"user_id":"bob"}\n{"user_id":"ada"}\n{"user_id":"eve"}\n';
    expect(eraseFailed(`${raw(array)}${raw(lines)}`, ada).text).toBe(
      `${raw('[{"user_id":"bob"}]')}${raw('{"user_id":"bob"}\n{"user_id":"eve"}\n')}`,
    );
  });

  it('goes by the envelope’s own time, and by the arrival of what bears none', () => {
    const later = raw('{"user_id":"ada"}', { arrivalTimestamp: until + 1 });
    expect(eraseFailed(later, ada).text).toBe(later);
    const replayed = raw(envelope('{"user_id":"ada"}'), { arrivalTimestamp: until + 1 });
    expect(eraseFailed(replayed, ada).events).toBe(1);
  });

  it('leaves lines that hold no record', () => {
    const text = 'no json\n{"rawData":7}\n[]\n';
    expect(eraseFailed(text, ada)).toEqual({ text, events: 0, emptied: [] });
  });
});
