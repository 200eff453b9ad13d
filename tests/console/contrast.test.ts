import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** WCAG 2.2: relative luminance and contrast ratio of sRGB colours. */
const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (a: string, b: string): number => {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

const sheet = readFileSync(new URL('../../console/style/colours.css', import.meta.url), 'utf8');
const PAIR = /--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g;
const palette = new Map(
  [...sheet.matchAll(PAIR)].map(([, name = '', light = '', dark = '']) => [name, { light, dark }]),
);

const colour = (name: string, theme: 'light' | 'dark'): string =>
  palette.get(name)?.[theme] ?? expect.fail(`no colour --${name} in colours.css`);

const TEXT_ON: readonly (readonly [string, readonly string[]])[] = [
  ['text', ['page', 'surface', 'sunken', 'raised', 'warn-soft', 'bad-soft']],
  ['muted', ['page', 'surface', 'sunken', 'raised']],
  ['accent', ['surface', 'sunken', 'accent-soft']],
  ['good', ['good-soft']],
  ['warn', ['page', 'sunken', 'warn-soft']],
  ['bad', ['page', 'surface', 'sunken', 'bad-soft']],
  ['on-accent', ['accent']],
];

describe.each(['light', 'dark'] as const)('the %s theme', (theme) => {
  test.each(TEXT_ON)('writes %s at 4.5:1 or more', (name, grounds) => {
    for (const ground of grounds) {
      expect(contrast(colour(name, theme), colour(ground, theme)), `on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('draws bars and outlines at 3:1 or more', () => {
    for (const name of [...palette.keys()].filter((key) => key.startsWith('series-') || key === 'border-strong')) {
      expect(contrast(colour(name, theme), colour('surface', theme)), name).toBeGreaterThanOrEqual(3);
    }
  });
});
