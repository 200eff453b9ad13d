import { describe, expect, it } from 'vitest';
import { objectName } from '#local/firehose/object-key.ts';
import { checkPrefixes, dataPrefix, errorPrefix } from '#local/firehose/prefix.ts';
import { systemRandom as random } from '#local/random.ts';

const AT = Date.UTC(2026, 2, 5, 7, 8, 9, 45);
const ERROR = { at: AT, errorType: 'processing-failed', random };

describe('a prefix', () => {
  it.each([
    ['landed/!{timestamp:yyyy/MM/dd/HH}/', 'landed/2026/03/05/07/'],
    ['year=!{timestamp:yyyy}/month=!{timestamp:MM}/', 'year=2026/month=03/'],
    ["!{timestamp:'day='dd'T'HH-mm-ss.SSS''yy}", "day=05T07-08-09.045'26"],
    ['!{timestamp:d-M-MMM-MMMM-D-DDD}', '5-3-Mar-March-64-064'],
    ['legacy', 'legacy2026/03/05/07/'],
    ['', '2026/03/05/07/'],
  ])('%j becomes %j', (prefix, evaluated) => {
    expect(dataPrefix(prefix, AT, random)).toBe(evaluated);
  });

  it('has a fresh random string for every expression', () => {
    const evaluated = dataPrefix('!{firehose:random-string}/!{firehose:random-string}/', AT, random);
    const [first, second] = evaluated.split('/');
    expect(first).toMatch(/^[0-9A-Za-z]{11}$/);
    expect(second).not.toBe(first);
  });

  it.each([
    ['failed/!{firehose:error-output-type}/!{timestamp:yyyy}/', 'failed/processing-failed/2026/'],
    ['failed/', 'failed/2026/03/05/07/'],
    [undefined, 'data/processing-failed/2026/03/05/07/'],
  ])('for errors %j becomes %j', (errorOutputPrefix, evaluated) => {
    expect(errorPrefix({ prefix: 'data/', errorOutputPrefix }, ERROR)).toBe(evaluated);
  });

  it.each([
    ['x/!{firehose:error-output-type}/', 'e/', 'Prefix cannot contain'],
    ['x/!{timestamp:yyyy}/', undefined, 'ErrorOutputPrefix cannot be null'],
    ['x/', 'e/!{timestamp:yyyy}/', 'must contain the expression'],
    ['x/!{partitionKeyFromQuery:k}/', 'e/', 'not supported'],
    ['x/!{timestamp:yyyy-QQ}/', 'e/!{firehose:error-output-type}/', "letter 'QQ'"],
    ['x'.repeat(513), 'e/', 'longer than 512'],
  ])('%j with errors to %j is refused', (prefix, errorOutputPrefix, message) => {
    expect(() => checkPrefixes(prefix, errorOutputPrefix)).toThrow(message);
  });

  it('is followed by stream, version, time in UTC, a unique part and the extension', () => {
    expect(objectName('millrace-local', AT, 'u-u-i-d', '.json.gz')).toBe(
      'millrace-local-1-2026-03-05-07-08-09-u-u-i-d.json.gz',
    );
  });
});
