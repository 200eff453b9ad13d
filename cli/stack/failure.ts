import { Fault } from '#aws/fault.ts';
import { Failure, isUnreachable } from '../errors.ts';

const expired: ReadonlySet<string> = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired']);
const unknownKey: ReadonlySet<string> = new Set([
  'InvalidClientTokenId',
  'InvalidAccessKeyId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'InvalidSignatureException',
  'AuthFailure',
]);
const denied: ReadonlySet<string> = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', '403']);

/** Codes that say nothing. */
const unspoken: ReadonlySet<string> = new Set(['Error', 'Unknown', 'FAILED', 'ABORTED', 'RUNNING']);

/** AWS answered that these credentials may not do this. */
export const isDenied = (error: unknown): boolean => error instanceof Fault && denied.has(error.code);

/** A refusal of AWS as a sentence with its fix; anything else as it is. */
export const toFailure = (error: unknown): unknown => {
  if (!(error instanceof Fault)) return error;
  const { code, message } = error;
  if (message.includes('Region is missing'))
    return new Failure('no AWS region is set: give --region, such as --region eu-west-1, or set AWS_REGION');
  if (code === 'CredentialsProviderError')
    return new Failure(
      'no AWS credentials were found: set AWS_PROFILE to a profile of yours (aws configure makes one), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    );
  if (expired.has(code))
    return new Failure(`the AWS credentials have expired: log in again, such as with aws sso login (${message})`);
  if (unknownKey.has(code))
    return new Failure(`AWS does not know these credentials: check AWS_PROFILE or the access key (${message})`);
  if (denied.has(code))
    return new Failure(`AWS refuses it to these credentials: ask for the permission that it names (${message})`);
  if (isUnreachable(error.cause))
    return new Failure(`AWS does not answer: check the network, the region and AWS_ENDPOINT_URL (${message})`);
  return new Failure(unspoken.has(code) ? message : `${message} (${code})`);
};

/** Runs what asks AWS, and tells its refusals as people need them. */
export const explained = async <Answer>(task: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await task();
  } catch (error) {
    throw toFailure(error);
  }
};
