import { hash } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { parseConfig } from './config.ts';
import { createHandler } from './handler.ts';

const config = parseConfig(process.env);

export const handler = createHandler({
  hash: (text) => hash('sha256', text),
  clock: Date.now,
  responseBytes: config.responseBytes,
  logger: new Logger(),
  metrics: new Metrics(),
});
