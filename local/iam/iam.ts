import { AwsError } from '../aws-error.ts';
import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { AccessDenied } from './denial.ts';
import { type Answer, evaluate } from './evaluate.ts';
import type { PlacedStatement } from './from-template.ts';
import type { Gate } from './gate.ts';
import { type Access, type Context, type Principal, type RoleSession, toService, toSession } from './principal.ts';
import { type Credentials, createSessions } from './sessions.ts';
import type { Statement } from './statement.ts';

/** How a service takes a role. */
export interface Assume {
  /** Names under which the service may come; one that the role trusts is enough. */
  readonly services: readonly [string, ...string[]];
  readonly sessionName: string;
  readonly context?: Context;
}

/** What was asked and what was answered. */
export interface Decision {
  readonly principal: Principal;
  readonly access: Access;
  readonly answer: Answer;
}

/** The account's identities and policies. */
export interface Iam extends Gate {
  readonly statements: readonly PlacedStatement[];
  /** A session of a role, if its trust policy lets the service take it. Throws `AccessDenied`, for no role NoSuchEntity. */
  assume(roleArn: string, how: Assume): RoleSession;
  /** Keys with which requests act as a session. */
  credentialsOf(session: RoleSession): Credentials;
  /** What was denied last to sessions of a role, to whom wanted the role, or to a service at a resource. */
  lastDenial(arn: string): { readonly at: number; readonly message: string } | undefined;
  /** Judges without a statement, as if it had been taken out of its policy, until the returned function is called. */
  suspend(statement: Statement): () => void;
}

export interface IamSettings {
  readonly statements: readonly PlacedStatement[];
  readonly clock: Clock;
  readonly random: Random;
  /** Told of denials, the same one not more often than once a minute. */
  readonly onDenied?: (message: string) => void;
  readonly onDecision?: ((decision: Decision) => void) | undefined;
}

/** The administrator's policy: everything; a resource's Deny binds it all the same. */
const everything: Statement = {
  name: 'AdministratorAccess',
  effect: 'Allow',
  actions: [{ text: '*', variables: [], matches: () => true }],
  resources: undefined,
  principals: undefined,
  conditions: [],
};
/** The loopback interface counts as encrypted: what travels on it leaves no machine. */
const transport: Context = { 'aws:SecureTransport': 'true' };
const silenceMs = 60_000;

export const createIam = ({ statements, clock, random, onDenied, onDecision }: IamSettings): Iam => {
  const suspended = new Set<Statement>();
  const identities = groupBy(statements.filter(({ kind }) => kind === 'identity'));
  const trusts = groupBy(statements.filter(({ kind }) => kind === 'trust'));
  const resources = groupBy(statements.filter(({ kind }) => kind === 'resource'));
  const sessions = createSessions({ clock, random });
  const denials = new Map<string, { readonly at: number; readonly message: string }>();
  const told = new Map<string, number>();

  const inForce = (found: readonly Statement[] | undefined): readonly Statement[] =>
    suspended.size === 0 || found === undefined ? (found ?? []) : found.filter((each) => !suspended.has(each));

  const ownOf = (principal: Principal): readonly Statement[] => {
    if (principal.kind === 'administrator') return [everything];
    return principal.kind === 'role' ? inForce(identities.get(principal.roleArn)) : [];
  };

  const note = ({ principal, access, message }: AccessDenied): void => {
    const at = clock.now();
    denials.set(principal.kind === 'role' ? principal.roleArn : access.resource, { at, message });
    if (at - (told.get(message) ?? Number.NEGATIVE_INFINITY) < silenceMs) return;
    if (told.size > 1_000) told.clear();
    told.set(message, at);
    onDenied?.(message);
  };

  const decide = (principal: Principal, access: Access, resource: readonly Statement[]): Decision => {
    const asked = { ...access, context: { ...access.context, ...transport } };
    const answer = evaluate({ principal, access: asked, identity: ownOf(principal), resource });
    return { principal, access: asked, answer };
  };

  const settle = (decision: Decision): AccessDenied | undefined => {
    const { principal, access, answer } = decision;
    onDecision?.(decision);
    if (answer.allowed) return undefined;
    const denied = new AccessDenied(principal, access, answer);
    note(denied);
    return denied;
  };

  const ask = (principal: Principal, access: Access): AccessDenied | undefined =>
    settle(decide(principal, access, inForce(resources.get(guardedBy(access.resource)))));

  return {
    statements,
    identify: sessions.identify,
    credentialsOf: sessions.credentialsOf,
    allows: (principal, access) => ask(principal, access) === undefined,
    check: (principal, access) => {
      const denied = ask(principal, access);
      if (denied !== undefined) throw denied;
    },
    assume: (roleArn, { services, sessionName, context = {} }) => {
      const trust = trusts.get(roleArn);
      if (trust === undefined) throw new AwsError('NoSuchEntity', `The role with ARN ${roleArn} cannot be found.`, 404);
      const access: Access = { action: 'sts:AssumeRole', resource: roleArn, context };
      const [first, ...others] = services;
      const asService = (name: string): Decision => decide(toService(name), access, inForce(trust));
      const denied = settle(others.map(asService).find(({ answer }) => answer.allowed) ?? asService(first));
      if (denied !== undefined) throw denied;
      return toSession(roleArn, sessionName);
    },
    lastDenial: (arn) => denials.get(arn),
    suspend: (statement) => {
      suspended.add(statement);
      return () => void suspended.delete(statement);
    },
  };
};

const groupBy = (statements: readonly PlacedStatement[]): ReadonlyMap<string, readonly Statement[]> => {
  const groups = new Map<string, Statement[]>();
  for (const { owner, statement } of statements) groups.set(owner, [...(groups.get(owner) ?? []), statement]);
  return groups;
};

/** The ARN whose policy guards a resource: an object's bucket, a function without its version, else the resource itself. */
const guardedBy = (resource: string): string => {
  if (resource.startsWith('arn:aws:s3:::')) return resource.split('/', 1)[0] ?? resource;
  return resource.startsWith('arn:aws:lambda:') ? resource.split(':', 7).join(':') : resource;
};
