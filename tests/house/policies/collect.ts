import { join } from 'node:path';
import { createStack, type Stack } from '#local/template/stack.ts';
import { isRecord, readTemplate } from '#local/template/template.ts';

/** One policy document of the template as CloudFormation would make it, and where it hangs. */
export interface Policy {
  /** Logical id of the resource, and the policy's name where a role has several. */
  readonly name: string;
  /** Who is allowed to take a role, what a role may do, or who may use a resource. */
  readonly kind: 'trust' | 'identity' | 'resource';
  /** Of the resource that a resource policy guards. */
  readonly resourceType: string;
  readonly document: Document;
}

type Document = Readonly<Record<string, unknown>>;

/** Every way in which parameters change what the policies say. */
const variants: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'as it stands': {},
  traced: { Tracing: 'On' },
  'from Kinesis': { KinesisStreamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/events' },
  'a workgroup brought along': {
    WorkgroupName: 'brought',
    SecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:brought-AbCdEf',
    CopyRoleArn: 'arn:aws:iam::000000000000:role/brought-copy',
  },
  'a cluster brought along': {
    ClusterIdentifier: 'brought',
    SecretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:brought-AbCdEf',
    CopyRoleArn: 'arn:aws:iam::000000000000:role/brought-copy',
  },
};

const project = join(import.meta.dirname, '../../..');

/** Every policy document anywhere in the template, each text of it once. */
export const collectPolicies = (): readonly Policy[] => {
  const template = readTemplate(join(project, 'template.yaml'));
  const found = Object.values(variants).flatMap((parameters) =>
    policiesOf(createStack(template, { name: 'millrace', parameters, awsUrl: 'http://localhost:8788' })),
  );
  return [...new Map(found.map((policy) => [JSON.stringify(policy), policy])).values()];
};

const policiesOf = (stack: Stack): Policy[] =>
  stack.resources.flatMap(({ logicalId, type, properties }) =>
    documentsIn(properties, []).map(({ path, document, named }) => ({
      name: named === undefined ? logicalId : `${logicalId}/${named}`,
      kind: path.includes('AssumeRolePolicyDocument')
        ? 'trust'
        : type.startsWith('AWS::IAM::')
          ? 'identity'
          : 'resource',
      resourceType: type,
      document,
    })),
  );

interface Found {
  readonly path: readonly string[];
  readonly document: Document;
  readonly named: string | undefined;
}

/** A policy document is what has statements. */
const documentsIn = (value: unknown, path: readonly string[], named?: string): Found[] => {
  if (Array.isArray(value)) return value.flatMap((item: unknown) => documentsIn(item, path, named));
  if (!isRecord(value)) return [];
  if (value.Statement !== undefined) return [{ path, document: value, named }];
  const name = typeof value.PolicyName === 'string' ? value.PolicyName : named;
  return Object.entries(value).flatMap(([key, member]) => documentsIn(member, [...path, key], name));
};
