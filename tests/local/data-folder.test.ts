import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { defaultDataFolder, openDataFolder, openMemoryFolder } from '#local/data-folder.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'data-folder-'));

it('is one process alone, and free again when it ends', async () => {
  const path = folder();
  const first = await openDataFolder(path);
  await expect(openDataFolder(path)).rejects.toThrow(/in use by another millrace/);
  await first.release();
  const second = await openDataFolder(path);
  await second.release();
});

it('leaves a folder of another format, and one that is not ours, untouched', async () => {
  const path = folder();
  writeFileSync(join(path, 'millrace.json'), '{"format":99}');
  await expect(openDataFolder(path)).rejects.toThrow(/format 99.*reads format 1.*--data/);
  expect(readdirSync(path)).toEqual(['millrace.json']);
  const other = folder();
  writeFileSync(join(other, 'thesis.txt'), 'mine');
  await expect(openDataFolder(other)).rejects.toThrow(/not a Millrace data folder/);
  expect(readdirSync(other)).toEqual(['thesis.txt']);
});

it('is in the home folder by default, another one for each checkout', () => {
  expect(defaultDataFolder('/a/millrace')).not.toBe(defaultDataFolder('/b/millrace'));
  expect(defaultDataFolder('/a/millrace')).toMatch(/\.millrace/);
});

it('goes away with --memory', async () => {
  const { path, release } = openMemoryFolder();
  expect(readdirSync(path)).toEqual([]);
  await release();
  expect(() => readdirSync(path)).toThrow();
});
