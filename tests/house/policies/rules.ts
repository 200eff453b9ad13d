import { isRecord } from '#local/template/template.ts';
import type { Policy } from './collect.ts';

/**
 * Actions that know no resource: their column "Resource types" in the Service Authorization Reference is empty, of which it says, "If
 * there is no value for this column, you must specify all resources ("*") to which the policy applies in the Resource element of your
 * policy statement." `.ci/policies.mjs` holds each against the reference's data.
 */
export const withoutResource: readonly string[] = [
  'cloudwatch:GetMetricData',
  'redshift-data:DescribeStatement',
  'redshift-data:GetStatementResult',
  'redshift-serverless:CreateUsageLimit',
  'redshift-serverless:DeleteUsageLimit',
  'redshift-serverless:ListUsageLimits',
  'redshift-serverless:UpdateUsageLimit',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** Those of them whose resource is optional in the reference, and why none can be named here. */
export const optionalResource: Readonly<Record<string, string>> = {
  'cloudwatch:GetMetricData':
    'its resource, a dataset, is of metrics sent as OTLP; the classic ones, which functions emit, have none',
};

/** A wildcard for what nobody can name when the policy is written. */
export interface Open {
  readonly pattern: RegExp;
  readonly why: string;
}

export const open: readonly Open[] = [
  {
    pattern: /^arn:aws:s3:::[a-z0-9.-]+\/(landed|failed|manifests|state)\/\*$/,
    why: 'objects are named when they are written; the prefix is as narrow as it gets',
  },
  {
    pattern: /^arn:aws:logs:[^*]+:log-group:[^*:]+:\*$/,
    why: 'GetAtt Arn of a log group ends in :*, its streams, which Lambda names by itself',
  },
  {
    pattern: /^arn:aws:redshift-serverless:[^*]+:workgroup\/\*$/,
    why: "a workgroup's ARN ends in a UUID that a parameter with its name does not give",
  },
];

export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly principal: unknown;
  readonly conditionKeys: readonly string[];
  /** Elements that say what is not meant: they allow whatever AWS adds one day. */
  readonly negations: readonly string[];
}

export const statementsOf = ({ document }: Policy): readonly Statement[] => listOf(document.Statement).map(toStatement);

const toStatement = (statement: unknown): Statement => {
  const members = isRecord(statement) ? statement : {};
  return {
    effect: String(members.Effect),
    actions: listOf(members.Action).map(String),
    resources: listOf(members.Resource).map(String),
    principal: members.Principal,
    conditionKeys: Object.values(isRecord(members.Condition) ? members.Condition : {}).flatMap((keys) =>
      Object.keys(isRecord(keys) ? keys : {}),
    ),
    negations: ['NotAction', 'NotResource', 'NotPrincipal'].filter((name) => members[name] !== undefined),
  };
};

const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** What a policy allows too widely. A Deny may be as wide as it likes. */
export const findTooWide = (policy: Policy): string[] =>
  statementsOf(policy)
    .filter(({ effect }) => effect !== 'Deny')
    .flatMap((statement) => [
      ...statement.negations.map((name) => `allows by ${name}`),
      ...statement.actions.filter((action) => /[*?]/.test(action)).map((action) => `allows ${action}`),
      ...statement.resources.flatMap((resource) => tooWideResource(resource, statement)),
      ...tooWidePrincipal(policy, statement),
    ]);

const tooWideResource = (resource: string, { actions }: Statement): string[] => {
  if (resource === '*')
    return actions.filter((action) => !withoutResource.includes(action)).map((action) => `allows ${action} on *`);
  return /[*?]/.test(resource) && !open.some(({ pattern }) => pattern.test(resource)) ? [`allows ${resource}`] : [];
};

/** A service acts for anybody, unless a condition says for whom (IAM user guide, "The confused deputy problem"). */
const tooWidePrincipal = ({ kind }: Policy, { principal, conditionKeys }: Statement): string[] => {
  if (principal === undefined) return [];
  if (!isRecord(principal)) return [`allows everybody`];
  const isBound = conditionKeys.some((key) => key === 'aws:SourceArn' || key === 'aws:SourceAccount');
  const services = listOf(principal.Service);
  const wide = listOf(principal.AWS).filter((name) => /[*?]/.test(String(name)));
  return [
    ...wide.map((name) => `allows ${name}`),
    ...(kind === 'resource' && services.length > 0 && !isBound ? [`allows ${services.join(', ')} for anybody`] : []),
  ];
};
