import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import tellLive from '#tests/live/setup.ts';
import { type Laptop, newFolder, startLaptop, stopLaptops } from '#tests/pipeline/laptop.ts';

const project = join(import.meta.dirname, '../..');

/** A vitest of its own boots, and asks a laptop many things: slow where others compute too. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

/** `npm run test:live` with these variables and none of this machine's; `files` narrows it. */
const runLive = async (env: Readonly<Record<string, string>>, files: readonly string[] = []) => {
  const vitest = join(project, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [vitest, 'run', '--config', 'vitest.live.config.ts', ...files], {
    cwd: project,
    env: { PATH: process.env.PATH, HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true', NO_COLOR: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
  ]);
  const [, summary = ''] = /^ +Tests +(.*)$/m.exec(out) ?? [];
  return { code, said: out + err, summary };
};

describe('the live checks', () => {
  let laptop: Laptop;
  let atLaptop: Record<string, string>;
  beforeAll(async () => {
    laptop = await startLaptop(newFolder());
    atLaptop = {
      MILLRACE_STACK: 'millrace-local',
      AWS_ENDPOINT_URL: laptop.awsUrl,
      AWS_ACCESS_KEY_ID: 'me',
      AWS_SECRET_ACCESS_KEY: 'me',
      AWS_REGION: 'us-east-1',
    };
  });
  afterAll(stopLaptops);

  it('fail for a stack that is not there', async () => {
    const { code, said } = await runLive({ ...atLaptop, MILLRACE_STACK: 'shop' }, ['stack.live']);
    expect(code).toBe(1);
    expect(said).toContain('there is no stack shop in us-east-1');
  });

  it('hold for a laptop, but for what only IAM can say', async () => {
    const { code, said, summary } = await runLive(atLaptop);
    expect({ code, summary }, said).toEqual({
      code: 0,
      summary: expect.stringMatching(/^\d+ passed \| 3 skipped \(\d+\)$/),
    });
  });

  it('fail where a report is missing, or money in one is wrong', async () => {
    await laptop.query('DROP VIEW millrace.report_quality');
    await laptop.query('DROP VIEW millrace.report_revenue_by_source');
    await laptop.query(
      "CREATE VIEW millrace.report_revenue_by_source AS SELECT 'x' AS source, 'XTS' AS currency, 1 AS orders, 1 AS refunds, 1 AS gross, 1 AS refunded, 2 AS net, 0 AS unpriced WITH NO SCHEMA BINDING",
    );
    const { code, said } = await runLive(atLaptop, ['warehouse.live', 'pipeline.live']);
    expect(code).toBe(1);
    const failed = [...said.matchAll(/FAIL +tests\/live\/\S+ > [^>]+ > (.*)$/gm)].map(([, title]) => title?.trim());
    expect([...new Set(failed)].sort()).toEqual([
      'answers for report_quality',
      'is in the revenue report, exact to the last digit',
    ]);
  });
});

describe('the live checks are skipped', () => {
  const said: unknown[] = [];
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it.each([
    ['', 'no stack is named: MILLRACE_STACK=millrace-staging npm run test:live, with AWS credentials and a region'],
    ['shop', 'there are no AWS credentials: set AWS_PROFILE or AWS_ACCESS_KEY_ID'],
  ])('and say why, for the stack %j of nobody', async (stackName, whyNot) => {
    const variables = { MILLRACE_STACK: stackName, AWS_REGION: 'eu-west-1', HOME: '/nonexistent' };
    const nobody = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_PROFILE: undefined };
    for (const [name, value] of Object.entries({ ...variables, ...nobody })) vi.stubEnv(name, value);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_ENDPOINT_URL', undefined);
    vi.spyOn(console, 'error').mockImplementation((line) => void said.push(line));
    const provided: unknown[] = [];
    await tellLive({ provide: (_, live) => void provided.push(live) });
    expect(provided).toEqual([{ stackName, isLaptop: false, whyNot }]);
    expect(said).toContain(`tests/live are skipped: ${whyNot}`);
  });
});
