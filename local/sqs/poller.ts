import { AwsError } from '../aws-error.ts';
import type { Iam } from '../iam/iam.ts';
import type { RoleSession } from '../iam/principal.ts';
import type { Queue } from './queue.ts';

/** Actions that Lambda's pollers need of a function's role ("Using Lambda with Amazon SQS", Lambda developer guide). */
const pollerActions = ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes'];

/**
 * A queue as Lambda reads it for a function: with the function's role. Throws InvalidParameterValueException when the role may
 * not, as CreateEventSourceMapping does.
 */
export const createPolledQueue = (iam: Iam, queue: Queue, take: () => RoleSession): Queue => {
  const check = (action: string): void => iam.check(take(), { action: `sqs:${action}`, resource: queue.settings.arn });
  for (const action of pollerActions) {
    try {
      check(action);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new AwsError(
        'InvalidParameterValueException',
        `The function execution role does not have permissions to call ${action} on SQS (${error.message})`,
      );
    }
  }
  return {
    ...queue,
    receive: (options) => {
      check('ReceiveMessage');
      return queue.receive(options);
    },
    remove: (receiptHandle) => {
      check('DeleteMessage');
      queue.remove(receiptHandle);
    },
  };
};
