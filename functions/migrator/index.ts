import { Logger } from '@aws-lambda-powertools/logger';
import { sendAnswer } from './answer.ts';
import { connect } from './connect.ts';
import { createHandler } from './handler.ts';
import { watchForCrash } from './watch-for-crash.ts';

const logger = new Logger();

export const handler = createHandler({
  connect: () => connect(process.env, logger),
  sendAnswer,
  watchForCrash,
  clock: Date.now,
  logger,
});
