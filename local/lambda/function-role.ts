import { AwsError } from '../aws-error.ts';
import type { Iam } from '../iam/iam.ts';
import type { RoleSession } from '../iam/principal.ts';
import type { Credentials } from '../iam/sessions.ts';
import { account, region } from '../template/resource-names.ts';
import type { Resource, Stack } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';
import type { DeployedFunction } from './function.ts';

/** The role that a function's code acts with, and Lambda itself when it keeps the function's log. */
export interface FunctionRole {
  /** For the function's environment variables. */
  readonly credentials: Credentials;
  /** Throws Lambda's AccessDeniedException when the role does not let Lambda take it. */
  take(): RoleSession;
  /** Whether a line that the function prints reaches its log group. */
  mayLog(): boolean;
  lastDenial(): { readonly at: number; readonly message: string } | undefined;
}

/** Throws `TemplateError` for a function whose role is not of the template or does not trust Lambda. */
export const createFunctionRole = (iam: Iam, stack: Stack, resource: Resource): FunctionRole => {
  const { logicalId, ref, properties, attributes, path } = resource;
  const arn = String(properties.Role);
  const fault = (message: string): Error =>
    stack.template.fault([...path, 'Properties', 'Role'], `${logicalId}: ${message}`);
  if (!stack.ofType('AWS::IAM::Role').some((role) => role.attributes.Arn === arn))
    throw fault('the laptop runs functions whose Role stands in the template');
  const take = (): RoleSession => {
    try {
      return iam.assume(arn, {
        services: ['lambda.amazonaws.com'],
        sessionName: ref,
        context: { 'aws:SourceAccount': account, 'aws:SourceArn': String(attributes.Arn) },
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const message = `The role defined for the function cannot be assumed by Lambda. (${error.message})`;
      throw new AwsError('AccessDeniedException', message, 403);
    }
  };
  const first = ((): RoleSession => {
    try {
      return take();
    } catch (error) {
      throw error instanceof AwsError ? fault(error.message) : error;
    }
  })();
  const stream = `arn:aws:logs:${region}:${account}:log-group:${logGroupOf(resource)}:log-stream:laptop`;
  return {
    credentials: iam.credentialsOf(first),
    take,
    mayLog: () =>
      iam.allows(first, { action: 'logs:CreateLogStream', resource: stream }) &&
      iam.allows(first, { action: 'logs:PutLogEvents', resource: stream }),
    lastDenial: () => iam.lastDenial(arn),
  };
};

export const logGroupOf = ({ ref, properties }: Pick<Resource, 'ref' | 'properties'>): string =>
  isRecord(properties.LoggingConfig) ? String(properties.LoggingConfig.LogGroup) : `/aws/lambda/${ref}`;

/** A function that runs only as long as its role can be taken, and whose last error may be a denial. */
export const withRole = (deployed: DeployedFunction, role: FunctionRole): DeployedFunction => ({
  ...deployed,
  invoke: async (event) => {
    role.take();
    return deployed.invoke(event);
  },
  stats: () => {
    const stats = deployed.stats();
    const [error, denial] = [stats.lastError, role.lastDenial()];
    return denial !== undefined && denial.at >= (error?.at ?? 0) ? { ...stats, lastError: denial } : stats;
  },
});
