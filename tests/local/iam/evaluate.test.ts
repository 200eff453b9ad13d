import { describe, expect, it } from 'vitest';
import { AccessDenied } from '#local/iam/denial.ts';
import { type Access, administrator, toService } from '#local/iam/principal.ts';
import { ask, policy, role } from './support.ts';

const put: Access = { action: 's3:PutObject', resource: 'arn:aws:s3:::lake/landed/a.json.gz' };
const allow = (more: object = {}) => ({ Effect: 'Allow', Action: 's3:PutObject', Resource: '*', ...more });
const deny = (more: object = {}) => ({ ...allow(more), Effect: 'Deny' });
const inResource = (statement: object, principal: unknown) =>
  policy([{ ...statement, Principal: principal }], 'resource');
const allowed = { allowed: true };
const notAllowed = { allowed: false, by: undefined };

describe('policy evaluation', () => {
  it('denies what nothing allows, and says whose policy would have to', () => {
    expect(ask(put, {})).toEqual({ allowed: false, by: undefined, source: 'identity-based' });
    expect(ask(put, { principal: toService('s3.amazonaws.com') })).toMatchObject({ source: 'resource-based' });
  });

  it("allows by the principal's policy or by the resource's", () => {
    expect(ask(put, { identity: policy([allow()]) })).toMatchObject(allowed);
    expect(ask(put, { resource: inResource(allow(), '*') })).toMatchObject(allowed);
  });

  it('lets a deny win over every allow, in either policy', () => {
    const identity = policy([allow(), deny({ Sid: 'No' })]);
    expect(ask(put, { identity })).toMatchObject({ allowed: false, by: { name: 'Role/No' }, source: 'identity-based' });
    const resource = inResource(deny(), '*');
    expect(ask(put, { identity: policy([allow()]), resource })).toMatchObject({
      allowed: false,
      source: 'resource-based',
    });
  });

  it.each([
    ['its own action', 's3:PutObject', allowed],
    ['another case of it', 'S3:putobject', allowed],
    ['a wildcard', 's3:Put*', allowed],
    ['a question mark', 's3:?utObject', allowed],
    ['another action', 's3:PutObjectAcl', notAllowed],
    ['a part of it', 's3:Put', notAllowed],
  ])('compares an action with %s', (_, Action, answer) => {
    expect(ask(put, { identity: policy([allow({ Action })]) })).toMatchObject(answer);
  });

  it.each([
    ['arn:aws:s3:::lake/landed/*', allowed],
    ['arn:aws:s3:::lake/*/a.json.gz', allowed],
    ['arn:aws:s3:::lake/landed/?.json.gz', allowed],
    ['arn:aws:s3:::lake', notAllowed],
    ['arn:aws:s3:::lake/LANDED/*', notAllowed],
    ['arn:aws:s3:::lake/landed/$' + '{*}', notAllowed],
  ])('compares a resource with %s', (Resource, answer) => {
    expect(ask(put, { identity: policy([allow({ Resource })]) })).toMatchObject(answer);
  });

  it.each([
    ['everybody', '*', allowed],
    ['everybody in a map', { AWS: '*' }, allowed],
    ['its role', { AWS: role.roleArn }, allowed],
    ['another role', { AWS: `${role.roleArn}-2` }, notAllowed],
    ['a service', { Service: 's3.amazonaws.com' }, notAllowed],
  ])("reads a resource's policy that speaks of %s", (_, principal, answer) => {
    expect(ask(put, { resource: inResource(allow(), principal) })).toMatchObject(answer);
  });
});

