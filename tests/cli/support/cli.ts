import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** What a finished `millrace` said and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** The project's own Node: the tests may run on an older one, which cannot read TypeScript. */
export const node = `${root}node_modules/.bin/node`;
export const entry = `${root}cli/millrace.ts`;

/** Runs the command line as a child process; `input` is its stdin. */
export const millrace = async (args: readonly string[], input = '', script = entry): Promise<Ended> => {
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', script, ...args], { stdio: 'pipe' });
  child.stdin.end(input);
  const [out, err, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((resolve) => child.once('exit', resolve)),
  ]);
  return { code, out, err };
};
