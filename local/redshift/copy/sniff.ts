import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import type { Column } from '../catalogue.ts';
import { isText } from '../sql/types.ts';
import { parseText } from './objects.ts';

/** What is looked at of each file: the start of it, and lines in that. */
const windowBytes = 4 * 1024;
const sampleLines = 3;

/**
 * Whether the fast path may read a file, judged by its first lines: one JSON object a line, and nothing but strings and whole
 * numbers for text columns, since DuckDB prints other values anew (1.10 as 1.1). A wrong yes about the lines is found out later.
 */
export const suitsFastPath = async (path: string, gzip: boolean, columns: readonly Column[]): Promise<boolean> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(windowBytes), 0, windowBytes, 0);
    const bytes = buffer.subarray(0, bytesRead);
    const text = (gzip ? unzipStart(bytes) : bytes).toString('utf8');
    const lines = text.split('\n');
    const isWhole = bytesRead < windowBytes;
    const complete = (isWhole ? lines : lines.slice(0, -1)).filter((line) => line.trim() !== '');
    return complete.slice(0, sampleLines).every((line) => isSuitable(line, columns));
  } finally {
    await file.close();
  }
};

const isSuitable = (line: string, columns: readonly Column[]): boolean => {
  const parsed = parseText(line);
  if ('refusal' in parsed) return false;
  return columns.every(({ name, type }) => {
    const value = Object.hasOwn(parsed.object, name) ? parsed.object[name] : null;
    return !isText(type) || value === null || typeof value === 'string' || Number.isSafeInteger(value);
  });
};

/** What the first bytes of a gzip stream hold; what is no gzip stream is left for the load to refuse. */
const unzipStart = (bytes: Buffer): Buffer => {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
};
