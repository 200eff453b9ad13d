import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { buildConsole } from '#console/build.ts';

const { html, files } = await buildConsole();
const text = (path: string): string => new TextDecoder().decode(files.get(path)?.body);
const paths = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);

describe('the built page', () => {
  test('asks only for files that it brought along', () => {
    expect(paths).toHaveLength(4);
    expect([...files.keys()].sort()).toEqual([...paths].sort());
    expect(paths.every((path) => path.startsWith('/console/'))).toBe(true);
  });

  test('forbids the browser any other origin', () => {
    expect(html).toContain("default-src 'none'");
    for (const path of paths.filter((each) => each.endsWith('.css'))) expect(text(path)).not.toMatch(/url\(|@import/);
  });

  test('has a script of at most 150 KB gzipped', () => {
    const script = paths
      .filter((path) => path.endsWith('.js'))
      .map(text)
      .join('');
    expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(150 * 1024);
  });

  test('is the same when built again', async () => {
    expect((await buildConsole()).html).toBe(html);
  });
});
