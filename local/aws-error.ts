/**
 * An error that an AWS service answers with: `code` is AWS's name for it (`ResourceNotFoundException`), `status` the HTTP
 * status, `members` further members of the error shape. The wire turns it into the protocol's form.
 */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status = 400, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.members = members;
  }
}
