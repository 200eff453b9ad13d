import { createHash, timingSafeEqual } from 'node:crypto';
import { isObject } from '#core/json.ts';
import { writeKeyOf } from '#core/write-key.ts';

/** The source that a write key stands for, or undefined when the key is missing or wrong. */
export const authenticate = (
  headers: Readonly<Record<string, string | undefined>>,
  secretText: string,
): string | undefined => {
  const { key, source } = parseWriteKeySecret(secretText);
  const given = writeKeyOf(headers);
  return given !== undefined && isSame(given, key) ? source : undefined;
};

/** The secret as template.yaml makes it: `{"source":"web","write_key":"…"}`. */
const parseWriteKeySecret = (text: string): { key: string; source: string } => {
  const secret: unknown = JSON.parse(text);
  if (
    !isObject(secret) ||
    typeof secret.write_key !== 'string' ||
    secret.write_key === '' ||
    typeof secret.source !== 'string'
  )
    throw new Error('the write key secret is not {"source":"…","write_key":"…"}');
  return { key: secret.write_key, source: secret.source };
};

/** Compares digests, so that neither time nor length tells anything of the key. */
const isSame = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
