import { readFileSync } from 'node:fs';
import { parse } from 'smol-toml';
import { Failure, messageOf } from '../errors.ts';
import { recordOf } from '../json.ts';

/** What samconfig.toml says of an environment. */
export interface SamConfig {
  readonly stackName: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** Throws Failure when the file cannot be read, or says nothing of the environment. */
export const readSamConfig = (file: string, environment: string): SamConfig => {
  const config = recordOf(readToml(file)[environment]);
  const stackName = recordOf(recordOf(config.global).parameters).stack_name;
  if (typeof stackName !== 'string')
    throw new Failure(`samconfig.toml has no stack_name for ${environment}: add [${environment}.global.parameters]`);
  return { stackName, parameters: parseOverrides(recordOf(recordOf(config.deploy).parameters).parameter_overrides) };
};

const readToml = (file: string): Readonly<Record<string, unknown>> => {
  try {
    return recordOf(parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new Failure(`samconfig.toml cannot be read: ${messageOf(error)}`);
  }
};

/** One text of `Name=value` pairs, or a list of such texts. */
const parseOverrides = (found: unknown): Readonly<Record<string, string>> => {
  const text = Array.isArray(found) ? found.join(' ') : String(found ?? '');
  const pairs = [...text.matchAll(/(\w+)=(?:"([^"]*)"|(\S*))/g)];
  return Object.fromEntries(pairs.map(([, name = '', quoted, plain]) => [name, quoted ?? plain ?? '']));
};
