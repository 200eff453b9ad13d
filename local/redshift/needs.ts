import type { Access, Principal } from '../iam/principal.ts';
import type { Needs } from '../operations.ts';
import { account, region } from '../template/resource-names.ts';
import type { KeptSession } from './data/sessions.ts';
import type { Statement } from './data/statement.ts';

export interface NeedsSettings {
  readonly workgroup: string;
  readonly workgroupArn: string;
  /** The statement that an id means, of a batch as of a part of it. */
  readonly find: (id: string) => Statement | undefined;
  readonly findSession: (id: string) => KeptSession | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** ("Actions, resources, and condition keys for Amazon Redshift Data API", Service Authorization Reference.) */
export const dataApiNeeds = (settings: NeedsSettings): Readonly<Record<string, Needs>> => {
  /** Whoever runs SQL also logs in: with the secret that is named, else with credentials made for the caller. */
  const onTarget =
    (action: string): Needs =>
    (members) => {
      const resource = toTargetArn(members, settings);
      const { SecretArn: secret } = members;
      const logIn: Access =
        typeof secret === 'string'
          ? { action: 'secretsmanager:GetSecretValue', resource: secret }
          : { action: 'redshift-serverless:GetCredentials', resource };
      return [{ action: `redshift-data:${action}`, resource }, logIn];
    };
  /** A session has an owner too, whom a policy may ask for. */
  const onSession =
    (action: string): Needs =>
    (members, caller) => {
      const [access, ...rest] = onTarget(action)(members, caller);
      const { SessionId: id } = members;
      const owner = settings.findSession(String(id))?.owner.context['aws:userid'];
      if (access === undefined || owner === undefined) return onTarget(action)(members, caller);
      return [{ ...access, context: { 'redshift-data:session-owner-iam-userid': owner } }, ...rest];
    };
  const onStatement =
    (action: string): Needs =>
    ({ Id: id }) => {
      const owner = settings.find(String(id))?.submission.owner.context['aws:userid'];
      const context = owner === undefined ? {} : { 'redshift-data:statement-owner-iam-userid': owner };
      return [{ action: `redshift-data:${action}`, resource: '*', context }];
    };
  return {
    ExecuteStatement: onSession('ExecuteStatement'),
    BatchExecuteStatement: onSession('BatchExecuteStatement'),
    ListDatabases: onTarget('ListDatabases'),
    ListSchemas: onTarget('ListSchemas'),
    ListTables: onTarget('ListTables'),
    DescribeTable: onTarget('DescribeTable'),
    DescribeStatement: onStatement('DescribeStatement'),
    GetStatementResult: onStatement('GetStatementResult'),
    // The same action covers both.
    GetStatementResultV2: onStatement('GetStatementResult'),
    CancelStatement: onStatement('CancelStatement'),
    ListSessions: (_, caller) => [
      {
        action: 'redshift-data:ListSessions',
        resource: '*',
        context: { 'redshift-data:session-owner-iam-userid': caller.context['aws:userid'] ?? '' },
      },
    ],
    // Filtered by owner, as the key is for a listing: the caller's own statements are what it lists.
    ListStatements: (_, caller) => [
      {
        action: 'redshift-data:ListStatements',
        resource: '*',
        context: { 'redshift-data:statement-owner-iam-userid': caller.context['aws:userid'] ?? '' },
      },
    ],
  };
};

const toTargetArn = (members: Members, { workgroup, workgroupArn }: NeedsSettings): string => {
  const { WorkgroupName: name, ClusterIdentifier: cluster } = members;
  if (typeof cluster === 'string') return `arn:aws:redshift:${region}:${account}:cluster:${cluster}`;
  if (typeof name !== 'string' || name === workgroup) return workgroupArn;
  return name.startsWith('arn:') ? name : `arn:aws:redshift-serverless:${region}:${account}:workgroup/${name}`;
};

/** Another role's statements and sessions are nobody's business, whatever a policy allows ("Using the Amazon Redshift Data API"). */
export const isVisibleTo = (caller: Principal, owner: Principal): boolean =>
  caller.kind === 'administrator' ||
  (owner.kind === 'role' && caller.kind === 'role' && owner.roleArn === caller.roleArn);

/** `RoleLevel` false: not those of the role's other IAM sessions either. */
export const isOfSession = (caller: Principal, owner: Principal): boolean =>
  caller.kind === 'administrator' || owner.context['aws:userid'] === caller.context['aws:userid'];
