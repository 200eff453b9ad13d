import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '#local/clock.ts';
import { createFunction, type DeployedFunction } from '#local/lambda/function.ts';
import { systemRandom } from '#local/random.ts';

const folder = mkdtempSync(join(tmpdir(), 'lambda-'));
const running: DeployedFunction[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.stop()));
});

const deploy = (
  source: string,
  settings: { timeoutSeconds?: number; concurrency?: number; memoryMb?: number } = {},
) => {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.cjs`);
  writeFileSync(file, source);
  const lines: string[] = [];
  const deployed = createFunction({
    name: 'f',
    arn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
    logGroup: '/group',
    startup: { file, exportName: 'handler' },
    variables: { ONLY: 'this' },
    memoryMb: settings.memoryMb ?? 128,
    timeoutSeconds: settings.timeoutSeconds ?? 5,
    concurrency: settings.concurrency ?? 1,
    clock: systemClock,
    random: systemRandom,
    log: (line) => lines.push(line),
  });
  running.push(deployed);
  return { deployed, lines };
};

const invoke = async (source: string, event: unknown, settings?: Parameters<typeof deploy>[1]) => {
  const { deployed } = deploy(source, settings);
  const { payload, functionError } = await deployed.invoke(JSON.stringify(event));
  return { answer: JSON.parse(payload), functionError };
};

describe('function', () => {
  it('answers with what the handler returns', async () => {
    expect(await invoke('exports.handler = async (event) => ({ got: event.n + 1 })', { n: 1 })).toEqual({
      answer: { got: 2 },
      functionError: undefined,
    });
  });

  it("sees the template's environment variables and no others", async () => {
    const { answer } = await invoke('exports.handler = async () => Object.keys(process.env)', {});
    expect(answer).toEqual(['ONLY']);
  });

  it('is given a real context', async () => {
    const source = `exports.handler = async (_, context) => ({ ...context, left: context.getRemainingTimeInMillis() })`;
    const { answer } = await invoke(source, {}, { timeoutSeconds: 3, memoryMb: 256 });
    expect(answer).toMatchObject({
      functionName: 'f',
      memoryLimitInMB: '256',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(answer.left).toBeGreaterThan(2000);
    expect(answer.left).toBeLessThanOrEqual(3000);
  });

  it("answers with Lambda's error object when the handler throws, and goes on", async () => {
    const { deployed } = deploy(
      'let n = 0; exports.handler = async () => { if (n++ === 0) throw new TypeError("no"); return n; }',
    );
    const failed = await deployed.invoke('{}');
    expect(failed.functionError).toBe('Unhandled');
    expect(JSON.parse(failed.payload)).toMatchObject({ errorType: 'TypeError', errorMessage: 'no' });
    expect((await deployed.invoke('{}')).payload).toBe('2');
    expect(deployed.stats()).toMatchObject({ invocations: 2, errors: 1, lastError: { message: 'no' } });
  });

  it('ends a handler that takes longer than its timeout, even one that never yields', async () => {
    const { deployed } = deploy(
      'let n = 0; exports.handler = async (event) => { if (event.hang) for (;;) n++; return n; }',
      { timeoutSeconds: 1 },
    );
    const { payload, functionError } = await deployed.invoke('{"hang":true}');
    expect(functionError).toBe('Unhandled');
    expect(payload).toContain('Task timed out after 1.00 seconds');
    expect((await deployed.invoke('{}')).payload).toBe('0');
  });

  it('outlives a crash, an exit and a module that does not load', async () => {
    const { deployed } = deploy('exports.handler = async (event) => { if (event.exit) process.exit(3); return 1; }');
    expect((await deployed.invoke('{"exit":true}')).functionError).toBe('Unhandled');
    expect((await deployed.invoke('{}')).payload).toBe('1');
    expect((await invoke('throw new Error("configuration: X is missing")', {})).answer.errorMessage).toContain(
      'X is missing',
    );
    expect((await invoke('exports.other = 1', {})).answer.errorMessage).toContain(
      'handler is undefined or not exported',
    );
  });

  it('runs at most as many at once as its concurrency, the others wait in line', async () => {
    const { deployed } = deploy(
      'exports.handler = () => new Promise((done) => setTimeout(() => done(Date.now()), 200))',
      { concurrency: 2 },
    );
    const calls = Array.from({ length: 4 }, () => deployed.invoke('{}'));
    expect(deployed.stats()).toMatchObject({ running: 2, waiting: 2 });
    const ends = (await Promise.all(calls)).map(({ payload }) => Number(payload)).sort();
    expect((ends[2] ?? 0) - (ends[1] ?? 0)).toBeGreaterThan(100);
  });

  it('refuses an answer larger than Lambda takes', async () => {
    const { answer } = await invoke('exports.handler = async () => "x".repeat(7_000_000)', {});
    expect(answer.errorType).toBe('Function.ResponseSizeTooLarge');
  });

  it('hands on what the function prints', async () => {
    const { deployed, lines } = deploy(
      'exports.handler = async () => { console.log("one"); console.error("two"); return 1; }',
    );
    await deployed.invoke('{}');
    await new Promise((done) => setTimeout(done, 100));
    expect(lines.sort()).toEqual(['one', 'two']);
  });
});
