import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { laptopAwsUrl } from '../../local/invoke/flags.ts';

export interface Laptop {
  readonly awsUrl: string;
  stop(): Promise<void>;
}

/** A laptop of its own, that keeps nothing. */
export const startLaptop = async (project: string, more: readonly string[] = []): Promise<Laptop> => {
  const flags = ['--disable-warning=ExperimentalWarning', join(project, 'local/main.ts')];
  const child = spawn(process.execPath, [...flags, '--memory', '--port', '0', '--aws-port', '0', ...more], {
    cwd: project,
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const look = (chunk: unknown): void => {
      output += chunk;
      const found = /^millrace is ready\s+(http:\S+)/m.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    void ended.then(() => reject(new Error(`the laptop ended before it was ready: ${output}`)));
  });
  const { resources } = await (await fetch(`${url}/health`)).json();
  return {
    awsUrl: resources.aws,
    stop() {
      child.kill('SIGKILL');
      return ended;
    },
  };
};

/** Puts the objects that the loader's samples tell of where they say. */
export const putLake = async (folder: string, awsUrl: string): Promise<void> => {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const key = relative(folder, path).split('/').map(encodeURIComponent).join('/');
    const url = `${awsUrl}/millrace-lake-local/${key}`;
    const { status } = await fetch(url, { method: 'PUT', body: readFileSync(path) });
    if (status !== 200) throw new Error(`PUT ${url}: ${status}`);
  }
};

/** A sample's text with the addresses of this laptop. */
export const readEvent = (path: string, awsUrl: string): string =>
  readFileSync(path, 'utf8').replaceAll(laptopAwsUrl, awsUrl);
