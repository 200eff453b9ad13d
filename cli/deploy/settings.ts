import type { Given } from '../command.ts';
import { UsageError } from '../errors.ts';
import { regionOf } from '../stack/region.ts';
import { parameterFault } from '../template/parameter-fault.ts';
import { readTemplate } from '../template/template.ts';
import { readSamConfig } from './sam-config.ts';

export interface DeploySettings {
  readonly environment: string;
  readonly bucket: string;
  readonly stackName: string;
  /** undefined: wherever the AWS profile says. */
  readonly region: string | undefined;
  /** Parameters of the template from samconfig.toml and the command line; Environment and DataLocation among them. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly guided: boolean;
  readonly yes: boolean;
  readonly checkOnly: boolean;
}

const usage = './deploy.sh ENVIRONMENT LAKE-BUCKET, such as ./deploy.sh staging example-lake';

/** Throws UsageError that names the argument and what it must be. */
export const parseSettings = (given: Given, samconfig: string): DeploySettings => {
  const [environment, bucket, ...assignments] = given.operands;
  if (environment === undefined || bucket === undefined)
    throw new UsageError(
      `${environment === undefined ? 'the environment is' : 'the lake bucket is'} missing: ${usage}`,
    );
  const typed = { ...parseAssignments(assignments), Environment: environment, DataLocation: bucket };
  const template = readTemplate();
  checkBucketName(bucket);
  for (const [name, value] of Object.entries(typed)) {
    const fault = parameterFault(template, name, value);
    if (fault !== undefined) throw new UsageError(fault);
  }
  const config = readSamConfig(samconfig, environment);
  return {
    environment,
    bucket,
    stackName: parseStackName(given.value('stack-name') ?? config.stackName),
    region: regionOf(given.value('region')),
    parameters: { ...config.parameters, ...typed },
    guided: given.has('guided'),
    yes: given.has('yes'),
    checkOnly: given.has('check-only'),
  };
};

const ownArguments: ReadonlySet<string> = new Set(['Environment', 'DataLocation']);

const parseAssignments = (assignments: readonly string[]): Record<string, string> => {
  const parameters: Record<string, string> = {};
  for (const assignment of assignments) {
    const [, name, value] = /^([A-Za-z]\w*)=(.*)$/s.exec(assignment) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`"${assignment}" is no parameter: write NAME=VALUE, such as Freshness=economy`);
    if (ownArguments.has(name)) throw new UsageError(`${name} is given by position: ${usage}`);
    if (name in parameters) throw new UsageError(`${name} is given twice: give it once`);
    parameters[name] = value;
  }
  return parameters;
};

/** The warehouse, which carries the stack's name, takes lower-case names only; longer names would not fit into all resources. */
const parseStackName = (name: string): string => {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name))
    throw new UsageError(
      `--stack-name ${name}: must begin with a lower-case letter and hold up to 40 lower-case letters, digits and hyphens`,
    );
  return name;
};

/** S3 keeps these for itself (S3 user guide, "Bucket naming rules"); the template's pattern says the rest. */
const reserved = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3)$/;

const checkBucketName = (bucket: string): void => {
  if (bucket === '') throw new UsageError(`the lake bucket is empty: ${usage}`);
  const found = reserved.exec(bucket)?.[0];
  if (found !== undefined)
    throw new UsageError(`the lake bucket ${bucket}: S3 keeps "${found}" for itself: choose another name`);
};
