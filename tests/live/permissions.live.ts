// IAM's own judgement of the roles that the stack made: what their policies allow is allowed, and what would hurt is not. Needs
// iam:ListRolePolicies, iam:GetRolePolicy, iam:GetRole and iam:SimulatePrincipalPolicy; a laptop has no such service.
//
//   MILLRACE_STACK=millrace-staging npm run test:live -- tests/live/permissions.live.ts
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  SimulatePrincipalPolicyCommand,
} from '@aws-sdk/client-iam';
import { beforeAll, expect, it } from 'vitest';
import type { OpenStack } from '#cli/stack/open.ts';
import { describeAtAws, openLive } from './support.ts';

interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: unknown;
}

const listOf = (value: string | readonly string[]): string[] => (typeof value === 'string' ? [value] : [...value]);

/** A resource that a pattern stands for. */
const exampleOf = (pattern: string): string => (pattern === '*' ? '*' : pattern.replaceAll('*', 'example'));

/** What no role of a pipeline may do, whatever its resource. */
const harmful = [
  's3:DeleteObject',
  's3:PutBucketPolicy',
  'sqs:PurgeQueue',
  'firehose:DeleteDeliveryStream',
  'iam:PassRole',
  'iam:CreateUser',
  'lambda:UpdateFunctionCode',
  'redshift-serverless:DeleteNamespace',
  'secretsmanager:PutSecretValue',
  'sts:AssumeRole',
];

describeAtAws("the stack's roles", () => {
  const iam = new IAMClient({});
  let stack: OpenStack;
  let roles: readonly string[];
  beforeAll(async () => {
    stack = await openLive();
    const resources = await stack.account.stacks.resources(stack.name);
    roles = resources.filter(({ type }) => type === 'AWS::IAM::Role').map(({ physicalId }) => physicalId);
    expect(roles.length).toBeGreaterThan(4);
  });

  const statementsOf = async (role: string): Promise<readonly Statement[]> => {
    const { PolicyNames: names = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
    const documents = await Promise.all(
      names.map((name) => iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name }))),
    );
    return documents.flatMap(({ PolicyDocument: document = '' }) => parseStatements(decodeURIComponent(document)));
  };
  const decisions = async (role: string, actions: string[], resources: string[]): Promise<Record<string, string>> => {
    const { Role: found } = await iam.send(new GetRoleCommand({ RoleName: role }));
    const { EvaluationResults: results = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn: found?.Arn,
        ActionNames: actions,
        ResourceArns: resources,
      }),
    );
    return Object.fromEntries(results.map((each) => [each.EvalActionName ?? '', each.EvalDecision ?? '']));
  };

  it('allow what their policies say', async () => {
    for (const role of roles)
      for (const { Effect: effect, Action: action, Resource: resource, Condition: condition } of await statementsOf(
        role,
      )) {
        // A condition would need the context of the real call.
        if (effect !== 'Allow' || condition !== undefined) continue;
        const actions = listOf(action);
        const found = await decisions(role, actions, listOf(resource).map(exampleOf));
        expect({ role, found }).toEqual({ role, found: Object.fromEntries(actions.map((each) => [each, 'allowed'])) });
      }
  });

  it('allow nothing that would hurt, and name no action by a wildcard', async () => {
    for (const role of roles) {
      const found = await decisions(role, harmful, ['*']);
      expect({ role, allowed: Object.keys(found).filter((action) => found[action] === 'allowed') }).toEqual({
        role,
        allowed: [],
      });
      const actions = (await statementsOf(role)).flatMap(({ Action: action }) => listOf(action));
      expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    }
  });

  it("keep the warehouse's administrator from everyone but the migrator and the loader", async () => {
    const { warehouseSecretArn: secret } = stack.names;
    if (secret === undefined) return;
    const readers: string[] = [];
    for (const role of roles) {
      const found = await decisions(role, ['secretsmanager:GetSecretValue'], [secret]);
      if (found['secretsmanager:GetSecretValue'] === 'allowed') readers.push(role);
    }
    expect(readers.every((role) => /Migrator|Loader/.test(role))).toBe(true);
  });
});

const parseStatements = (document: string): readonly Statement[] => {
  const { Statement: statements } = JSON.parse(document) as { Statement: Statement | readonly Statement[] };
  return Array.isArray(statements) ? statements : [statements as Statement];
};
