import { AwsError } from '../aws-error.ts';
import type { Refuse } from '../aws-wire.ts';

/** GetMetricData's refusals; its reference declares none of its own but for the token. */
export const invalid = (message: string): AwsError => new AwsError('ValidationException', message);

export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValueException', message);

export const missing = (name: string): AwsError =>
  new AwsError('MissingRequiredParameterException', `The parameter ${name} is required.`);

export const invalidCombination = (message: string): AwsError =>
  new AwsError('InvalidParameterCombinationException', message);

export const refuseQuery: Refuse = (kind, name, detail) =>
  kind === 'missing' ? invalid(`The parameter ${name} is required.`) : invalid(detail);

export const refuseList: Refuse = (kind, name, detail) =>
  invalidValue(kind === 'missing' ? `The parameter ${name} is required.` : detail);

export const refuseData: Refuse = (kind, name, detail) => (kind === 'missing' ? missing(name) : invalidValue(detail));

/** Errors by their names in the older query protocol, which SDKs still show. */
export const queryErrors: Readonly<Record<string, string>> = {
  AccessDeniedException: 'AccessDenied',
  InvalidNextToken: 'InvalidNextToken',
  InvalidParameterCombinationException: 'InvalidParameterCombination',
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
  ValidationException: 'ValidationError',
};
