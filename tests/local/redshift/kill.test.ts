import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventsPerLoad } from './kill.loads.ts';
import { createTestLake, openRedshift, rowsOf } from './support.ts';

const rounds = 4;

/** Runs the child for a while, kills it without warning, and returns the loads that it had seen committed. */
const runAndKill = (folder: string, from: number, ms: number): Promise<readonly number[]> =>
  new Promise((resolve, reject) => {
    const path = join(import.meta.dirname, 'kill.loads.ts');
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', path, folder, String(from)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk: string) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), ms);
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (_code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`the child ended by itself: ${signal}`));
      resolve(output.slice(0, output.lastIndexOf('\n')).split('\n').map(Number));
    });
  });

it('keeps every committed load whole, and none by halves, through kill -9', { timeout: 120_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kill-'));
  const lake = createTestLake();
  const committed: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    committed.push(...(await runAndKill(folder, round * 1_000_000, 100 + round * 170)));
  }
  const redshift = await openRedshift(lake, { databaseFile: join(folder, 'warehouse.duckdb') });
  const loaded = await rowsOf(redshift, 'SELECT load_id, COUNT(*) FROM millrace.events GROUP BY 1');
  const ledger = await rowsOf(redshift, 'SELECT load_id FROM millrace.loads');
  expect(loaded.filter(([, count]) => count !== eventsPerLoad)).toEqual([]);
  const known = new Set(loaded.map(([id]) => id));
  expect(known).toEqual(new Set(ledger.map(([id]) => id)));
  expect(committed.filter((number) => !known.has(number))).toEqual([]);
  expect(committed.length).toBeGreaterThan(rounds);
  // Views and types are there again as well.
  expect(await rowsOf(redshift, 'SELECT loads FROM millrace.count')).toEqual([[loaded.length]]);
  expect(await rowsOf(redshift, 'SELECT SUM(properties.n::int) FROM millrace.events')).toEqual([
    [loaded.length * 1225],
  ]);
  await redshift.close();
  lake.remove();
  rmSync(folder, { recursive: true, force: true });
});
