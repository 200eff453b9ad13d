import { checkStatus, statusesOf } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { type Model, type Operation, ofAnswers, type Shape, shapeOf } from './model.ts';
import { traitsOf } from './sdk.ts';
import { checkValue, isMembers } from './value.ts';

/** What is wrong with a request of AWS's JSON protocols. */
export const checkJsonRequest = (model: Model, operation: Operation | undefined, exchange: Exchange): string[] => {
  const { method, url, headers, body } = exchange;
  const problems: string[] = [];
  if (method !== 'POST' || url !== '/') problems.push(`a call is POST /, not ${method} ${url}`);
  if (headers['content-type'] !== contentType(model)) problems.push(`content type ${headers['content-type']}`);
  if (operation === undefined) return [...problems, `no operation ${headers['x-amz-target']}`];
  return [...problems, ...checkBody(model, operation.input?.shape, body, 'request')];
};

/** What is wrong with an answer of AWS's JSON protocols: to success the output, else an error of the operation. */
export const checkJsonAnswer = (model: Model, operation: Operation | undefined, exchange: Exchange): string[] => {
  const { status, answerHeaders, answer } = exchange;
  const problems: string[] = [];
  if (answerHeaders['content-type'] !== contentType(model))
    problems.push(`answer's content type ${answerHeaders['content-type']}`);
  if (!uuid.test(answerHeaders['x-amzn-requestid'] ?? '')) problems.push('answer without x-amzn-requestid');
  if (status === 200) {
    if (operation === undefined) return [...problems, 'success for an operation that AWS does not have'];
    return [...problems, ...checkBody(ofAnswers(model), operation.output?.shape, answer, 'answer')];
  }
  return [...problems, ...checkError(model, operation, exchange)];
};

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const contentType = ({ metadata }: Model): string => `application/x-amz-json-${metadata.jsonVersion}`;

/** A body of a shape; an operation without one has an empty body or an empty object. */
const checkBody = (model: Model, shape: string | undefined, body: Buffer, at: string): string[] => {
  const text = body.toString('utf8');
  if (shape === undefined) return text === '' || text === '{}' ? [] : [`${at} has a body and should have none`];
  const value = parse(text);
  return value === undefined ? [`${at} is no JSON`] : checkValue(model, shape, value, at);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const checkError = (
  model: Model,
  operation: Operation | undefined,
  { status, answer, answerHeaders }: Exchange,
): string[] => {
  const value = parse(answer.toString('utf8'));
  if (!isMembers(value)) return ['an error is a JSON object'];
  const { __type: type, ...members } = value;
  if (typeof type !== 'string') return ['an error has a __type'];
  const code = type.slice(type.indexOf('#') + 1);
  const problems = [
    ...checkStatus(model, operation, { code, status }),
    ...checkQueryError(model, code, answerHeaders['x-amzn-query-error']),
  ];
  if (statusesOf(model, operation, code) === undefined) return problems;
  const declared = operation?.errors?.some(({ shape }) => shape === code);
  const shape = declared === true ? shapeOf(model, code) : undeclared(members);
  const checked = { ...model, shapes: { ...model.shapes, [code]: shape, __text: { type: 'string' } } };
  return [...problems, ...checkValue(checked, code, members, code)];
};

/** SQS repeats the error under its older name in a header (Smithy: awsQueryCompatible). */
const checkQueryError = ({ service, metadata }: Model, code: string, header: string | undefined): string[] => {
  if (metadata.awsQueryCompatible === undefined) return header === undefined ? [] : ['x-amzn-query-error'];
  const { awsQueryError } = traitsOf(service, code);
  // What the model does not declare has a name there that it does not declare either.
  if (!Array.isArray(awsQueryError)) return /^[\w.]+;Sender$/.test(header ?? 'X;Sender') ? [] : [`${header}`];
  const [name] = awsQueryError;
  return header === `${name};Sender` ? [] : [`${code} is ${name};Sender in x-amzn-query-error, not ${header}`];
};

/** An error that no model describes has a message; services and AWS's own gate before them spell it differently. */
const undeclared = (members: Readonly<Record<string, unknown>>): Shape => {
  const member = members.Message === undefined ? 'message' : 'Message';
  return { type: 'structure', required: [member], members: { [member]: { shape: '__text' } } };
};
