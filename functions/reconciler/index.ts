import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { realPace } from '#aws/backoff.ts';
import { connect } from './connect.ts';
import { createHandler } from './handler.ts';

const logger = new Logger();

export const handler = createHandler({
  ...connect(process.env),
  clock: realPace.clock,
  sleep: realPace.sleep,
  logger,
  metrics: new Metrics(),
});
