import { expect, test, vi } from 'vitest';
import { findChromium, SKIP_MESSAGE } from './chromium.ts';

const nothing = (): boolean => false;

test('takes CHROMIUM_PATH before anything else', () => {
  expect(findChromium({ CHROMIUM_PATH: '/opt/mine' }, () => true)).toBe('/opt/mine');
});

test('does not pass over a CHROMIUM_PATH that is wrong', () => {
  expect(() => findChromium({ CHROMIUM_PATH: '/opt/gone' }, (path) => path !== '/opt/gone')).toThrow(/no such file/);
});

test('finds one where it is usually installed', () => {
  expect(findChromium({}, (path) => path.endsWith('google-chrome'))).toBe('/usr/bin/google-chrome');
});

test('lets the tests skip where there is none, but not on CI', () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(findChromium({}, nothing)).toBeUndefined();
  expect(said).toHaveBeenCalledWith(`${SKIP_MESSAGE}\n`);
  said.mockRestore();
  expect(() => findChromium({ CI: 'true' }, nothing)).toThrow(/on CI the browser tests must run/);
});
