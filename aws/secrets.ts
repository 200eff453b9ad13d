import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { codeOf, Fault } from './fault.ts';

/** How long a secret is used before it is read again: a rotated key works everywhere after this time. */
const cacheMs = 60_000;

/** Reads a secret's text, remembered for a minute. Throws `Fault` when Secrets Manager does not give it. */
export type ReadSecret = () => Promise<string>;

export const createSecretReader = (
  secretId: string,
  client: SecretsManagerClient = new SecretsManagerClient({}),
  now: () => number = Date.now,
): ReadSecret => {
  let cached: { readonly text: string; readonly until: number } | undefined;
  return async () => {
    if (cached !== undefined && now() < cached.until) return cached.text;
    try {
      const answer = await client.send(new GetSecretValueCommand({ SecretId: secretId }));
      cached = { text: answer.SecretString ?? '', until: now() + cacheMs };
      return cached.text;
    } catch (error) {
      throw new Fault(codeOf(error), 'the secret could not be read', true, error);
    }
  };
};
