import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { createWarehouse } from '#aws/redshift.ts';
import { sendAnswer } from './answer.ts';
import { parseConfig } from './config.ts';
import { createHandler } from './handler.ts';

const config = parseConfig(process.env);

export const handler = createHandler({
  config,
  warehouse: createWarehouse(config),
  sendAnswer,
  clock: Date.now,
  logger: new Logger(),
  metrics: new Metrics(),
});
