import { describe, expect, test } from 'vitest';
import {
  compactJson,
  formatCounted,
  formatDuration,
  formatRate,
  formatTime,
  formatUtc,
  parseTime,
  toWords,
} from '#console/data/format.ts';

/** A number as this machine's locale writes it: the page follows the reader's. */
const local = (value: number): string => value.toLocaleString();

test('durations read like speech', () => {
  const said = [0, 4.24, 12, 72, 3600, 7380, 270_000].map((seconds) => formatDuration(seconds));
  expect(said).toEqual(['0 s', `${local(4.2)} s`, '12 s', '1 min 12 s', '1 h 0 min', '2 h 3 min', '3 d 3 h']);
});

test('rates have a decimal only below ten, and a dash before there are two polls', () => {
  const said = [null, 0, 0.44, 9.94, 9.96, 1234].map((rate) => formatRate(rate));
  expect(said).toEqual(['–', '0/s', `${local(0.4)}/s`, `${local(9.9)}/s`, '10/s', `${local(1234)}/s`]);
});

test('bytes are shortened, other counts are written out', () => {
  expect(formatCounted(235_136_151, 'bytes')).toBe('235 MB');
  expect(formatCounted(999, 'bytes')).toBe('999 B');
  expect(formatCounted(1_284_897, 'events')).toBe(local(1_284_897));
  expect(formatRate(25_093, 'bytes')).toBe(`${local(25.1)} kB/s`);
});

test('names of counts are said in words', () => {
  expect(['deadLettered', 'dead_letters', 'rows'].map(toWords)).toEqual(['dead lettered', 'dead letters', 'rows']);
});

describe('times', () => {
  test('without a zone are UTC, as the warehouse writes them', () => {
    expect(parseTime('2026-11-22 10:42:07.123')).toBe(Date.UTC(2026, 10, 22, 10, 42, 7, 123));
    expect(formatUtc('2026-11-22 10:42:07.123')).toBe('2026-11-22 10:42:07.123 UTC');
  });

  test('show the day only when it is not today', () => {
    const now = new Date(2026, 10, 22, 12).getTime();
    expect(formatTime(new Date(2026, 10, 22, 10, 42, 7).toISOString(), now)).toBe('10:42:07');
    expect(formatTime(new Date(2026, 10, 21, 10, 42, 7).toISOString(), now)).toMatch(/21.* 10:42:07$/);
  });

  test('that are none are shown as they came', () => {
    expect(formatTime('soon')).toBe('soon');
    expect(formatUtc('soon')).toBe('soon');
  });
});

test('compact JSON is cut, and nothing has no JSON', () => {
  expect(compactJson({ a: 'x'.repeat(50) }, 10)).toBe('{"a":"xxxx…');
  expect(compactJson(undefined)).toBe('');
});
