import { AwsError } from '../aws-error.ts';

/** Errors of the SQS API. The JSON protocol names the shape; `queryErrors` has the codes of the older query protocol. */
export const queueDoesNotExist = (): AwsError =>
  new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');

export const receiptHandleIsInvalid = (handle: string): AwsError =>
  new AwsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`, 404);

export const messageNotInflight = (): AwsError =>
  new AwsError('MessageNotInflight', 'The specified message is not in flight.');

export const invalidParameter = (reason: string): AwsError => new AwsError('InvalidParameterValue', reason);

export const invalidAttributeName = (name: string): AwsError =>
  new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);

export const missingParameter = (name: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);

export const emptyBatch = (): AwsError =>
  new AwsError('EmptyBatchRequest', 'There should be at least one entry in the request.');

export const tooManyEntries = (count: number): AwsError =>
  new AwsError('TooManyEntriesInBatchRequest', `Maximum number of entries per request are 10. You have sent ${count}.`);

export const idsNotDistinct = (id: string): AwsError => new AwsError('BatchEntryIdsNotDistinct', `Id ${id} repeated.`);

export const batchTooLong = (bytes: number, limit: number): AwsError =>
  new AwsError(
    'BatchRequestTooLong',
    `Batch requests cannot be longer than ${limit} bytes. You have sent ${bytes} bytes.`,
  );

export const queryErrors: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  ReceiptHandleIsInvalid: 'ReceiptHandleIsInvalid',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  InvalidAttributeName: 'InvalidAttributeName',
  InvalidParameterValue: 'InvalidParameterValue',
  MissingParameter: 'MissingParameter',
};
