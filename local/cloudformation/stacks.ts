import { AwsError } from '../aws-error.ts';
import { region } from '../template/resource-names.ts';
import type { Output, Stack } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';

/** What CloudFormation tells of a stack; times in epoch milliseconds. */
export interface StackDescription {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly createdAt: number;
  /** `NoEcho` parameters are `****`. */
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
  readonly outputs: readonly Output[];
}

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly changedAt: number;
}

export interface Stacks {
  /** Every stack, or the one of this name or id. Throws CloudFormation's ValidationError for another. */
  describe(nameOrId: string | undefined): readonly StackDescription[];
  resources(nameOrId: string): readonly StackResource[];
}

export interface StacksSettings {
  readonly stack: Stack;
  /** Where the stack's HTTP API answers; the outputs name it in place of an address in the cloud. */
  readonly apiUrl: string;
  readonly createdAt: number;
}

/** What SAM's transform makes of a type. */
const transformed: Readonly<Record<string, string>> = {
  'AWS::Serverless::Function': 'AWS::Lambda::Function',
  'AWS::Serverless::HttpApi': 'AWS::ApiGatewayV2::Api',
};

/** CloudFormation's view of the one stack that runs on the laptop. */
export const createStacks = ({ stack, apiUrl, createdAt }: StacksSettings): Stacks => {
  const description: StackDescription = {
    id: String(stack.parameters['AWS::StackId']),
    name: stack.name,
    description: String(stack.template.root.Description ?? ''),
    createdAt,
    parameters: toParameters(stack),
    outputs: stack.outputs.map((output) => ({ ...output, value: atLaptop(output.value, stack, apiUrl) })),
  };
  const isIts = (nameOrId: string): boolean => nameOrId === description.name || nameOrId === description.id;
  const notFound = (nameOrId: string): AwsError =>
    new AwsError('ValidationError', `Stack with id ${nameOrId} does not exist`);
  return {
    describe: (nameOrId) => {
      if (nameOrId !== undefined && !isIts(nameOrId)) throw notFound(nameOrId);
      return [description];
    },
    resources: (nameOrId) => {
      if (!isIts(nameOrId)) throw notFound(nameOrId);
      return stack.resources.map(({ logicalId, type, ref }) => ({
        logicalId,
        physicalId: ref,
        type: transformed[type] ?? type,
        changedAt: createdAt,
      }));
    },
  };
};

const toParameters = ({ template, parameters }: Stack): StackDescription['parameters'] => {
  const declared = isRecord(template.root.Parameters) ? template.root.Parameters : {};
  return Object.entries(declared).map(([name, rules]) => {
    const isSecret = isRecord(rules) && String(rules.NoEcho) === 'true';
    return { name, value: isSecret ? '****' : String(parameters[name] ?? '') };
  });
};

const atLaptop = (value: string, { parameters, resources }: Stack, apiUrl: string): string =>
  resources
    .filter(({ type }) => type === 'AWS::Serverless::HttpApi')
    .reduce(
      (text, { ref }) =>
        text.replace(`https://${ref}.execute-api.${region}.${String(parameters['AWS::URLSuffix'])}`, apiUrl),
      value,
    );
