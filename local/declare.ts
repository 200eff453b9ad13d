import { AwsError } from './aws-error.ts';
import type { Resource, Stack } from './template/stack.ts';

/** What a service refuses of a resource that the template declares is a fault of the template, with its line. */
export const declare = <Made>(stack: Stack, { path, logicalId }: Resource, make: () => Made): Made => {
  try {
    return make();
  } catch (error) {
    throw error instanceof AwsError ? stack.template.fault(path, `${logicalId}: ${error.message}`) : error;
  }
};
