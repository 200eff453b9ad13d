import { AwsError } from '../../aws-error.ts';
import type { Iam } from '../../iam/iam.ts';
import type { RoleSession } from '../../iam/principal.ts';
import { account } from '../../template/resource-names.ts';
import { SqlError, unknownHere } from '../error.ts';
import type { LakeReader } from './manifest.ts';

/** The lake for one COPY, whose IAM_ROLE is `default` or ARNs of roles. Throws `SqlError` for a role that it cannot take. */
export type LakeAs = (iamRole: string) => LakeReader;

export interface CopyRoleSettings {
  readonly iam: Iam;
  readonly lake: LakeReader;
  /** Roles of the namespace's `IamRoles`. */
  readonly attached: readonly string[];
  /** Its `DefaultIamRoleArn`. */
  readonly defaultRole: string | undefined;
}

/** Redshift takes a role that is attached to it and trusts it, and reads S3 with what that role may do. */
export const createLakeAs =
  ({ iam, lake, attached, defaultRole }: CopyRoleSettings): LakeAs =>
  (iamRole) => {
    const role = iamRole === 'default' ? defaultRole : iamRole;
    if (role === undefined) throw new SqlError('No default IAM role is set for the namespace');
    if (role.includes(',')) throw unknownHere('chained roles in IAM_ROLE');
    return toReader(iam, lake, take(iam, role, attached));
  };

const take = (iam: Iam, role: string, attached: readonly string[]): RoleSession => {
  const refusal = `Not authorized to get credentials of role ${role}`;
  if (!attached.includes(role)) throw new SqlError(refusal);
  try {
    return iam.assume(role, {
      services: ['redshift-serverless.amazonaws.com', 'redshift.amazonaws.com'],
      sessionName: 'RedshiftIamRoleSession',
      context: { 'aws:SourceAccount': account },
    });
  } catch (error) {
    throw error instanceof AwsError ? new SqlError(refusal, { cause: error }) : error;
  }
};

const toReader = (iam: Iam, lake: LakeReader, session: RoleSession): LakeReader => {
  const seen = new Set<string>();
  const check = (action: string, resource: string): void => {
    try {
      iam.check(session, { action: `s3:${action}`, resource });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const text = 'S3ServiceException:Access Denied,Status 403,Error AccessDenied,CanRetry 1';
      throw new SqlError(`${text}\n  Detail: ${error.message}`, { cause: error });
    }
  };
  /** COPY asks where a bucket is and whether its objects are there before it reads one. */
  const enter = (bucket: string): void => {
    if (seen.has(bucket)) return;
    check('GetBucketLocation', `arn:aws:s3:::${bucket}`);
    check('ListBucket', `arn:aws:s3:::${bucket}`);
    seen.add(bucket);
  };
  const { list } = lake;
  return {
    ...lake,
    fileOf: (bucket, key) => {
      enter(bucket);
      check('GetObject', `arn:aws:s3:::${bucket}/${key}`);
      return lake.fileOf(bucket, key);
    },
    ...(list !== undefined && {
      list: (bucket: string, prefix: string) => {
        enter(bucket);
        return list(bucket, prefix);
      },
    }),
  };
};
