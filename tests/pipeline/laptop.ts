import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Health } from '#core/status.ts';

const project = join(import.meta.dirname, '../..');

/** A laptop of its own for a test: its own ports and data folder. */
export interface Laptop {
  readonly url: string;
  readonly awsUrl: string;
  readonly folder: string;
  health(): Promise<Health>;
  send(
    body: string | Uint8Array<ArrayBuffer>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ status: number; body: unknown }>;
  /** Rows of one statement, through the CLI and the Redshift Data API. */
  query(sql: string): Promise<Record<string, unknown>[]>;
  /** Ends the process as the power would. */
  kill(): Promise<void>;
  /** Ctrl-C; answers with the exit code and everything that was printed. */
  interrupt(times?: number): Promise<{ code: number | null; output: string }>;
}

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

const children = new Set<ChildProcess>();
const folders = new Set<string>();

/** Ends what tests have started; for `afterAll`. */
export const stopLaptops = (): void => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
};

export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-test-'));
  folders.add(folder);
  return folder;
};

/** Runs a program of this project to its end. */
export const run = (file: string, args: readonly string[], input?: string): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(project, file), ...args], {
      cwd: project,
    });
    children.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('exit', (code) => {
      children.delete(child);
      resolve({ code, output });
    });
    child.stdin.end(input);
  });

/** Starts a laptop and waits until it says that it is ready. `node` is for Node itself. */
export const startLaptop = async (
  folder: string,
  args: readonly string[] = [],
  node: readonly string[] = [],
): Promise<Laptop> => {
  const flags = ['--port', '0', '--aws-port', '0', '--data', folder, ...args];
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...node, join(project, 'local/main.ts'), ...flags],
    { cwd: project },
  );
  children.add(child);
  let output = '';
  const ended = new Promise<Ended>((resolve) => {
    child.on('exit', (code) => {
      children.delete(child);
      resolve({ code, output });
    });
  });
  const ready = new Promise<string>((resolve, reject) => {
    const look = (chunk: unknown): void => {
      output += chunk;
      const url = /^millrace is ready\s+(http:\S+)/m.exec(output)?.[1];
      if (url !== undefined && output.includes('Stop with')) resolve(url);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    void ended.then(() => reject(new Error(`the laptop ended before it was ready: ${output}`)));
  });
  const url = await ready;
  const health = async (): Promise<Health> => (await fetch(`${url}/health`)).json();
  const { resources } = await health();
  return {
    url,
    awsUrl: resources.aws,
    folder,
    health,
    async send(body, headers = {}) {
      const response = await fetch(`${url}/v1/events`, {
        method: 'POST',
        headers: { 'x-write-key': 'local-write-key', 'content-type': 'application/json', ...headers },
        body,
      });
      return { status: response.status, body: await response.json() };
    },
    async query(sql) {
      const { code, output: text } = await run('cli/millrace.ts', ['query', '--json', '--url', url, sql]);
      if (code !== 0) throw new Error(text);
      return JSON.parse(text);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async interrupt(times = 1) {
      for (let at = 0; at < times; at++) {
        child.kill('SIGINT');
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      return ended;
    },
  };
};

/** Looks again until `found` is true, at most `seconds`; answers with what was last seen. */
export const eventually = async <Value>(
  look: () => Promise<Value>,
  found: (value: Value) => boolean,
  seconds = 30,
): Promise<Value> => {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = await look();
    if (found(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};
