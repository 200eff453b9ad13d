import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArguments } from '#cli/arguments.ts';
import { createDeploy } from '#cli/deploy/command.ts';
import { createPaint } from '#cli/paint.ts';
import type { Output } from '#cli/surroundings.ts';
import { tellError } from '#cli/tell-error.ts';

const project = join(import.meta.dirname, '../..');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A PATH with what tests put there and the few programs that a shell script needs. */
export interface Tools {
  readonly path: string;
  /** Writes a program; the `sam` of each test is one. */
  put(name: string, script: string): void;
  take(name: string): void;
  /** What the fake `sam` was called with, a line each. */
  samCalls(): readonly string[];
  remove(): void;
}

const needed = ['bash', 'env', 'dirname', 'cat', 'sh', 'uname'];

/** `node` is the one that runs the tests; `sam` answers with this version and then with these exit codes. */
export const createTools = (sam = { version: '1.170.0', build: 0, deploy: 0 }): Tools => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-tools-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const name of needed) symlinkSync(`/usr/bin/${name}`, join(bin, name));
  symlinkSync(process.execPath, join(bin, 'node'));
  const log = join(folder, 'sam.log');
  writeFileSync(log, '');
  const put = (name: string, script: string): void => {
    const file = join(bin, name);
    rmSync(file, { force: true });
    writeFileSync(file, `#!/usr/bin/env bash\n${script}\n`);
    chmodSync(file, 0o755);
  };
  put('npm', 'exit 0');
  put(
    'sam',
    `[ "$1" = --version ] && { echo "SAM CLI, version ${sam.version}"; exit 0; }
echo "$*" >>'${log}'
[ "$1" = build ] && exit ${sam.build}
exit ${sam.deploy}`,
  );
  return {
    path: bin,
    put,
    take: (name) => rmSync(join(bin, name)),
    samCalls: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

const run = async (command: string, args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> => {
  const child = spawn(command, args, { cwd: tmpdir(), env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
  ]);
  return { code, out, err };
};

/** deploy.sh itself, with nothing of this machine's environment. */
export const runScript = (args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ran> =>
  run(join(project, 'deploy.sh'), args, env);

/** What deploy.sh runs once Node.js and the packages are there, in this process. */
export const runDeploy = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  answer: boolean | undefined = undefined,
): Promise<Ran & { readonly questions: readonly string[] }> => {
  const said = { out: '', err: '' };
  const questions: string[] = [];
  const toOutput = (name: 'out' | 'err'): Output => ({
    isTerminal: false,
    columns: Number.POSITIVE_INFINITY,
    paint: createPaint(false),
    write: async (content) => {
      said[name] += content;
    },
  });
  const deploy = createDeploy({
    isThere: answer !== undefined,
    confirm: async (question) => {
      questions.push(question);
      return answer ?? true;
    },
  });
  const [out, err] = [toOutput('out'), toOutput('err')];
  const before = process.env;
  process.env = { ...env };
  try {
    const given = parseArguments(deploy, args);
    const code = await deploy.run(given, { out, err, readStdin: async () => '', onInterrupt: () => () => undefined });
    return { code, ...said, questions };
  } catch (error) {
    const code = await tellError(error, err, './deploy.sh --help');
    return { code, ...said, questions };
  } finally {
    process.env = before;
  }
};

/** The environment of someone with credentials and a region, at these services. */
export const signedIn = (tools: Tools, awsUrl: string): Record<string, string> => ({
  PATH: tools.path,
  HOME: tools.path,
  AWS_ACCESS_KEY_ID: 'key',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_ENDPOINT_URL: awsUrl,
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_MAX_ATTEMPTS: '1',
});
