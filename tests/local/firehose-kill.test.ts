import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { bootPipeline } from './firehose-kill.pipeline.ts';

const ROUNDS = 5;

/** Runs the child for a while, kills it without warning, and returns the numbers it had acknowledged. */
const runAndKill = (folder: string, from: number, ms: number): Promise<readonly number[]> =>
  new Promise((resolve, reject) => {
    const path = join(import.meta.dirname, 'firehose-kill.pipeline.ts');
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

it('loses no acknowledged record and no notification to kill -9, whenever it comes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kill-'));
  const acknowledged: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    acknowledged.push(...(await runAndKill(folder, round * 1_000_000, 40 + round * 90)));
  }
  expect(acknowledged.length).toBeGreaterThan(1_000);

  const { s3, queue, firehose, stop } = bootPipeline(folder);
  await firehose.flush();
  while (s3.stats().queued > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const delivered = new Set<number>();
  const keys = new Set<string>();
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page = s3.listObjects({ bucket: 'lake', after });
    for (const { key, etag } of page.objects) {
      const body = readFileSync(s3.fileOf('lake', key)?.path ?? '');
      expect(createHash('md5').update(body).digest('hex')).toBe(etag);
      const lines = gunzipSync(body).toString().trimEnd().split('\n');
      for (const line of lines) delivered.add(Number(line));
      keys.add(key);
    }
    after = page.next;
  }
  expect(acknowledged.filter((number) => !delivered.has(number))).toEqual([]);
  const notified = new Set(
    queue
      .receive({ max: 1_000_000 })
      .flatMap(({ body }) => JSON.parse(body).Records ?? [])
      .map((record: { s3: { object: { key: string } } }) => record.s3.object.key),
  );
  expect([...keys].filter((key) => !notified.has(key))).toEqual([]);
  stop();
  rmSync(folder, { recursive: true, force: true });
});
