import { randomBytes } from 'node:crypto';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { createStream } from '#aws/firehose.ts';
import { createSecretReader } from '#aws/secrets.ts';
import { parseConfig } from './config.ts';
import { createHandler } from './handler.ts';

const config = parseConfig(process.env);

export const handler = createHandler({
  stream: createStream(config.streamName),
  readWriteKey: createSecretReader(config.writeKeySecretArn),
  sourceName: config.sourceName,
  clock: Date.now,
  random: randomBytes,
  logger: new Logger(),
  metrics: new Metrics(),
});
