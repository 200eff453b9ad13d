import { AwsError } from '../aws-error.ts';
import type { Answer } from './evaluate.ts';
import type { Access, Principal } from './principal.ts';

/** How a service spells a denial: SQS writes actions in lower case, S3 puts the ARN into quotes. */
export type Spelling = 'plain' | 'sqs' | 's3';

/** Somebody may not do what they asked for. The message is AWS's ("Access denied error messages", IAM user guide). */
export class AccessDenied extends AwsError {
  readonly principal: Principal;
  readonly access: Access;
  readonly answer: Extract<Answer, { allowed: false }>;

  constructor(principal: Principal, access: Access, answer: Extract<Answer, { allowed: false }>) {
    super('AccessDeniedException', describe(principal, access, answer, 'plain'));
    this.principal = principal;
    this.access = access;
    this.answer = answer;
  }

  /** The same denial in the words and with the code of one service. */
  as(spelling: Spelling): AwsError {
    const message = describe(this.principal, this.access, this.answer, spelling);
    return spelling === 's3' ? new AwsError('AccessDenied', message, 403) : new AwsError(this.code, message);
  }
}

const describe = (
  principal: Principal,
  { action, resource }: Access,
  { by, source }: Extract<Answer, { allowed: false }>,
  spelling: Spelling,
): string => {
  const verb = spelling === 'sqs' ? action.toLowerCase() : action;
  const arn = spelling === 's3' ? `"${resource}"` : resource;
  const why =
    by === undefined
      ? `because no ${source} policy allows the ${verb} action`
      : `with an explicit deny in ${source === 'identity-based' ? 'an' : 'a'} ${source} policy`;
  return `User: ${principal.name} is not authorized to perform: ${verb} on resource: ${arn} ${why}`;
};
