import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Failure } from '../errors.ts';

/** The first SAM CLI that knows the runtime nodejs24.x. */
const leastSam = [1, 147, 1] as const;
const install = 'https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/install-sam-cli.html';

/** The version of the SAM CLI on the PATH. Throws Failure when there is none, or one too old. */
export const findSam = (): string => {
  const { error, stdout, status, stderr } = spawnSync('sam', ['--version'], { encoding: 'utf8' });
  if (error !== undefined) throw new Failure(`the SAM CLI is not on the PATH (sam): install it: ${install}`);
  const version = /(\d+)\.(\d+)\.(\d+)/.exec(stdout);
  if (status !== 0 || version === null)
    throw new Failure(
      `sam --version says no version (${(stderr || stdout).trim().slice(0, 200)}): install it anew: ${install}`,
    );
  const [text, ...parts] = version;
  if (isOlder(parts.map(Number), leastSam))
    throw new Failure(
      `the SAM CLI is ${text}, and nodejs24.x needs ${leastSam.join('.')} at least: update it: ${install}`,
    );
  return text;
};

const isOlder = (version: readonly number[], least: readonly number[]): boolean => {
  for (const [at, part] of least.entries()) {
    const mine = version[at] ?? 0;
    if (mine !== part) return mine < part;
  }
  return false;
};

/** Runs `sam` with what a person would see of it. Resolves with its exit code. */
export const runSam = async (args: readonly string[], folder: string): Promise<number> => {
  const child = spawn('sam', args, { cwd: folder, stdio: 'inherit', env: { ...process.env, SAM_CLI_TELEMETRY: '0' } });
  const [code] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
};
