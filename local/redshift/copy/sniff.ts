import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';

const windowBytes = 16 * 1024;

/** Whether a file looks like one JSON object a line, judged by its first line. A wrong yes is found out later, never loaded. */
export const looksLikeLines = async (path: string, gzip: boolean): Promise<boolean> => {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(windowBytes), 0, windowBytes, 0);
    const start = gzip ? unzipStart(buffer.subarray(0, bytesRead)) : buffer.subarray(0, bytesRead);
    const text = start.toString('latin1');
    const end = text.indexOf('\n');
    const first = (end < 0 ? text : text.slice(0, end)).trim();
    if (first === '' && end >= 0) return text.trim() === '';
    return end < 0 || (first.startsWith('{') && first.endsWith('}'));
  } finally {
    await file.close();
  }
};

/** What the first bytes of a gzip stream hold; what is no gzip stream is left for the load to refuse. */
const unzipStart = (bytes: Buffer): Buffer => {
  try {
    return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0);
  }
};
