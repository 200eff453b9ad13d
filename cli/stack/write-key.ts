import { Failure } from '../errors.ts';
import { isRecord, parseJson } from '../json.ts';
import { explained } from './failure.ts';
import type { OpenStack } from './open.ts';

/** The key that clients of the stack's collector send. Throws Failure when the secret cannot be read or is not as the template makes it. */
export const readWriteKey = async ({ account, names }: OpenStack): Promise<string> => {
  const secret = parseJson(await explained(() => account.readSecret(names.writeKeySecretArn)));
  if (!isRecord(secret) || typeof secret.write_key !== 'string')
    throw new Failure(`the secret ${names.writeKeySecretArn} is not {"write_key":"…"}: put it right, or deploy again`);
  return secret.write_key;
};
