import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { collectPolicies, type Policy } from './policies/collect.ts';
import { findTooWide, open, optionalResource, statementsOf, withoutResource } from './policies/rules.ts';

const policies = collectPolicies();
const sidsOf = ({ document }: Policy): string[] =>
  [...JSON.stringify(document).matchAll(/"Sid":"(\w+)"/g)].map(([, sid = '']) => sid);

describe('the policies of template.yaml', () => {
  it('are all here: every statement of the template under some parameters', () => {
    const template = readFileSync(join(import.meta.dirname, '../../template.yaml'), 'utf8');
    const written = [...template.matchAll(/^\s*-? *Sid: (\w+)$/gm)].map(([, sid]) => sid);
    expect(written.length).toBeGreaterThan(15);
    expect([...new Set(written)].filter((sid) => !policies.flatMap(sidsOf).includes(String(sid)))).toEqual([]);
    const documents = template.match(/^\s*(AssumeRole)?PolicyDocument:/gm) ?? [];
    expect(new Set(policies.map(({ name, kind }) => `${kind} ${name}`)).size).toBe(documents.length);
  });

  it('allow no wildcard but where no name can be given', () => {
    expect(policies.flatMap((policy) => findTooWide(policy).map((what) => `${policy.name} ${what}`))).toEqual([]);
  });

  it('need every action that is listed as one without a resource, and every wildcard', () => {
    const statements = policies.flatMap(statementsOf);
    const onAll = statements.filter(({ resources }) => resources.includes('*')).flatMap(({ actions }) => actions);
    expect(withoutResource.filter((action) => !onAll.includes(action))).toEqual([]);
    expect(Object.keys(optionalResource).filter((action) => !withoutResource.includes(action))).toEqual([]);
    const resources = statements.flatMap((statement) => statement.resources);
    expect(open.filter(({ pattern }) => !resources.some((resource) => pattern.test(resource)))).toEqual([]);
  });

  it('let a role be taken by a service alone', () => {
    const trusted = policies.filter(({ kind }) => kind === 'trust').flatMap(statementsOf);
    expect(trusted.map(({ actions }) => actions)).toEqual(trusted.map(() => ['sts:AssumeRole']));
    expect(trusted.map(({ principal }) => principal)).toEqual(trusted.map(() => ({ Service: expect.anything() })));
  });
});

describe('the rule of wildcards', () => {
  const policy = (statement: object, kind: Policy['kind'] = 'identity'): Policy => ({
    name: 'Role/policy',
    kind,
    resourceType: 'AWS::IAM::Role',
    document: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::lake', ...statement }] },
  });
  const queue = { Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:us-east-1:000000000000:q' };

  it.each<[string, Policy, string]>([
    ['a wildcard in an action', policy({ Action: ['s3:Get*'] }), 'allows s3:Get*'],
    ['all resources for an action that knows them', policy({ Resource: '*' }), 'allows s3:GetObject on *'],
    ['a wildcard in a name', policy({ Resource: 'arn:aws:s3:::lake-*' }), 'allows arn:aws:s3:::lake-*'],
    ['the whole lake', policy({ Resource: 'arn:aws:s3:::lake/*' }), 'allows arn:aws:s3:::lake/*'],
    ['what is not meant', policy({ Action: undefined, NotAction: 's3:PutObject' }), 'allows by NotAction'],
    ['everybody', policy({ ...queue, Principal: '*' }, 'resource'), 'allows everybody'],
    ['every account', policy({ ...queue, Principal: { AWS: '*' } }, 'resource'), 'allows *'],
    [
      'a service for anybody',
      policy({ ...queue, Principal: { Service: 's3.amazonaws.com' } }, 'resource'),
      'allows s3.amazonaws.com for anybody',
    ],
  ])('finds %s', (_, wide, what) => {
    expect(findTooWide(wide)).toEqual([what]);
  });

  it('lets a Deny be wide', () => {
    expect(findTooWide(policy({ Effect: 'Deny', Action: '*', Resource: '*', Principal: '*' }, 'resource'))).toEqual([]);
  });
});
