import type { Clock } from '../clock.ts';
import type { Iam } from '../iam/iam.ts';
import type { Random } from '../random.ts';
import type { Resource, Stack } from '../template/stack.ts';
import { createLakeAs } from './copy/copy-role.ts';
import type { LakeReader } from './copy/manifest.ts';
import { createRedshift, type Redshift } from './redshift.ts';

export interface WarehouseSettings {
  readonly stack: Stack;
  readonly iam: Iam;
  readonly databaseFile: string;
  readonly lake: LakeReader;
  readonly clock: Clock;
  readonly random: Random;
}

/** Opens the warehouse that the template declares: one workgroup and its namespace. */
export const openWarehouse = ({ stack, iam, lake, ...settings }: WarehouseSettings): Promise<Redshift> => {
  const [workgroup] = stack.ofType('AWS::RedshiftServerless::Workgroup');
  const [namespace] = stack.ofType('AWS::RedshiftServerless::Namespace');
  if (workgroup === undefined || namespace === undefined)
    throw stack.template.fault(['Resources'], 'there is no warehouse');
  return createRedshift({
    ...settings,
    workgroup: workgroup.ref,
    workgroupArn: String(workgroup.attributes['Workgroup.WorkgroupArn']),
    database: String(namespace.attributes['Namespace.DbName']),
    lake,
    lakeAs: createLakeAs({ iam, lake, ...toAttachedRoles(namespace) }),
    // Enough for reports over millions of events, and little enough to work beside everything else on a small machine.
    memoryLimit: '512MB',
  });
};

/** Roles of the namespace, with which COPY may read, and the one of `IAM_ROLE default`. */
const toAttachedRoles = ({ properties: { IamRoles: roles, DefaultIamRoleArn: own } }: Resource) => ({
  attached: Array.isArray(roles) ? roles.map(String) : [],
  defaultRole: own === undefined ? undefined : String(own),
});
