import { expect, it } from 'vitest';
import { parseConfig as parseLoader } from '#functions/loader/config.ts';
import { parseConfig as parseProducer } from '#functions/producer/config.ts';

it('reports every missing and invalid variable in one error', () => {
  expect(() => parseProducer({})).toThrow(
    /STREAM_NAME is missing.*WRITE_KEY_SECRET_ARN is missing.*SOURCE_NAME is missing/,
  );
  expect(() =>
    parseLoader({ LAKE_BUCKET: 'b', WORKGROUP_NAME: 'w', DATABASE: 'd', COPY_ROLE_ARN: 'r', DEDUPE_DAYS: '0' }),
  ).toThrow('DEDUPE_DAYS is "0", wanted a whole number of at least 1');
});

it('freezes what it read', () => {
  expect(Object.isFrozen(parseProducer({ STREAM_NAME: 's', WRITE_KEY_SECRET_ARN: 'a', SOURCE_NAME: 'web' }))).toBe(
    true,
  );
});
