import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '#cli/nearest.ts';
import { tidyDecimal } from '#cli/simulate/compare.ts';
import { parseReceipt, parseRetryAfter } from '#cli/simulate/receipt.ts';
import { createDrainWatch } from '#cli/status/drain.ts';
import { parseHealth } from '#cli/status/health.ts';
import { tableLines } from '#cli/table.ts';
import { cut, spoken, visible, widthOf } from '#cli/text.ts';
import { parseDuration } from '#cli/values.ts';
import type { Health } from '#core/status.ts';

describe('text', () => {
  it.each([
    ['abc', 3],
    ['é', 1],
    ['日本', 4],
    ['👩‍👩‍👧', 2],
    ['e\u0301', 1],
  ])('gives %s its width on a terminal', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('cuts to the width, and makes control characters visible', () => {
    expect([cut('abcdef', 4), cut('日本語', 4), cut('abc', 3)]).toEqual(['abc…', '日…', 'abc']);
    expect(visible('a\u001b[2J\nb\u202e')).toBe('a\\u001b[2J\\nb\\u202e');
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/\p{Cc}/u.test(visible(text))));
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 1, max: 9 }),
        (text, columns) => widthOf(cut(text, columns)) <= Math.max(columns, 1),
      ),
    );
  });

  it.each([
    [0, '0 s'],
    [0.44, '0.4 s'],
    [59.4, '59 s'],
    [185, '3 min 5 s'],
    [7800, '2 h 10 min'],
  ])('says %d seconds', (seconds, text) => {
    expect(spoken(seconds)).toBe(text);
  });
});

describe('table', () => {
  it('aligns what is wide', () => {
    const columns = [
      { title: 'name', align: 'left' },
      { title: 'n', align: 'right' },
    ] as const;
    const rows = [
      [{ text: '日本' }, { text: '1' }],
      [{ text: 'x' }, { text: '234' }],
    ];
    expect(tableLines(columns, rows, (text) => text)).toEqual(['name    n', '日本    1', 'x     234']);
  });
});

describe('nearest', () => {
  it.each([
    ['statsu', 'status'],
    ['STATUS', 'status'],
    ['q', undefined],
    ['elephant', undefined],
  ])('of %s is %s', (word, found) => {
    expect(nearest(word, ['start', 'simulate', 'query', 'status'])).toBe(found);
  });
});

describe('answers of servers', () => {
  it('are read or not, but never thrown about', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        parseReceipt(JSON.stringify(value));
        parseHealth(value);
      }),
    );
    expect(parseReceipt('<html>')).toBeUndefined();
    expect(parseReceipt('{"accepted":2}')).toEqual({ accepted: 2, rejected: [] });
  });

  it.each([
    ['2', 2000],
    ['0', 0],
    ['3600', 30_000],
    ['Sun, 22 Nov 2026 10:00:05 GMT', 5000],
    ['soon', undefined],
    [undefined, undefined],
  ])('ask with Retry-After %s for %s ms', (header, ms) => {
    expect(parseRetryAfter(header, Date.UTC(2026, 10, 22, 10))).toBe(ms);
  });
});

describe('values', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['1h', 3_600_000],
  ])('reads %s as %d ms', (text, ms) => {
    expect(parseDuration('for', text)).toBe(ms);
  });

  it.each([
    ['129.9000', '129.90'],
    ['0', '0.00'],
    ['-5.12345', '-5.12345'],
    ['"129.90"', '"129.90"'],
  ])('tidies %s to %s', (text, tidy) => {
    expect(tidyDecimal(text)).toBe(tidy);
  });
});

describe('drain watch', () => {
  const health = (stages: Readonly<Record<string, readonly [queued: number, lagSeconds: number]>>): Health => ({
    status: 'ok',
    stack: '',
    freshness: 'realtime',
    lateAfterSeconds: 15,
    now: '',
    stages: Object.entries(stages).map(([name, [queued, lagSeconds]]) => ({
      name,
      resource: '',
      queued,
      lagSeconds,
      counts: {},
    })),
    resources: {
      stream: '',
      bucket: '',
      queueUrl: '',
      deadLetterQueueUrl: '',
      workgroup: '',
      database: '',
      collector: '',
      aws: '',
      data: '',
    },
  });

  it('is clear when nothing waits anywhere, twice in a row', () => {
    const isClear = createDrainWatch(0);
    const empty = health({ producer: [0, 0], stream: [0, 0], queue: [0, 0], loader: [0, 0] });
    expect([isClear(empty, 1), isClear(empty, 2)]).toEqual([false, true]);
  });

  it('waits for the stage that still holds something of ours', () => {
    const isClear = createDrainWatch(10_000);
    const held = health({ producer: [0, 0], stream: [9, 5] });
    expect([isClear(held, 11_000), isClear(held, 12_000), isClear(held, 13_000)]).toEqual([false, false, false]);
  });

  it('is clear once each stage in turn holds only younger things', () => {
    const isClear = createDrainWatch(10_000);
    const busy = health({ stream: [9, 1], loader: [4, 1] });
    expect([isClear(busy, 10_500), isClear(busy, 11_500), isClear(busy, 12_000), isClear(busy, 12_600)]).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});
