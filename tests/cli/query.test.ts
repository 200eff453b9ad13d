import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, millrace } from './support/cli.ts';
import { createFakeLaptop, type FakeLaptop } from './support/fake-laptop.ts';
import { inProcess } from './support/in-process.ts';

let laptop: FakeLaptop;
beforeAll(async () => {
  laptop = await createFakeLaptop();
});
afterAll(() => laptop.close());

const query = (args: readonly string[], input?: string): Promise<Ended> =>
  inProcess(['query', '--url', laptop.url, ...args], input);
const rows = [
  { name: 'first\nline', n: 7, total: '129.9000', n_2: '{"a":1}' },
  { name: null, n: 12_345, total: '0.5000', n_2: null },
  { name: 'x'.repeat(100), n: 1, total: '3.0000', n_2: '[]' },
];

describe('millrace query', () => {
  it('prints an aligned table, numbers to the right, nothing cut where no terminal is', async () => {
    const { code, out } = await query(['SELECT everything']);
    expect(code).toBe(0);
    const pad = ' '.repeat(100);
    expect(out.split('\n')).toEqual([
      `${'name'.padEnd(100)}      n     total  n`,
      `${'first\\nline'.padEnd(100)}      7  129.9000  {"a":1}`,
      `${`NULL${pad}`.slice(0, 100)}  12345    0.5000  NULL`,
      `${'x'.repeat(100)}      1    3.0000  []`,
      '(3 rows)',
      '',
    ]);
  });

  it('prints an array of row objects with --json, over all pages', async () => {
    expect(JSON.parse((await query(['--json', 'SELECT everything'])).out)).toEqual(rows);
  });

  it('reads the statement from stdin and from a file', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'millrace-')), 'q.sql');
    await writeFile(file, 'SELECT everything');
    const answers = await Promise.all([
      millrace(['query', '--url', laptop.url, '--json', '-'], 'SELECT everything'),
      query(['--json', '--file', file]),
    ]);
    for (const { code, out } of answers) expect({ code, rows: JSON.parse(out) }).toEqual({ code: 0, rows });
  });

  it('prints an empty array for a result without rows, and says done for a statement without result', async () => {
    expect((await query(['--json', 'SELECT nothing'])).out).toBe('[]\n');
    expect((await query(['--json', 'DELETE'])).out).toBe('[]\n');
    expect((await query(['DELETE'])).out).toBe('done, 2 rows\n');
  });

  it('ends with 1 and the text of the warehouse when the statement fails', async () => {
    const { code, out, err } = await query(['SELECT broken', '--json']);
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: 'millrace: ERROR: column "broken" does not exist\n' });
  });

  it('ends with 1 when the file cannot be read', async () => {
    const { code, err } = await query(['--file', '/nowhere/q.sql']);
    expect(code).toBe(1);
    expect(err).toContain('--file /nowhere/q.sql cannot be read');
  });

  it('cuts long cells and colours on a terminal', async () => {
    const { out } = await inProcess(['query', '--url', laptop.url, 'SELECT everything'], '', { terminal: 100 });
    expect(out).toContain(`\n${'x'.repeat(59)}…  `);
    expect(out).toContain('\u001b[2mNULL\u001b[22m');
  });
});
