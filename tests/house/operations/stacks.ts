import { join } from 'node:path';
import { createStack, type Stack } from '#local/template/stack.ts';
import { isRecord, readTemplate } from '#local/template/template.ts';
import { type Alarm, parseAlarm } from './alarm.ts';

const template = readTemplate(join(import.meta.dirname, '../../../template.yaml'));

/** The stack as it is deployed with these parameters. */
export const stackWith = (parameters: Readonly<Record<string, string>> = {}): Stack =>
  createStack(template, {
    name: 'shop',
    parameters: { DataLocation: 'shop-lake', ...parameters },
    awsUrl: 'http://localhost:8788',
  });

export const freshnesses = ['realtime', 'standard', 'economy'] as const;

/** Alarms by their logical ids. */
export const alarmsOf = (stack: Stack): ReadonlyMap<string, Alarm> =>
  new Map(
    stack.ofType('AWS::CloudWatch::Alarm').map(({ logicalId, properties }) => [logicalId, parseAlarm(properties)]),
  );

/** Environment variables of a function as the template gives them. */
export const variablesOf = (stack: Stack, logicalId: string): Readonly<Record<string, string>> => {
  const found = stack.resources.find((resource) => resource.logicalId === logicalId);
  const environment = isRecord(found?.properties.Environment) ? found.properties.Environment.Variables : undefined;
  if (!isRecord(environment)) throw new Error(`${logicalId} has no environment`);
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));
};
