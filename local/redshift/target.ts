import { AwsError } from '../aws-error.ts';
import type { Input } from '../aws-wire.ts';

const validation = (message: string): AwsError => new AwsError('ValidationException', message);

/** What a request may be sent to. */
export interface Target {
  readonly workgroup: string;
  readonly database: string;
}

/** One workgroup lives on the laptop; a name or an ARN may say which is meant, and no cluster. */
export const checkCompute = (input: Input, { workgroup }: Target): void => {
  if (input.optionalText('ClusterIdentifier') !== undefined)
    throw validation("Redshift endpoint doesn't exist in this region.");
  const given = input.optionalText('WorkgroupName') ?? workgroup;
  const isArn = /^arn:aws[a-z-]*:redshift-serverless:[^:]*:\d{12}:workgroup\/./.test(given);
  if (!isArn && given !== workgroup) throw validation("Redshift endpoint doesn't exist in this region.");
};

/** A request that connects names the workgroup and its database. */
export const checkTarget = (input: Input, target: Target): void => {
  checkCompute(input, target);
  input.text('WorkgroupName');
  const named = input.text('Database');
  if (named !== target.database) throw validation(`FATAL: database "${named}" does not exist`);
};
