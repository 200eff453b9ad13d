import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elementTexts, isObject, parseJson, peekJson, setMember } from '#core/json.ts';
import { findJsonFault } from '#core/json-fault.ts';

describe('findJsonFault', () => {
  it.each([
    ['hello', 0],
    ['{"event_name":x}', 14],
    ['[{"a":1},,{"b":2}]', 9],
    ['{"event_name":', 14],
    ['{"a":1', 6],
    ['{"a":1}}', 7],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['[1,]', 3],
    ['{"a":"x\ny"}', 7],
    ['{"a":"\\q"}', 7],
    ['{"a":"\\u12"}', 7],
    ['{"a":"open', 10],
    ['{a:1}', 1],
    ['01', 1],
    ['', 0],
    ['[tru]', 1],
  ])('finds where %j stops being JSON', (text, position) => {
    expect(findJsonFault(text)).toBe(position);
    expect(peekJson(text)).toEqual({ ok: false, position });
  });

  it('takes any depth', () => {
    expect(findJsonFault(`${'['.repeat(200_000)}x`)).toBe(200_000);
  });

  it('finds no fault before the end in what is JSON, and one wherever JSON is broken by a character', () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), (text, at) => {
        expect(findJsonFault(text)).toBe(text.length);
        const broken = `${text.slice(0, at % text.length)}\u0001${text.slice(at % text.length)}`;
        expect(findJsonFault(broken)).toBeLessThanOrEqual(at % text.length);
      }),
    );
  });
});

describe('parseJson', () => {
  it('keeps the value of every number', () => {
    for (const text of [
      '9007199254740993',
      '-12345678901234567890.123',
      '0.1',
      '1e5',
      '123456789012345.6',
      '0.30000000000000004',
    ])
      expect(JSON.stringify(parseJson(`{"n": ${text}}`))).toContain(`"n":${text === '1e5' ? '100000' : text}}`);
  });

  it('takes a long number for a number, not for an object', () => {
    const parsed = parseJson('[12345678901234567890]');
    expect(parsed.ok && Array.isArray(parsed.value) && isObject(parsed.value[0])).toBe(false);
  });

  it('never throws, however deep', () => {
    expect(parseJson(`${'['.repeat(100_000)}1234567890123456789${']'.repeat(100_000)}`).ok).toBe(false);
  });
});

it('elementTexts gives the text of each element of any array', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.constantFrom(undefined, 1), (values, indent) => {
      const text = JSON.stringify(values, null, indent);
      expect(elementTexts(text, 0).map((element) => JSON.parse(element))).toEqual(JSON.parse(text));
    }),
  );
});

it('setMember keeps a member called __proto__', () => {
  const record = {};
  setMember(record, '__proto__', { x: 1 });
  expect(JSON.stringify(record)).toBe('{"__proto__":{"x":1}}');
});
