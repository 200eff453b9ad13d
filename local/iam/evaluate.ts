import type { Access, Context, Principal } from './principal.ts';
import type { Principals, Statement } from './statement.ts';

/** Who wants what, and every statement that may have a say: the principal's own and those of the resource's policy. */
export interface Question {
  readonly principal: Principal;
  readonly access: Access;
  readonly identity: readonly Statement[];
  readonly resource: readonly Statement[];
}

/** `by` is the statement that decided; without one nothing allowed it. `source` says whose policies had to. */
export type Answer =
  | { readonly allowed: true; readonly by: Statement }
  | {
      readonly allowed: false;
      readonly by: Statement | undefined;
      readonly source: 'identity-based' | 'resource-based';
    };

/**
 * A statement that denies wins; else one that allows, in the principal's policies or the resource's, since all is in one
 * account; else it is denied ("Policy evaluation logic", IAM user guide).
 */
export const evaluate = ({ principal, access, identity, resource }: Question): Answer => {
  const context = { ...principal.context, ...access.context };
  const action = access.action.toLowerCase();
  const speaks = (statement: Statement): boolean => applies(statement, { principal, access, action, context });
  let allow: Statement | undefined;
  for (const statement of identity) {
    if (!speaks(statement)) continue;
    if (statement.effect === 'Deny') return { allowed: false, by: statement, source: 'identity-based' };
    allow ??= statement;
  }
  for (const statement of resource) {
    if (!speaks(statement)) continue;
    if (statement.effect === 'Deny') return { allowed: false, by: statement, source: 'resource-based' };
    allow ??= statement;
  }
  if (allow !== undefined) return { allowed: true, by: allow };
  const source = principal.kind === 'service' ? 'resource-based' : 'identity-based';
  return { allowed: false, by: undefined, source };
};

interface Asked {
  readonly principal: Principal;
  readonly access: Access;
  readonly action: string;
  readonly context: Context;
}

const applies = (statement: Statement, { principal, access, action, context }: Asked): boolean =>
  statement.actions.some((pattern) => pattern.matches(action, context)) &&
  (statement.resources?.some((pattern) => pattern.matches(access.resource, context)) ?? true) &&
  (statement.principals === undefined || includes(statement.principals, principal)) &&
  statement.conditions.every((condition) => condition.holds(context));

const includes = (principals: Principals, principal: Principal): boolean => {
  if (principals === 'everyone') return true;
  if (principal.kind === 'service') return principals.services.includes(principal.name);
  return principal.kind === 'role' && principals.roles.includes(principal.roleArn);
};
