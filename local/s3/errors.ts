import { AwsError } from '../aws-error.ts';

/** Errors of the S3 API, with the texts S3 answers ("Error responses" in the S3 API reference). */
export const noSuchBucket = (bucket: string): AwsError =>
  new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: bucket });

export const noSuchKey = (key: string): AwsError =>
  new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });

export const noSuchUpload = (uploadId: string): AwsError =>
  new AwsError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
    { UploadId: uploadId },
  );

export const invalidRange = (requested: string, size: number): AwsError =>
  new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
    RangeRequested: requested,
    ActualObjectSize: size,
  });

export const invalidPart = (uploadId: string, partNumber: number): AwsError =>
  new AwsError(
    'InvalidPart',
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    400,
    { UploadId: uploadId, PartNumber: partNumber },
  );

export const invalidPartOrder = (uploadId: string): AwsError =>
  new AwsError(
    'InvalidPartOrder',
    'The list of parts was not in ascending order. Parts must be ordered by part number.',
    400,
    { UploadId: uploadId },
  );

export const entityTooSmall = (size: number, minimum: number, partNumber: number): AwsError =>
  new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', 400, {
    ProposedSize: size,
    MinSizeAllowed: minimum,
    PartNumber: partNumber,
  });

export const keyTooLong = (size: number, maximum: number): AwsError =>
  new AwsError('KeyTooLongError', 'Your key is too long', 400, { Size: size, MaxSizeAllowed: maximum });

export const invalidArgument = (message: string): AwsError => new AwsError('InvalidArgument', message);

export const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequest', message);

export const badDigest = (name: string): AwsError =>
  new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`);

export const incompleteBody = (): AwsError =>
  new AwsError('IncompleteBody', 'The request body terminated unexpectedly');

export const malformedXml = (): AwsError =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );

export const preconditionFailed = (condition: string): AwsError =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
    Condition: condition,
  });

export const notImplemented = (what: string): AwsError =>
  new AwsError(
    'NotImplemented',
    `A header or operation you provided implies functionality that is not implemented: ${what}`,
    501,
  );

export const methodNotAllowed = (method: string): AwsError =>
  new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405, {
    Method: method,
  });

/** For a role, and an operation of which the laptop does not know what it needs. */
export const noPermission = (who: string, operation: string): AwsError =>
  new AwsError(
    'AccessDenied',
    `User: ${who} is not authorized to perform ${operation}: the laptop does not know which action it is`,
    403,
  );

export const wrongBodyHash = (): AwsError =>
  new AwsError(
    'XAmzContentSHA256Mismatch',
    "The provided 'x-amz-content-sha256' header does not match what was computed.",
  );
