import { flag, type Limits, list, oneOf, text, whole } from '../aws-limits.ts';

/** Members of requests to Secrets Manager, from its API reference. */
export const secretsLimits: Limits = {
  AddReplicaRegions: list(1),
  ClientRequestToken: text({ min: 32, max: 64 }),
  CrossAccountPrimaryARN: text({ min: 20, max: 2048 }),
  Description: text({ max: 2048 }),
  Filters: list(0, 10),
  ForceOverwriteReplicaSecret: flag,
  IncludePlannedDeletion: flag,
  KmsKeyId: text({ max: 2048 }),
  MaxResults: whole(1, 100),
  Name: text({ min: 1, max: 512, pattern: /^[a-zA-Z0-9/_+=.@-]+$/ }),
  NextToken: text({ min: 1, max: 4096 }),
  RotationToken: text({ min: 36, max: 256, pattern: /^[a-zA-Z0-9-]+$/ }),
  SecretBinary: text({ min: 1 }),
  SecretId: text({ min: 1, max: 2048 }),
  SecretString: text({ min: 1, max: 65_536 }),
  SortBy: oneOf('created-date', 'last-accessed-date', 'last-changed-date', 'name'),
  SortOrder: oneOf('asc', 'desc'),
  Tags: list(),
  Type: text({ max: 256 }),
  VersionId: text({ min: 32, max: 64 }),
  VersionStage: text({ min: 1, max: 256 }),
  VersionStages: list(1, 20),
};
