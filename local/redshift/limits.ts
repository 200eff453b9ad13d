import { flag, type Limits, list, oneOf, text, whole } from '../aws-limits.ts';

const workgroupArn =
  'arn:(aws(-[a-z]+)*):redshift-serverless:([a-z]{2}(-gov|(-iso[a-z]?))?|eusc-[a-z]+)-[a-z]+-\\d:\\d{12}:workgroup/([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z0-9-]{1,63}/[a-z0-9-]{1,63})';

/** Members of requests to the Redshift Data API, from its API reference. */
export const redshiftLimits: Limits = {
  ClientToken: text({ min: 1, max: 64 }),
  ClusterIdentifier: text({ min: 1, max: 63, pattern: /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/ }),
  ConnectedDatabase: text(),
  Database: text(),
  DbUser: text(),
  ExecutionMode: oneOf('TRANSACTION', 'AUTO_COMMIT'),
  Id: text({ pattern: /^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\d{0,2})?$/ }),
  MaxResults: whole(0, 1000),
  NextToken: text(),
  Parameters: list(1),
  ResultFormat: oneOf('JSON', 'CSV'),
  RoleLevel: flag,
  Schema: text(),
  SchemaPattern: text(),
  SecretArn: text(),
  SessionId: text({ pattern: /^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\d{0,2})?$/ }),
  SessionKeepAliveSeconds: whole(0, 86_400),
  Sql: text(),
  Sqls: list(1, 40),
  StatementName: text({ max: 2048 }),
  Table: text(),
  TablePattern: text(),
  WaitTimeSeconds: whole(1, 30),
  WithEvent: flag,
  WorkgroupName: text({ min: 3, max: 128, pattern: new RegExp(`^([a-z0-9-]{3,63}|${workgroupArn})$`) }),
};

/** Status means one thing in ListStatements and another in ListSessions. */
export const statementLimits: Limits = {
  Status: oneOf('SUBMITTED', 'PICKED', 'STARTED', 'FINISHED', 'ABORTED', 'FAILED', 'ALL'),
};
export const sessionLimits: Limits = { Status: oneOf('AVAILABLE', 'BUSY', 'CLOSED') };
