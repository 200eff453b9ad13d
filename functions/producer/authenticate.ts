import { createHash, timingSafeEqual } from 'node:crypto';
import { isObject } from '#core/json.ts';
import { writeKeyOf } from '#core/write-key.ts';

/** Whether the request brings the write key of the secret. */
export const authenticate = (headers: Readonly<Record<string, string | undefined>>, secretText: string): boolean => {
  const given = writeKeyOf(headers);
  return given !== undefined && isSame(given, parseWriteKeySecret(secretText));
};

/** The secret as template.yaml makes it: `{"write_key":"…"}`. */
const parseWriteKeySecret = (text: string): string => {
  const secret: unknown = JSON.parse(text);
  if (!isObject(secret) || typeof secret.write_key !== 'string' || secret.write_key === '')
    throw new Error('the write key secret is not {"write_key":"…"}');
  return secret.write_key;
};

/** Compares digests, so that neither time nor length tells anything of the key. */
const isSame = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
