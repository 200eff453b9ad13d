import {
  type CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  paginateListStackResources,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { ask } from './ask.ts';
import { codeOf } from './fault.ts';

/** What CloudFormation knows of one stack. */
export interface DeployedStack {
  readonly id: string;
  readonly name: string;
  /** Such as `UPDATE_ROLLBACK_COMPLETE`. */
  readonly status: string;
  readonly statusReason: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

export interface DeployedResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
}

export interface StackFailure {
  readonly logicalId: string;
  readonly reason: string;
}

export interface Stacks {
  /** undefined when there is no stack of that name. Throws `Fault`. */
  find(name: string): Promise<DeployedStack | undefined>;
  resources(name: string): Promise<readonly DeployedResource[]>;
  /** Why resources of the latest operations failed, the first failure last; none when it was not asked or is long ago. */
  failures(name: string): Promise<readonly StackFailure[]>;
  /** As the SDK settled it: given, or from the environment or profile. */
  region(): Promise<string>;
}

export const createStacks = (client: CloudFormationClient): Stacks => ({
  find: (name) =>
    ask('DescribeStacks', async () => {
      try {
        const answer = await client.send(new DescribeStacksCommand({ StackName: name }));
        return answer.Stacks?.map(toStack)[0];
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    }),
  resources: (name) =>
    ask('ListStackResources', async () => {
      const found: DeployedResource[] = [];
      for await (const page of paginateListStackResources({ client }, { StackName: name }))
        for (const each of page.StackResourceSummaries ?? [])
          found.push({
            logicalId: each.LogicalResourceId ?? '',
            physicalId: each.PhysicalResourceId ?? '',
            type: each.ResourceType ?? '',
            status: each.ResourceStatus ?? '',
          });
      return found;
    }),
  failures: (name) =>
    ask('DescribeStackEvents', async () => {
      const { StackEvents: events = [] } = await client.send(new DescribeStackEventsCommand({ StackName: name }));
      // Newest first: an operation ends where the stack itself was told to begin.
      const begun = events.findIndex(
        (each) => each.PhysicalResourceId === each.StackId && beginnings.has(each.ResourceStatus ?? ''),
      );
      return events.slice(0, begun < 0 ? events.length : begun).flatMap((each) => {
        const reason = each.ResourceStatusReason ?? '';
        if (each.ResourceStatus?.endsWith('_FAILED') !== true || reason.includes('cancelled')) return [];
        return [{ logicalId: each.LogicalResourceId ?? '', reason }];
      });
    }),
  region: () => ask('region', () => client.config.region()),
});

/** What a failed operation began with; its roll back follows and is part of it. */
const beginnings: ReadonlySet<string> = new Set(['CREATE_IN_PROGRESS', 'UPDATE_IN_PROGRESS', 'DELETE_IN_PROGRESS']);

/** CloudFormation has no code of its own for this: the text is what the SAM CLI and CDK look for too. */
const isMissing = (error: unknown): boolean =>
  codeOf(error) === 'ValidationError' && error instanceof Error && error.message.includes('does not exist');

const toStack = (stack: Stack): DeployedStack => ({
  id: stack.StackId ?? '',
  name: stack.StackName ?? '',
  status: stack.StackStatus ?? '',
  statusReason: stack.StackStatusReason,
  parameters: toRecord(stack.Parameters ?? [], (each) => [each.ParameterKey, each.ParameterValue]),
  outputs: toRecord(stack.Outputs ?? [], (each) => [each.OutputKey, each.OutputValue]),
});

const toRecord = <Item>(
  items: readonly Item[],
  toPair: (item: Item) => readonly [string | undefined, string | undefined],
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    items.map(toPair).flatMap(([key, value]) => (key === undefined || value === undefined ? [] : [[key, value]])),
  );
