import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection, createServer, type Server } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';

/** Something a person can mend: shown as one line, without a stack. */
export class StartError extends Error {}

/** Form of what stands in a data folder; another number is another form, and is left untouched. */
const format = 1;
const stampName = 'millrace.json';

export interface DataFolder {
  readonly path: string;
  release(): Promise<void>;
}

/**
 * Where a project keeps its data unless told otherwise: in the home folder, not in the project, since `sam build` copies the
 * project once per function. Two checkouts have two folders.
 */
export const defaultDataFolder = (project: string): string => {
  const path = resolve(project);
  const hash = createHash('sha256').update(path).digest('hex').slice(0, 8);
  return join(homedir(), '.millrace', `${basename(path)}-${hash}`);
};

/** Opens a data folder for this process alone. Throws `StartError` and touches nothing when it is another's. */
export const openDataFolder = async (path: string): Promise<DataFolder> => {
  const stamp = join(path, stampName);
  const found = existsSync(path) ? readdirSync(path) : [];
  if (found.length > 0) checkStamp(path, stamp);
  const lock = await acquire(path);
  if (found.length === 0) {
    mkdirSync(path, { recursive: true });
    writeFileSync(stamp, `${JSON.stringify({ format })}\n`);
  }
  return { path, release: () => close(lock) };
};

/** A folder that goes with the process: in memory where the system has a file system for that. */
export const openMemoryFolder = (): DataFolder => {
  const base = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  const path = mkdtempSync(join(base, 'millrace-'));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  process.on('exit', remove);
  return { path, release: async () => remove() };
};

const checkStamp = (path: string, stamp: string): void => {
  if (!existsSync(stamp))
    throw new StartError(`${path} is not a Millrace data folder and not empty: name another one with --data`);
  const found: unknown = JSON.parse(readFileSync(stamp, 'utf8'));
  const version = typeof found === 'object' && found !== null && 'format' in found ? found.format : undefined;
  if (version !== format)
    throw new StartError(
      `${path} holds data of format ${version}, this version reads format ${format}: name another folder with --data`,
    );
};

/** A socket that only one process can listen on; unlike a file with a process id it ends with its process, however that ends. */
const acquire = async (path: string): Promise<Server> => {
  const hash = createHash('sha256').update(resolve(path)).digest('hex').slice(0, 16);
  const name = process.platform === 'win32' ? `\\\\.\\pipe\\millrace-${hash}` : join(tmpdir(), `millrace-${hash}.sock`);
  const first = await listen(name);
  if (first !== undefined) return first;
  if (await answers(name))
    throw new StartError(`${path} is in use by another millrace: stop it, or name another folder with --data`);
  rmSync(name, { force: true });
  const second = await listen(name);
  if (second === undefined) throw new StartError(`${path} cannot be locked: ${name} is in the way`);
  return second;
};

const listen = (name: string): Promise<Server | undefined> =>
  new Promise((settle) => {
    const server = createServer((socket) => socket.end());
    server.on('error', () => settle(undefined));
    server.listen(name, () => {
      server.unref();
      settle(server);
    });
  });

const answers = (name: string): Promise<boolean> =>
  new Promise((settle) => {
    const socket = createConnection(name);
    socket.on('connect', () => {
      socket.destroy();
      settle(true);
    });
    socket.on('error', () => settle(false));
  });

const close = (server: Server): Promise<void> => new Promise((settle) => server.close(() => settle()));
