import { createWriteStream, mkdirSync, statSync, type WriteStream } from 'node:fs';
import { join } from 'node:path';

/** A log file starts afresh at the next start when it has grown past this. */
const fileBytes = 10 * 1024 * 1024;

export interface Logs {
  /** `name` is a function's, or the whole name of a log group. */
  write(name: string, line: string): void;
  close(): void;
}

/** One file a function, as CloudWatch has a log group each; metrics in embedded format are for CloudWatch and left out. */
export const createLogs = (folder: string): Logs => {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, WriteStream>();
  const open = (name: string): WriteStream => {
    const path = join(folder, `${name.replace(/^\//, '').replaceAll('/', '-')}.log`);
    const file = createWriteStream(path, { flags: sizeOf(path) > fileBytes ? 'w' : 'a' });
    files.set(name, file);
    return file;
  };
  return {
    write(name, line) {
      if (!line.startsWith('{"_aws"')) (files.get(name) ?? open(name)).write(`${line}\n`);
    },
    close() {
      for (const file of files.values()) file.end();
    },
  };
};

const sizeOf = (path: string): number => {
  try {
    return statSync(path).size;
  } catch {
    return 0;
  }
};
