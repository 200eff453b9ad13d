import { createHash } from 'node:crypto';
import { account } from '../template/resource-names.ts';

/** Keys of a request's context by their names in conditions ("AWS global condition context keys", IAM user guide). */
export type Context = Readonly<Record<string, string>>;

/** One thing that somebody wants to do: an action such as `s3:PutObject` on a resource's ARN, or on `*`. */
export interface Access {
  readonly action: string;
  readonly resource: string;
  /** What the service knows of the request beyond that. */
  readonly context?: Context;
}

/** Who acts. `name` is how denials call it, `context` what every request of it carries. */
export type Principal =
  | { readonly kind: 'administrator'; readonly name: string; readonly context: Context }
  | { readonly kind: 'service'; readonly name: string; readonly context: Context }
  | RoleSession;

/** A role that a service has taken, under a session's name: `arn:aws:sts::…:assumed-role/ROLE/SESSION`. */
export interface RoleSession {
  readonly kind: 'role';
  readonly name: string;
  readonly roleArn: string;
  readonly context: Context;
}

/** Whoever comes with no credentials of a role: the person at the laptop. */
export const administrator: Principal = {
  kind: 'administrator',
  name: `arn:aws:iam::${account}:root`,
  context: {
    'aws:userid': account,
    'aws:PrincipalArn': `arn:aws:iam::${account}:root`,
    'aws:PrincipalAccount': account,
  },
};

/** An AWS service in its own name, such as `s3.amazonaws.com`: only a resource's policy can let it in. */
export const toService = (name: string): Principal => ({ kind: 'service', name, context: {} });

/** `aws:userid` of a session is the role's unique id and the session's name ("IAM identifiers", IAM user guide). */
export const toSession = (roleArn: string, sessionName: string): RoleSession => ({
  kind: 'role',
  name: `arn:aws:sts::${account}:assumed-role/${roleArn.split('/').at(-1)}/${sessionName}`,
  roleArn,
  context: {
    'aws:userid': `${roleIdOf(roleArn)}:${sessionName}`,
    'aws:PrincipalArn': roleArn,
    'aws:PrincipalAccount': account,
  },
});

/** Unique ids of roles begin with AROA; here the same role has the same one at every start. */
const roleIdOf = (roleArn: string): string =>
  `AROA${BigInt(`0x${createHash('sha256').update(roleArn).digest('hex')}`)
    .toString(36)
    .toUpperCase()
    .slice(0, 17)}`;
