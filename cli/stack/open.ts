import { type Account, createAccount } from '#aws/account.ts';
import { Failure } from '../errors.ts';
import { explained } from './failure.ts';
import { regionOf } from './region.ts';
import { stackState } from './state.ts';

/** The names that a stack's outputs give; a warehouse is a workgroup or a cluster. */
export interface StackNames {
  readonly collector: string;
  readonly writeKeySecretArn: string;
  readonly stream: string;
  readonly bucket: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly workgroup: string | undefined;
  readonly cluster: string | undefined;
  readonly database: string;
  readonly warehouseSecretArn: string | undefined;
  readonly dashboardUrl: string | undefined;
}

/** A deployed stack and the way to it. */
export interface OpenStack {
  readonly name: string;
  readonly id: string;
  readonly region: string;
  readonly account: Account;
  readonly names: StackNames;
  readonly parameters: Readonly<Record<string, string>>;
  /** What its status asks for, when that is not simply complete. */
  readonly advice: string | undefined;
}

/** Finds a deployed stack of Millrace. Throws Failure with the fix when there is none, or none that works. */
export const openStack = (name: string, givenRegion: string | undefined): Promise<OpenStack> =>
  explained(async () => {
    const account = createAccount(regionOf(givenRegion));
    const region = await account.stacks.region();
    const deployed = await account.stacks.find(name);
    if (deployed === undefined)
      throw new Failure(
        `there is no stack ${name} in ${region}: check --stack and --region, or make it with ./deploy.sh`,
      );
    const { usable, advice } = stackState(name, deployed.status, region);
    if (!usable) throw new Failure(`stack ${name} is ${deployed.status}: ${advice ?? ''}`);
    const { id, parameters } = deployed;
    return { name, id, region, account, names: toNames(name, deployed.outputs), parameters, advice };
  });

const toNames = (stack: string, outputs: Readonly<Record<string, string>>): StackNames => {
  const optional = (output: string): string | undefined => (outputs[output] === '' ? undefined : outputs[output]);
  const missing: string[] = [];
  const required = (output: string): string => {
    const value = optional(output);
    if (value === undefined) missing.push(output);
    return value ?? '';
  };
  const names: StackNames = {
    collector: required('CollectorUrl'),
    writeKeySecretArn: required('WriteKeySecretArn'),
    stream: required('StreamName'),
    bucket: required('LakeBucketName'),
    queueUrl: required('QueueUrl'),
    deadLetterQueueUrl: required('DeadLetterQueueUrl'),
    workgroup: optional('WorkgroupName'),
    cluster: optional('ClusterIdentifier'),
    database: required('Database'),
    warehouseSecretArn: optional('WarehouseSecretArn'),
    dashboardUrl: optional('DashboardUrl'),
  };
  if (names.workgroup === undefined && names.cluster === undefined) missing.push('WorkgroupName');
  if (missing.length > 0)
    throw new Failure(
      `stack ${stack} has no output ${missing.join(', ')}: check --stack (a stack of Millrace has them), or deploy this version with ./deploy.sh`,
    );
  return names;
};
