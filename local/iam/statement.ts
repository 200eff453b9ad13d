import { isRecord } from '../template/template.ts';
import { type Condition, createCondition, unknownVariables } from './condition.ts';
import { createPattern, type Pattern } from './pattern.ts';

/** Whom a statement of a resource's policy means. */
export type Principals = 'everyone' | { readonly services: readonly string[]; readonly roles: readonly string[] };

/** One statement of a policy, ready to be asked. */
export interface Statement {
  /** Where it stands: logical id, policy, and its Sid or number, as in `LoaderRole/loader/LogIn`. */
  readonly name: string;
  readonly effect: 'Allow' | 'Deny';
  /** They match actions in lower case, as which these are compared. */
  readonly actions: readonly Pattern[];
  /** Undefined in a trust policy, which speaks of its own role. */
  readonly resources: readonly Pattern[] | undefined;
  /** Undefined in a role's own policy, which speaks of its role's sessions. */
  readonly principals: Principals | undefined;
  readonly conditions: readonly Condition[];
}

/** What kind of policy a document is; each has the elements that the others must not have. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

export interface PolicySite {
  readonly kind: PolicyKind;
  /** Stands before the Sid in a statement's name. */
  readonly name: string;
  /** Makes the error for a part of the document that the laptop cannot judge. */
  readonly fault: (path: readonly (string | number)[], message: string) => Error;
}

const elements: Readonly<Record<PolicyKind, readonly string[]>> = {
  identity: ['Sid', 'Effect', 'Action', 'Resource', 'Condition'],
  resource: ['Sid', 'Effect', 'Principal', 'Action', 'Resource', 'Condition'],
  trust: ['Sid', 'Effect', 'Principal', 'Action', 'Condition'],
};

/**
 * Reads a policy document ("IAM JSON policy elements reference", IAM user guide). Whatever is in it that the laptop does not
 * know is an error, never passed over: a permission that is not understood must not be given.
 */
export const parsePolicy = (document: unknown, site: PolicySite): readonly Statement[] => {
  if (!isRecord(document)) throw site.fault([], `${site.name}: the policy is no document`);
  for (const key of Object.keys(document))
    if (!['Version', 'Id', 'Statement'].includes(key))
      throw site.fault([key], `${site.name}: ${key} is no element of a policy`);
  if (document.Version !== '2012-10-17')
    throw site.fault(['Version'], `${site.name}: the laptop reads policies of Version 2012-10-17 only`);
  const { Statement: statements } = document;
  return (Array.isArray(statements) ? statements : [statements]).map((statement: unknown, at) =>
    parseStatement(statement, at, site),
  );
};

const parseStatement = (statement: unknown, at: number, site: PolicySite): Statement => {
  const sid = isRecord(statement) && typeof statement.Sid === 'string' ? statement.Sid : String(at + 1);
  const name = `${site.name}/${sid}`;
  const fault = (element: string, message: string): Error =>
    site.fault(['Statement', at, element], `${name}: ${message}`);
  if (!isRecord(statement)) throw fault('', 'the statement is no map');
  for (const key of Object.keys(statement))
    if (!elements[site.kind].includes(key))
      throw fault(key, `${key} is an element that the laptop does not know in ${site.kind} policies`);
  const { Effect: effect, Principal: principal, Condition: condition = {} } = statement;
  if (effect !== 'Allow' && effect !== 'Deny') throw fault('Effect', 'Effect must be Allow or Deny');
  const list = (element: 'Action' | 'Resource'): readonly string[] => {
    const values = toTexts(statement[element]);
    if (values === undefined || values.length === 0)
      throw fault(element, `${element} must be a text or a list of texts`);
    return values;
  };
  return {
    name,
    effect,
    actions: list('Action').map((action) => ({
      ...createPattern(action.toLowerCase(), { wildcards: true }),
      text: action,
    })),
    resources: site.kind === 'trust' ? undefined : list('Resource').map((each) => toResource(each, fault)),
    principals: site.kind === 'identity' ? undefined : toPrincipals(principal, fault),
    conditions: toConditions(condition, fault),
  };
};

type Fault = (element: string, message: string) => Error;

const toResource = (text: string, fault: Fault): Pattern => {
  const pattern = createPattern(text, { wildcards: true });
  const [unknown] = unknownVariables(pattern);
  if (unknown !== undefined)
    throw fault('Resource', `\${${unknown}} is a policy variable that the laptop does not know`);
  return pattern;
};

const toConditions = (conditions: unknown, fault: Fault): readonly Condition[] => {
  if (!isRecord(conditions)) throw fault('Condition', 'Condition must be a map');
  return Object.entries(conditions).flatMap(([operator, keys]) => {
    if (!isRecord(keys)) throw fault('Condition', `${operator} must be a map of keys`);
    return Object.entries(keys).map(([key, wanted]) => {
      const values = toTexts(wanted);
      if (values === undefined) throw fault('Condition', `${key} must be a value or a list of values`);
      const condition = createCondition(operator, key, values);
      if (typeof condition === 'string') throw fault('Condition', condition);
      return condition;
    });
  });
};

const toPrincipals = (principal: unknown, fault: Fault): Principals => {
  if (principal === '*') return 'everyone';
  if (!isRecord(principal)) throw fault('Principal', 'Principal must be "*" or a map');
  const services: string[] = [];
  const roles: string[] = [];
  for (const [type, value] of Object.entries(principal)) {
    const names = toTexts(value) ?? [];
    if (type === 'AWS' && names.includes('*')) return 'everyone';
    if (type === 'Service') services.push(...names);
    else if (type === 'AWS' && names.every((name) => /^arn:aws:iam::\d{12}:role\//.test(name))) roles.push(...names);
    else throw fault('Principal', `the laptop knows services, roles and "*" as principals, not ${type}: ${names}`);
  }
  return { services, roles };
};

/** A text, a truth value or a number, or a list of these, as texts. */
const toTexts = (value: unknown): readonly string[] | undefined => {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.every((each) => ['string', 'boolean', 'number'].includes(typeof each)) ? values.map(String) : undefined;
};
