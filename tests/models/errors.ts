import { type Model, type Operation, type ServiceName, shapeOf } from './model.ts';
import { traitsOf } from './sdk.ts';

/**
 * Errors that every JSON service can answer with, and their status ("Common Errors" in each service's API reference). Those from
 * InvalidSignatureException on are in no reference: AWS's JSON servers answer them to what is no good call.
 */
const common: Readonly<Record<string, number>> = {
  AccessDeniedException: 400,
  IncompleteSignature: 400,
  InternalFailure: 500,
  InvalidClientTokenId: 403,
  NotAuthorized: 400,
  OptInRequired: 403,
  RequestExpired: 400,
  ServiceUnavailable: 503,
  ThrottlingException: 400,
  UnrecognizedClientException: 400,
  ValidationException: 400,
  InvalidSignatureException: 400,
  IncompleteSignatureException: 400,
  SerializationException: 400,
  UnknownOperationException: 400,
  RequestEntityTooLargeException: 413,
};

/**
 * Codes that SQS's documentation has and its model has not: they came from the older query protocol ("Common Errors" in the SQS API
 * reference). Some are what a single entry of a batch fails with.
 */
const ofSqs: Readonly<Record<string, number>> = { InvalidParameterValue: 400, MissingParameter: 400 };

const ofJson = (service: ServiceName): Readonly<Record<string, number>> =>
  service === 'sqs' ? { ...common, ...ofSqs } : common;

/** Errors of every service of the query protocol ("Common Errors" in the AWS CloudFormation API reference). */
const ofQuery: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  IncompleteSignature: 400,
  InternalFailure: 500,
  InvalidAction: 400,
  InvalidClientTokenId: 403,
  MissingAction: 400,
  SignatureDoesNotMatch: 403,
  Throttling: 400,
  ValidationError: 400,
};

/** S3's "List of error codes" (S3 API reference, "Error responses"), those that the model leaves out. */
const ofS3: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  BadDigest: 400,
  BucketNotEmpty: 409,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  IncompleteBody: 400,
  InternalError: 500,
  InvalidAccessKeyId: 403,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidDigest: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRange: 416,
  InvalidRequest: 400,
  InvalidToken: 400,
  InvalidURI: 400,
  KeyTooLongError: 400,
  MalformedXML: 400,
  MethodNotAllowed: 405,
  MissingContentLength: 411,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NotImplemented: 501,
  PreconditionFailed: 412,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  SlowDown: 503,
  XAmzContentSHA256Mismatch: 400,
};

/** The statuses that AWS may give an error of an operation; undefined for a name that AWS does not have there. */
export const statusesOf = (
  model: Model,
  operation: Operation | undefined,
  code: string,
): readonly number[] | undefined => {
  const declared = operation?.errors?.find(({ shape }) => shape === code || shapeOf(model, shape).error?.code === code);
  if (declared !== undefined) {
    const { error, fault } = shapeOf(model, declared.shape);
    const status = error?.httpStatusCode ?? traitsOf(model.service, code).httpError;
    return typeof status === 'number' ? [status] : fault === true ? [500, 503] : [400];
  }
  const { service } = model;
  const documented = (service === 's3' ? ofS3 : model.metadata.protocol === 'query' ? ofQuery : ofJson(service))[code];
  return documented === undefined ? undefined : [documented];
};

/** What is wrong with an error's name and status. */
export const checkStatus = (
  model: Model,
  operation: Operation | undefined,
  { code, status }: { readonly code: string; readonly status: number },
): string[] => {
  const statuses = statusesOf(model, operation, code);
  if (statuses === undefined) return [`${code} is no error of ${operation?.name ?? 'this service'}`];
  return statuses.includes(status) ? [] : [`${code} has status ${statuses.join(' or ')}, not ${status}`];
};
