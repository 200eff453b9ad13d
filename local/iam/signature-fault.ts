import { AwsError } from '../aws-error.ts';

/** A role's key with which something is wrong; each service has its own words for it. */
export class SignatureFault extends Error {
  readonly fault: 'key' | 'token' | 'signature' | 'incomplete' | 'time' | 'expired';

  constructor(fault: SignatureFault['fault'], message: string) {
    super(message);
    this.fault = fault;
  }

  /** As services of the JSON protocols say it ("Common errors" of each API reference). */
  toJsonError(): AwsError {
    if (this.fault === 'key' || this.fault === 'token')
      return new AwsError('UnrecognizedClientException', this.message);
    return new AwsError(
      this.fault === 'incomplete' ? 'IncompleteSignatureException' : 'InvalidSignatureException',
      this.message,
    );
  }

  /** As services of the query protocol say it. */
  toQueryError(): AwsError {
    const code = this.fault === 'key' || this.fault === 'token' ? 'InvalidClientTokenId' : 'SignatureDoesNotMatch';
    return new AwsError(code, this.message, 403);
  }

  /** As S3 says it ("Error responses", S3 API reference). */
  toS3Error(): AwsError {
    const [code, status, message = this.message] = s3Errors[this.fault];
    return new AwsError(code, message, status);
  }
}

const s3Errors: Readonly<Record<SignatureFault['fault'], readonly [code: string, status: number, message?: string]>> = {
  key: ['InvalidAccessKeyId', 403, 'The AWS Access Key Id you provided does not exist in our records.'],
  token: ['InvalidToken', 400, 'The provided token is malformed or otherwise invalid.'],
  signature: [
    'SignatureDoesNotMatch',
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  incomplete: ['AccessDenied', 403],
  time: ['RequestTimeTooSkewed', 403, 'The difference between the request time and the current time is too large.'],
  expired: ['AccessDenied', 403, 'Request has expired'],
};
