import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { createPause, realPace } from '#aws/backoff.ts';
import { createWarehouse } from '#aws/redshift.ts';
import { createBucket } from '#aws/s3.ts';
import { parseConfig } from './config.ts';
import { createHandler } from './handler.ts';

const config = parseConfig(process.env);

export const handler = createHandler({
  config,
  bucket: createBucket(config.lakeBucket),
  warehouse: createWarehouse(config),
  clock: realPace.clock,
  pause: createPause(realPace),
  logger: new Logger(),
  metrics: new Metrics(),
});
