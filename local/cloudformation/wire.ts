import { AwsError } from '../aws-error.ts';
import type { QueryService } from '../query-protocol.ts';
import type { XmlElement } from '../xml.ts';
import type { StackDescription, StackResource, Stacks } from './stacks.ts';

/** CloudFormation's query protocol over the behaviour: what a client reads of a stack, and nothing that changes one. */
export const createCloudFormationService = (stacks: Stacks): QueryService => ({
  version: '2010-05-15',
  namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  operations: {
    DescribeStacks: (input) => [
      ['Stacks', stacks.describe(input.get('StackName') ?? undefined).map((stack) => ['member', toStack(stack)])],
    ],
    ListStackResources: (input) => {
      const name = input.get('StackName');
      if (name === null)
        throw new AwsError(
          'ValidationError',
          "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null",
        );
      return [['StackResourceSummaries', stacks.resources(name).map((each) => ['member', toSummary(each)])]];
    },
  },
});

const toTime = (at: number): string => new Date(at).toISOString();

const toStack = ({
  id,
  name,
  description,
  createdAt,
  parameters,
  outputs,
}: StackDescription): readonly XmlElement[] => [
  ['StackId', id],
  ['StackName', name],
  ['Description', description],
  ['CreationTime', toTime(createdAt)],
  ['StackStatus', 'CREATE_COMPLETE'],
  ['DisableRollback', false],
  ['EnableTerminationProtection', false],
  ['DriftInformation', [['StackDriftStatus', 'NOT_CHECKED']]],
  ['RollbackConfiguration', []],
  ['NotificationARNs', []],
  ['Tags', []],
  [
    'Capabilities',
    [
      ['member', 'CAPABILITY_NAMED_IAM'],
      ['member', 'CAPABILITY_AUTO_EXPAND'],
    ],
  ],
  [
    'Parameters',
    parameters.map((each) => [
      'member',
      [
        ['ParameterKey', each.name],
        ['ParameterValue', each.value],
      ],
    ]),
  ],
  [
    'Outputs',
    outputs.map((output) => [
      'member',
      [
        ['OutputKey', output.name],
        ['OutputValue', output.value],
        output.description === undefined ? undefined : ['Description', output.description],
      ],
    ]),
  ],
];

const toSummary = ({ logicalId, physicalId, type, changedAt }: StackResource): readonly XmlElement[] => [
  ['LogicalResourceId', logicalId],
  ['PhysicalResourceId', physicalId],
  ['ResourceType', type],
  ['ResourceStatus', 'CREATE_COMPLETE'],
  ['LastUpdatedTimestamp', toTime(changedAt)],
  ['DriftInformation', [['StackResourceDriftStatus', 'NOT_CHECKED']]],
];
