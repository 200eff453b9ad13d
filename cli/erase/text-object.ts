import { isUtf8 } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { LakeContent } from '#aws/lake.ts';

/** Whether an object is compressed; its name and headers say what its writer meant, the first bytes what it did. */
const isGzip = ({ bytes }: LakeContent): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** undefined for what is cut short or no text: it could not be written back as it was. */
export const toText = (content: LakeContent): string | undefined => {
  const bytes = isGzip(content) ? unpack(content.bytes) : content.bytes;
  return bytes !== undefined && isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : undefined;
};

const unpack = (bytes: Uint8Array): Uint8Array | undefined => {
  try {
    return gunzipSync(bytes);
  } catch {
    return undefined;
  }
};

/** The text as the object had it, compressed or not. The same text gives the same bytes. */
export const toBytes = (text: string, before: LakeContent): Uint8Array =>
  isGzip(before) ? gzipSync(text) : Buffer.from(text);
