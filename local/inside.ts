import type { CustomResources } from './cloudformation/custom-resources.ts';
import type { Metrics } from './cloudwatch/metrics.ts';
import type { Firehose } from './firehose/firehose.ts';
import type { Iam } from './iam/iam.ts';
import type { Lambda } from './lambda/lambda.ts';
import type { Redshift } from './redshift/redshift.ts';
import type { S3 } from './s3/s3.ts';
import type { Schedule } from './schedule/schedules.ts';
import type { EventSourceMapping } from './sqs/event-source-mapping.ts';
import type { Stack } from './template/stack.ts';

/** What runs inside a cloud, for tests that boot one in their own process. */
export interface Inside {
  readonly stack: Stack;
  readonly iam: Iam;
  readonly lambda: Lambda;
  readonly firehose: Firehose;
  readonly s3: S3;
  readonly mappings: readonly EventSourceMapping[];
  readonly schedules: readonly Schedule[];
  readonly metrics: Metrics;
  readonly customResources: CustomResources;
  readonly redshift: Redshift;
}
