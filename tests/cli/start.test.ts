import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { millrace, node } from './support/cli.ts';

const script = fileURLToPath(new URL('./support/start-fake.ts', import.meta.url));
const start = (args: readonly string[]) => millrace(['start', ...args], '', script);

describe('millrace start', () => {
  it('hands its flags on', async () => {
    const given = ['--memory', '--freshness', 'realtime', '--port', '9000', '--aws-port', '9001', '--data', '0'];
    expect(await start(given)).toEqual({
      code: 0,
      err: '',
      out: 'args ["--port","9000","--aws-port","9001","--data=0","--freshness","realtime","--memory"]\n',
    });
  });

  it('ends with the code of the laptop', async () => {
    expect((await start(['--data', '3'])).code).toBe(3);
  });

  it('keeps stdout for itself with --json', async () => {
    expect(await start(['--data', '0', '--json'])).toEqual({ code: 0, out: '', err: 'args ["--data=0"]\n' });
  });

  it.each([
    ['SIGINT', 0],
    ['SIGTERM', 7],
  ] as const)('hands %s on and waits for the laptop to drain', async (signal, expected) => {
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', script, 'start', '--data', 'run'], {
      stdio: 'pipe',
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      if (!out.includes('ready') && String(chunk).includes('ready')) child.kill(signal);
      out += String(chunk);
    });
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect({ code, out }).toEqual({
      code: expected,
      out: `args ["--data=run"]\nmillrace is ready\ndrained after ${signal}\n`,
    });
  });
});
