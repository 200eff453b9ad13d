import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import type { Invocation } from '../invoke.ts';
import { deployFunction } from '../lambda/lambda.ts';
import { laptopParameters, laptopStackName } from '../parameters.ts';
import { systemRandom } from '../random.ts';
import { createStack, type Resource, type Stack } from '../template/stack.ts';
import { isRecord, readTemplate } from '../template/template.ts';

/** The stack that the laptop makes of template.yaml, its AWS services at `awsUrl`. */
export const readLaptopStack = (project: string, awsUrl: string): Stack =>
  createStack(readTemplate(join(project, 'template.yaml')), {
    name: laptopStackName,
    parameters: laptopParameters('realtime'),
    awsUrl,
  });

/** `loader` for `LoaderFunction`: the same word everywhere. */
export const nameOf = ({ logicalId }: Resource): string =>
  logicalId
    .replace(/Function$/, '')
    .replace(/(?<=.)[A-Z]/g, '-$&')
    .toLowerCase();

/** Names of the template's functions, in its order. */
export const functionNames = (stack: Stack): readonly string[] => stack.ofType('AWS::Serverless::Function').map(nameOf);

/** The function of a name such as `loader`; also of its logical id, for people who come from the SAM CLI. */
export const findFunction = (stack: Stack, name: string): Resource | undefined =>
  stack.ofType('AWS::Serverless::Function').find((each) => nameOf(each) === name || each.logicalId === name);

/** Services that no function waits for an answer of. */
const writesOnly = /^(logs:|xray:|cloudwatch:PutMetricData$)/;

/** Whether the function's role lets it call any service; without a laptop such a function cannot do its work. */
export const needsServices = (stack: Stack, { properties }: Resource): boolean => {
  const role = stack.ofType('AWS::IAM::Role').find(({ attributes }) => attributes.Arn === properties.Role);
  if (role === undefined) return true;
  return list(role.properties.Policies)
    .flatMap((policy) =>
      isRecord(policy) && isRecord(policy.PolicyDocument) ? list(policy.PolicyDocument.Statement) : [],
    )
    .flatMap((statement) => (isRecord(statement) ? list(statement.Action) : []))
    .some((action) => !writesOnly.test(String(action)));
};

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

export interface RunnerSettings {
  readonly project: string;
  readonly stack: Stack;
  readonly resource: Resource;
  /** Where the function finds its services. */
  readonly awsUrl: string;
  /** Called with every line that the function prints. */
  readonly log: (line: string) => void;
}

export interface Runner {
  readonly invoke: (event: string) => Promise<Invocation>;
  close(): Promise<void>;
}

/**
 * Builds one function. Its bundle stands in a folder of its own below the system's temporary folder, where no package.json of
 * ours says what kind of module it is.
 */
export const openRunner = async ({ project, stack, resource, awsUrl, log }: RunnerSettings): Promise<Runner> => {
  const bundles = mkdtempSync(join(tmpdir(), 'millrace-invoke-'));
  const remove = (): void => rmSync(bundles, { recursive: true, force: true });
  try {
    const deployed = await deployFunction(resource, {
      stack,
      folder: project,
      bundles,
      // Numbers: an SDK puts a bucket's name in front of a host that has one.
      awsUrl: awsUrl.replace('//localhost:', '//127.0.0.1:'),
      clock: systemClock,
      random: systemRandom,
      log: (_, line) => log(line),
    });
    return {
      invoke: deployed.invoke,
      async close() {
        // Ending the environment hands over what it printed last.
        await deployed.stop();
        await new Promise((resolve) => setImmediate(resolve));
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
};
