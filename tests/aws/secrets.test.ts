import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, it } from 'vitest';
import { createSecretReader } from '#aws/secrets.ts';

const secrets = mockClient(SecretsManagerClient);
beforeEach(() => secrets.reset());

it('reads a secret once a minute, and the new one after it was rotated', async () => {
  let now = 0;
  secrets.on(GetSecretValueCommand).resolvesOnce({ SecretString: 'old' }).resolves({ SecretString: 'new' });
  const read = createSecretReader('arn', new SecretsManagerClient({ region: 'us-east-1' }), () => now);
  expect(await read()).toBe('old');
  now = 59_999;
  expect(await read()).toBe('old');
  expect(secrets.calls()).toHaveLength(1);
  now = 60_000;
  expect(await read()).toBe('new');
});

it('throws a fault that can be tried again, and remembers no failure', async () => {
  secrets.on(GetSecretValueCommand).rejectsOnce(new Error('down')).resolves({ SecretString: 'text' });
  const read = createSecretReader('arn', new SecretsManagerClient({ region: 'us-east-1' }));
  await expect(read()).rejects.toMatchObject({ name: 'Fault', retryable: true });
  expect(await read()).toBe('text');
});
