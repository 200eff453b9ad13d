import { AwsError } from '../aws-error.ts';

/** Errors of the Firehose API, with the texts that Firehose answers. */
export const noSuchStream = (name: string, accountId: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Firehose ${name} under account ${accountId} not found.`);

export const invalidArgument = (message: string): AwsError => new AwsError('InvalidArgumentException', message);

export const validationError = (value: string, member: string, constraint: string): AwsError =>
  new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
