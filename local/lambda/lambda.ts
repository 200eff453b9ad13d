import { availableParallelism } from 'node:os';
import { AwsError } from '../aws-error.ts';
import type { Clock } from '../clock.ts';
import type { Iam } from '../iam/iam.ts';
import type { RoleSession } from '../iam/principal.ts';
import type { Credentials } from '../iam/sessions.ts';
import type { Invoke } from '../invoke.ts';
import type { Random } from '../random.ts';
import { region } from '../template/resource-names.ts';
import type { Resource, Stack } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';
import { buildFunction } from './build.ts';
import { createFunction, type DeployedFunction } from './function.ts';
import { createFunctionRole, type FunctionRole, logGroupOf, withRole } from './function-role.ts';

export interface LambdaSettings {
  readonly stack: Stack;
  /** The project: where the template and its sources stand. */
  readonly folder: string;
  /** Where bundles are put. */
  readonly bundles: string;
  readonly awsUrl: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (functionName: string, line: string) => void;
}

export interface Lambda {
  readonly invoke: Invoke;
  /** The function with a logical id of the template. */
  of(logicalId: string): DeployedFunction;
  /** A session of the function's role. Throws AccessDeniedException when Lambda may not take it. */
  takeRole(logicalId: string): RoleSession;
  stop(): Promise<void>;
}

/** Builds every function of the template and makes it ready to be invoked by name or ARN. */
export const createLambda = async (settings: LambdaSettings & { readonly iam: Iam }): Promise<Lambda> => {
  const byName = new Map<string, DeployedFunction>();
  const byLogicalId = new Map<string, DeployedFunction>();
  const roles = new Map<string, FunctionRole>();
  const resources = settings.stack.ofType('AWS::Serverless::Function');
  await Promise.all(
    resources.map(async (resource) => {
      const role = createFunctionRole(settings.iam, settings.stack, resource);
      roles.set(resource.logicalId, role);
      const deployed = await deployFunction(resource, settings, role);
      byName.set(resource.ref, deployed);
      byLogicalId.set(resource.logicalId, deployed);
    }),
  );
  return {
    invoke: (name, event) => {
      const deployed = byName.get(shortName(name));
      if (deployed === undefined) throw new AwsError('ResourceNotFoundException', `Function not found: ${name}`, 404);
      return deployed.invoke(event);
    },
    of: (logicalId) => known(byLogicalId, logicalId),
    takeRole: (logicalId) => known(roles, logicalId).take(),
    stop: async () => {
      await Promise.all([...byName.values()].map((deployed) => deployed.stop()));
    },
  };
};

const known = <Value>(functions: ReadonlyMap<string, Value>, logicalId: string): Value => {
  const found = functions.get(logicalId);
  if (found === undefined) throw new Error(`the template has no function ${logicalId}`);
  return found;
};

/** Builds one function of the template and makes it ready to be invoked; without a role it acts as the administrator. */
export const deployFunction = async (
  resource: Resource,
  settings: LambdaSettings,
  role?: FunctionRole,
): Promise<DeployedFunction> => {
  const bundle = await buildFunction(settings.stack, resource, settings.folder, settings.bundles);
  const deployed = createFunction({
    ...readSettings(resource),
    startup: bundle,
    variables: { ...toVariables(resource, settings.awsUrl), ...toCredentialVariables(role?.credentials) },
    clock: settings.clock,
    random: settings.random,
    log: (line) => {
      if (role?.mayLog() ?? true) settings.log(resource.ref, line);
    },
  });
  return role === undefined ? deployed : withRole(deployed, role);
};

const toCredentialVariables = (credentials: Credentials | undefined): Record<string, string> =>
  credentials === undefined
    ? {}
    : {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
      };

/** `name`, `name:$LATEST`, or an ARN with or without qualifier. */
const shortName = (name: string): string =>
  name.startsWith('arn:') ? (name.split(':')[6] ?? name) : (name.split(':')[0] ?? name);

const readSettings = ({ ref, attributes, properties }: Resource) => ({
  name: ref,
  arn: String(attributes.Arn),
  // SAM's own defaults (AWS::Serverless::Function, MemorySize and Timeout).
  memoryMb: Number(properties.MemorySize ?? 128),
  timeoutSeconds: Number(properties.Timeout ?? 3),
  concurrency: Number(properties.ReservedConcurrentExecutions ?? availableParallelism()),
  logGroup: logGroupOf({ ref, properties }),
});

/** What Lambda itself puts into the environment (developer guide, "Defined runtime environment variables"), and the template's. */
const toVariables = ({ ref, properties, attributes }: Resource, awsUrl: string): Record<string, string> => {
  const environment = isRecord(properties.Environment) ? properties.Environment.Variables : {};
  const given = Object.entries(isRecord(environment) ? environment : {}).map(([name, value]) => [name, String(value)]);
  return {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: ref,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize ?? 128),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${ref}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'laptop',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_ACCESS_KEY_ID: `laptop-${String(attributes.Arn).split(':').at(-1)}`,
    AWS_SECRET_ACCESS_KEY: 'laptop',
    AWS_SESSION_TOKEN: 'laptop',
    AWS_ENDPOINT_URL: awsUrl,
    TZ: ':UTC',
    ...Object.fromEntries(given),
  };
};