describe('conditions', () => {
  const when = (operator: string, key: string, value: unknown) =>
    policy([allow({ Condition: { [operator]: { [key]: value } } })]);
  const from = (context: Access['context']) => ({ ...put, context: context ?? {} });

  it.each([
    ['StringEquals', 'aws:SourceAccount', '123', '123', true],
    ['StringEquals', 'AWS:sourceaccount', '123', '123', true],
    ['StringEquals', 'aws:SourceAccount', ['1', '123'], '123', true],
    ['StringEquals', 'aws:SourceAccount', '12*', '123', false],
    ['StringLike', 'aws:SourceAccount', '12*', '123', true],
    ['Bool', 'aws:SecureTransport', false, 'false', true],
    ['Bool', 'aws:SecureTransport', 'True', 'true', true],
    ['Bool', 'aws:SecureTransport', false, 'true', false],
    ['ArnLike', 'aws:SourceArn', 'arn:aws:s3:::l*', 'arn:aws:s3:::lake', true],
    ['ArnEquals', 'aws:SourceArn', 'arn:aws:s3:::l?ke', 'arn:aws:s3:::lake', true],
    ['ArnLike', 'aws:SourceArn', 'arn:aws:s3*', 'arn:aws:s3:::lake', false],
    ['ArnLike', 'aws:SourceArn', 'arn:aws:sqs:*:1:q', 'arn:aws:sqs:us:east:1:q', false],
    [
      'ArnLike',
      'aws:SourceArn',
      'arn:aws:execute-api:r:1:a/*/POST/v1',
      'arn:aws:execute-api:r:1:a/$default/POST/v1',
      true,
    ],
  ])('%s of %s wanting %j of %s', (operator, key, wanted, value, holds) => {
    const name = key.toLowerCase() === 'aws:sourceaccount' ? 'aws:SourceAccount' : key;
    expect(ask(from({ [name]: value }), { identity: when(operator, key, wanted) }).allowed).toBe(holds);
  });

  it('does not hold for a request that has no such key', () => {
    expect(ask(put, { identity: when('StringEquals', 'aws:SourceAccount', '123') })).toMatchObject(notAllowed);
    expect(ask(put, { identity: when('Bool', 'aws:SecureTransport', false) })).toMatchObject(notAllowed);
  });

  it('needs every key of every operator', () => {
    const Condition = { StringEquals: { 'aws:SourceAccount': '1' }, ArnLike: { 'aws:SourceArn': 'arn:aws:s3:::lake' } };
    const identity = policy([allow({ Condition })]);
    const both = { 'aws:SourceAccount': '1', 'aws:SourceArn': 'arn:aws:s3:::lake' };
    expect(ask(from(both), { identity })).toMatchObject(allowed);
    expect(ask(from({ ...both, 'aws:SourceAccount': '2' }), { identity })).toMatchObject(notAllowed);
    expect(ask(from({ 'aws:SourceAccount': '1' }), { identity })).toMatchObject(notAllowed);
  });

  it('takes what a variable stands for as it is, also where it holds a wildcard', () => {
    const userId = '$' + '{aws:userid}';
    const key = 'redshift-data:statement-owner-iam-userid';
    const identity = when('StringEquals', key, userId);
    const own = role.context['aws:userid'] ?? '';
    expect(own).toMatch(/^AROA[A-Z0-9]{17}:stack-loader$/);
    expect(ask(from({ [key]: own }), { identity })).toMatchObject(allowed);
    expect(ask(from({ [key]: `${own}2` }), { identity })).toMatchObject(notAllowed);
    const anyone = { ...role, context: { 'aws:userid': '*' } };
    const like = when('StringLike', key, userId);
    expect(ask(from({ [key]: own }), { identity: like, principal: anyone })).toMatchObject(notAllowed);
    expect(ask(from({ [key]: own }), { identity: like, principal: { ...role, context: {} } })).toMatchObject(
      notAllowed,
    );
  });
});

describe('a policy that the laptop cannot judge', () => {
  it.each([
    [{ NotAction: 's3:*' }, /Statement.0.NotAction: Role\/1: NotAction is an element that the laptop does not know/],
    [{ NotResource: '*' }, /NotResource/],
    [{ Principal: '*' }, /Principal .* in identity policies/],
    [{ Effect: 'allow' }, /Effect must be Allow or Deny/],
    [{ Action: undefined }, /Action must be a text/],
    [{ Condition: { NumericLessThan: { 's3:max-keys': 10 } } }, /NumericLessThan is a condition operator/],
    [{ Condition: { StringEqualsIfExists: { 'aws:SourceAccount': '1' } } }, /StringEqualsIfExists/],
    [{ Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }, /aws:SourceVpc is a condition key/],
    [{ Condition: { StringEquals: { 'aws:SourceAccount': '$' + '{aws:PrincipalTag/x}' } } }, /policy variable/],
    [{ Resource: 'arn:aws:s3:::$' + '{aws:username}' }, /\$\{aws:username\} is a policy variable/],
  ])('is refused: %j', (part, message) => {
    expect(() => policy([{ ...allow(), ...part }])).toThrow(message);
  });

  it('is refused for its version, and for principals other than services, roles and everybody', () => {
    expect(() => policy([allow({ Principal: { AWS: '123456789012' } })], 'resource')).toThrow(/services, roles and/);
    expect(() => policy([allow({ Principal: { Federated: 'x' } })], 'resource')).toThrow(/Federated/);
    expect(() => policy([{ Effect: 'Allow', Action: 's3:*', Resource: '*' }], 'resource')).toThrow(/Principal must be/);
  });
});

describe('a denial', () => {
  const text = (access: Access, spelling: 'plain' | 's3' | 'sqs', statements: readonly object[] = []) => {
    const answer = ask(access, { identity: policy(statements) });
    if (answer.allowed) throw new Error('it was allowed');
    return new AccessDenied(role, access, answer).as(spelling);
  };
  const who = 'User: arn:aws:sts::000000000000:assumed-role/loader/stack-loader is not authorized to perform:';

  it("is written in AWS's words, as each service writes it", () => {
    const send = { action: 'sqs:SendMessage', resource: 'arn:aws:sqs:us-east-1:000000000000:q' };
    expect(text(send, 'plain')).toMatchObject({
      code: 'AccessDeniedException',
      status: 400,
      message: `${who} sqs:SendMessage on resource: ${send.resource} because no identity-based policy allows the sqs:SendMessage action`,
    });
    expect(text(send, 'sqs').message).toContain('perform: sqs:sendmessage on resource: arn:aws:sqs');
    expect(text(put, 's3')).toMatchObject({
      code: 'AccessDenied',
      status: 403,
      message: `${who} s3:PutObject on resource: "${put.resource}" because no identity-based policy allows the s3:PutObject action`,
    });
    expect(text(put, 's3', [deny()]).message).toMatch(/with an explicit deny in an identity-based policy$/);
  });

  it('binds the administrator too, when a resource denies', () => {
    const resource = inResource(deny(), '*');
    expect(ask(put, { principal: administrator, identity: policy([allow({ Action: '*' })]), resource }).allowed).toBe(
      false,
    );
  });
});
