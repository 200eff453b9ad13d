import { type Answer, evaluate } from '#local/iam/evaluate.ts';
import { type Access, type Principal, toSession } from '#local/iam/principal.ts';
import { type PolicyKind, parsePolicy, type Statement } from '#local/iam/statement.ts';

export const role = toSession('arn:aws:iam::000000000000:role/loader', 'stack-loader');

/** Statements of a policy written as in a template; a fault names the path at which it was found. */
export const policy = (statements: readonly object[], kind: PolicyKind = 'identity'): readonly Statement[] =>
  parsePolicy(
    { Version: '2012-10-17', Statement: statements },
    { kind, name: 'Role', fault: (path, message) => new Error(`${path.join('.')}: ${message}`) },
  );

export const ask = (
  access: Access,
  {
    identity = [],
    resource = [],
    principal = role,
  }: { identity?: readonly Statement[]; resource?: readonly Statement[]; principal?: Principal },
): Answer => evaluate({ principal, access, identity, resource });
