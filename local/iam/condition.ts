import { createPattern, type Pattern } from './pattern.ts';
import type { Context } from './principal.ts';

/** One key of a statement's `Condition`: the request's value must fit one of `values`. */
export interface Condition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
  holds(context: Context): boolean;
}

/** Every key that some stand-in gives to a request. Names are compared without regard to case. */
const knownKeys: ReadonlyMap<string, string> = new Map(
  [
    'aws:PrincipalAccount',
    'aws:PrincipalArn',
    'aws:SecureTransport',
    'aws:SourceAccount',
    'aws:SourceArn',
    'aws:userid',
    'cloudwatch:namespace',
    'redshift-data:statement-owner-iam-userid',
    's3:delimiter',
    's3:max-keys',
    's3:prefix',
    'sts:ExternalId',
  ].map((key) => [key.toLowerCase(), key]),
);

/** The key as requests carry it, undefined for one that the laptop does not know. */
const findKey = (name: string): string | undefined => knownKeys.get(name.toLowerCase());

/** Compiles a wanted value; the result says whether a request's value fits it. */
type Operator = (wanted: string) => { readonly patterns: readonly Pattern[]; readonly fits: Fits };
type Fits = (value: string, context: Context) => boolean;

const byPattern =
  (wildcards: boolean): Operator =>
  (wanted) => {
    const pattern = createPattern(wanted, { wildcards });
    return { patterns: [pattern], fits: pattern.matches };
  };

/** An ARN is compared part by part, so that a wildcard does not reach over a colon; the sixth part is the rest. */
const byArn: Operator = (wanted) => {
  const patterns = splitArn(wanted).map((part) => createPattern(part, { wildcards: true }));
  const fits: Fits = (value, context) => {
    const parts = splitArn(value);
    return parts.length === patterns.length && patterns.every((each, at) => each.matches(parts[at] ?? '', context));
  };
  return { patterns, fits };
};

const splitArn = (arn: string): readonly string[] => {
  const parts = arn.split(/:(?![^{}]*\})/);
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
};

/** ("IAM JSON policy elements: Condition operators", IAM user guide.) ArnEquals and ArnLike are the same. */
const operators: Readonly<Record<string, Operator>> = {
  StringEquals: byPattern(false),
  StringLike: byPattern(true),
  ArnEquals: byArn,
  ArnLike: byArn,
  Bool: (wanted) => ({ patterns: [], fits: (value) => value.toLowerCase() === wanted.toLowerCase() }),
};

/** A condition, or what about it the laptop does not know: that is for the caller to refuse. */
export const createCondition = (operator: string, name: string, values: readonly string[]): Condition | string => {
  const compile = Object.hasOwn(operators, operator) ? operators[operator] : undefined;
  if (compile === undefined) return `${operator} is a condition operator that the laptop does not know`;
  const key = findKey(name);
  if (key === undefined) return `${name} is a condition key that the laptop does not know`;
  const wanted = values.map(compile);
  const unknown = wanted.flatMap(({ patterns }) => patterns).flatMap(unknownVariables)[0];
  if (unknown !== undefined) return `\${${unknown}} is a policy variable that the laptop does not know`;
  return {
    operator,
    key,
    values,
    holds: (context) => {
      const value = context[key];
      return value !== undefined && wanted.some(({ fits }) => fits(value, context));
    },
  };
};

/** Names between `${` and `}` that no request carries under exactly that name. */
export const unknownVariables = ({ variables }: Pattern): readonly string[] =>
  variables.filter((name) => findKey(name) !== name);
