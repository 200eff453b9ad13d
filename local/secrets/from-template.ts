import type { Random } from '../random.ts';
import type { Resource } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The text that `AWS::SecretsManager::Secret` declares: as given, or made by `GenerateSecretString`. */
export const toSecretText = (resource: Resource, random: Random): string => {
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
