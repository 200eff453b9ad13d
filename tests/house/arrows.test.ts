import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '../..');
const rooms = ['core', 'aws', 'functions', 'warehouse', 'console', 'local', 'cli', 'bench', 'tests'];

/** A copy of the house in which a wrong import can be written without harm. */
let house = '';
beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'house-'));
  for (const entry of [...rooms, 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs'])
    cpSync(join(project, entry), join(house, entry), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(house, 'node_modules'));
});
afterAll(() => rmSync(house, { recursive: true, force: true }));

const cruise = (): { status: number | null; output: string } => {
  const bin = join(project, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [bin, '--config', '.dependency-cruiser.cjs', ...rooms],
    { cwd: house, encoding: 'utf8' },
  );
  return { status, output: stdout + stderr };
};

describe('import arrows', () => {
  it('hold in the house as it is, and were really looked at', () => {
    const { status, output } = cruise();
    expect(output).toMatch(/no dependency violations found \(\d{3,} modules, \d{3,} dependencies cruised\)/);
    expect(status).toBe(0);
  });

  it('refuses every wrong import, by the rule that forbids it', () => {
    wrong.forEach(([room, source], at) => {
      writeFileSync(join(house, room, `wrong-${at}.ts`), `${source}\n`);
    });
    const { status, output } = cruise();
    for (const [at, [room]] of wrong.entries()) rmSync(join(house, room, `wrong-${at}.ts`));
    const refused = wrong.map(([room, , rule], at) => `error ${rule}: ${room}/wrong-${at}.ts`);
    expect(refused.filter((line) => !output.includes(line))).toEqual([]);
    expect(status).not.toBe(0);
  });
});

/** Room, what it may not say, and the rule that says so. */
const wrong = [
  ['core', "import '#aws/firehose.ts';", 'core-imports'],
  ['core', "import type { Bucket } from '#aws/s3.ts';\nexport type B = Bucket;", 'core-imports'],
  ['core', "import 'node:fs';", 'core-is-pure'],
  ['core', "import 'yaml';", 'core-has-no-packages'],
  ['aws', "import '#functions/loader/load.ts';", 'aws-imports'],
  ['functions/loader', "import '../producer/handler.ts';", 'no-function-imports-another'],
  ['functions/loader', "import '@aws-sdk/client-s3';", 'only-aws-and-people-know-the-sdk'],
  ['functions/loader', "import '#local/clock.ts';", 'functions-imports'],
  ['local', "import '#functions/loader/handler.ts';", 'local-imports'],
  ['console', "import '#local/health.ts';", 'console-imports'],
  ['cli', "import '#local/health.ts';", 'cli-imports'],
  ['cli', "import '#functions/producer/handler.ts';", 'cli-imports'],
  ['bench', "import '#local/health.ts';", 'bench-imports'],
] as const;

describe('purity of core', () => {
  it.each([
    'Date.now()',
    'Math.random()',
    'console.log(1)',
    'process.env.X',
    'setTimeout(() => 1, 1)',
    'fetch("x")',
    'performance.now()',
  ])('lint refuses %s', (expression) => {
    cpSync(join(project, 'biome.json'), join(house, 'biome.json'));
    execFileSync('git', ['init', '-q'], { cwd: house });
    writeFileSync(join(house, 'core/wrong.ts'), `export const wrong = ${expression};\n`);
    const biome = join(project, 'node_modules/@biomejs/biome/bin/biome');
    const { status } = spawnSync(process.execPath, [biome, 'lint', 'core/wrong.ts'], { cwd: house, encoding: 'utf8' });
    rmSync(join(house, 'core/wrong.ts'));
    expect(status).not.toBe(0);
  });
});
