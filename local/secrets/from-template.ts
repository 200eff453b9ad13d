import type { Random } from '../random.ts';
import type { Resource, Stack } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';
import type { Secrets } from './secrets.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Makes the secrets that the template declares, where they are not there from an earlier start. */
export const declareSecrets = (stack: Stack, secrets: Secrets, random: Random): void => {
  for (const secret of stack.ofType('AWS::SecretsManager::Secret'))
    secrets.ensure(String(secret.properties.Name), () => ({
      arn: secret.ref,
      value: { text: toSecretText(secret, random) },
    }));
};

/** The text that `AWS::SecretsManager::Secret` declares: as given, or made by `GenerateSecretString`. */
const toSecretText = (resource: Resource, random: Random): string => {
  const { SecretString: given, GenerateSecretString: generate } = resource.properties;
  if (typeof given === 'string') return given;
  const rules = isRecord(generate) ? generate : {};
  const password = [...random.bytes(Number(rules.PasswordLength ?? 32))]
    .map((byte) => letters[byte % letters.length])
    .join('');
  if (rules.SecretStringTemplate === undefined) return password;
  const template: unknown = JSON.parse(String(rules.SecretStringTemplate));
  return JSON.stringify({ ...(isRecord(template) ? template : {}), [String(rules.GenerateStringKey)]: password });
};
