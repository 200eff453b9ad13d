import { toRuleArn, toRuleName } from '../schedule/names.ts';
import { account, region } from '../template/resource-names.ts';
import type { Resource, Stack } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';
import { type PolicyKind, type PolicySite, parsePolicy, type Statement } from './statement.ts';

/** A statement and what its policy hangs on: a role's ARN, or the ARN of the resource that it guards. */
export interface PlacedStatement {
  readonly kind: PolicyKind;
  readonly owner: string;
  readonly statement: Statement;
}

/** Every policy of the stack, statement by statement. Throws `TemplateError` for one that the laptop cannot judge. */
export const toStatements = (stack: Stack): readonly PlacedStatement[] => [
  ...stack.ofType('AWS::IAM::Role').flatMap((role) => toRoleStatements(stack, role)),
  ...stack.ofType('AWS::S3::BucketPolicy').flatMap((policy) => {
    const bucket = `arn:aws:s3:::${policy.properties.Bucket}`;
    return place('resource', bucket, policy.properties.PolicyDocument, siteOf(stack, policy));
  }),
  ...stack.ofType('AWS::SQS::QueuePolicy').flatMap((policy) =>
    textsOf(policy.properties.Queues).flatMap((url) => {
      const queue = stack.ofType('AWS::SQS::Queue').find(({ ref }) => ref === url);
      return place('resource', String(queue?.attributes.Arn), policy.properties.PolicyDocument, siteOf(stack, policy));
    }),
  ),
  ...stack
    .ofType('AWS::SNS::TopicPolicy')
    .flatMap((policy) =>
      textsOf(policy.properties.Topics).flatMap((topic) =>
        place('resource', topic, policy.properties.PolicyDocument, siteOf(stack, policy)),
      ),
    ),
  ...stack.ofType('AWS::Serverless::Function').flatMap((resource) => toEventStatements(stack, resource)),
];

type Site = (kind: PolicyKind, policy?: string, path?: readonly (string | number)[]) => PolicySite;

const siteOf =
  (stack: Stack, resource: Resource): Site =>
  (kind, policy, path = ['PolicyDocument']) => ({
    kind,
    name: policy === undefined ? resource.logicalId : `${resource.logicalId}/${policy}`,
    fault: (part, message) => stack.template.fault([...resource.path, 'Properties', ...path, ...part], message),
  });

const place = (kind: PolicyKind, owner: string, document: unknown, site: Site): readonly PlacedStatement[] =>
  parsePolicy(document, site(kind)).map((statement) => ({ kind, owner, statement }));

const toRoleStatements = (stack: Stack, role: Resource): readonly PlacedStatement[] => {
  const { AssumeRolePolicyDocument: trust, Policies: policies = [], ...others } = role.properties;
  const owner = String(role.attributes.Arn);
  const site = siteOf(stack, role);
  for (const property of ['ManagedPolicyArns', 'PermissionsBoundary'])
    if (others[property] !== undefined)
      throw stack.template.fault(
        [...role.path, 'Properties', property],
        `${role.logicalId}: the laptop judges policies that stand in the template, not ${property}`,
      );
  const trusted = parsePolicy(trust, site('trust', 'trust', ['AssumeRolePolicyDocument']));
  const own = (Array.isArray(policies) ? policies : []).flatMap((policy: unknown, at) => {
    const { PolicyName: name, PolicyDocument: document } = isRecord(policy) ? policy : {};
    return parsePolicy(document, site('identity', String(name), ['Policies', at, 'PolicyDocument']));
  });
  return [
    ...trusted.map((statement): PlacedStatement => ({ kind: 'trust', owner, statement })),
    ...own.map((statement): PlacedStatement => ({ kind: 'identity', owner, statement })),
  ];
};

/** SAM makes an `AWS::Lambda::Permission` of every HttpApi event, for its route alone, and of every Schedule, for its rule alone. */
const toEventStatements = (stack: Stack, resource: Resource): readonly PlacedStatement[] =>
  Object.entries(isRecord(resource.properties.Events) ? resource.properties.Events : {}).flatMap(([name, event]) => {
    const source = isRecord(event) ? toSource(stack, resource, name, event) : undefined;
    if (source === undefined) return [];
    const document = {
      Version: '2012-10-17',
      Statement: {
        Sid: `${name}Permission`,
        Effect: 'Allow',
        Principal: { Service: source.service },
        Action: 'lambda:InvokeFunction',
        Resource: String(resource.attributes.Arn),
        Condition: { ArnLike: { 'aws:SourceArn': source.arn } },
      },
    };
    const site: Site = (kind) => ({ kind, name: resource.logicalId, fault: (_, message) => new Error(message) });
    return place('resource', String(resource.attributes.Arn), document, site);
  });

/** Which service comes with an event, and in whose name. Lambda's pollers and EventBridge Scheduler come with roles instead. */
const toSource = (
  stack: Stack,
  resource: Resource,
  eventName: string,
  { Type: type, Properties: properties }: Readonly<Record<string, unknown>>,
): { readonly service: string; readonly arn: string } | undefined => {
  if (!isRecord(properties)) return undefined;
  if (type === 'Schedule')
    return {
      service: 'events.amazonaws.com',
      arn: toRuleArn(toRuleName(stack, resource, eventName, properties.Name)),
    };
  if (type !== 'HttpApi') return undefined;
  const { ApiId: api, Method: method, Path: path } = properties;
  const verb = String(method).toUpperCase();
  return {
    service: 'apigateway.amazonaws.com',
    arn: toRouteArn(String(api), '*', verb === 'ANY' ? '*' : verb, String(path)),
  };
};

/** How API Gateway names a route when it calls a function. */
export const toRouteArn = (apiId: string, stage: string, method: string, path: string): string =>
  `arn:aws:execute-api:${region}:${account}:${apiId}/${stage}/${method}${path}`;

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
