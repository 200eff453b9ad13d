import { checkStatus } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { type Model, type Operation, type Ref, type Shape, shapeOf } from './model.ts';
import { toS3Request } from './s3-operation.ts';
import { traitsOf } from './sdk.ts';
import { toValue } from './text.ts';
import { checkValue } from './value.ts';
import { fromStructure, fromXml, parseXml } from './xml.ts';

/** What is wrong with a request of S3's REST protocol. */
export const checkS3Request = (model: Model, operation: Operation | undefined, exchange: Exchange): string[] => {
  const { bucket, key, query } = toS3Request(exchange);
  if (operation?.input === undefined) return [`no operation ${exchange.method} ${exchange.url}`];
  const shape = shapeOf(model, operation.input.shape);
  const problems: string[] = [];
  const value = {
    ...(bucket !== '' && { Bucket: bucket }),
    ...(key !== '' && { Key: key }),
    ...fromHeaders(model, shape, exchange.headers, problems),
    ...fromQuery(model, shape, query, problems),
    ...fromBody(model, { shape, root: undefined, body: exchange.body, problems }),
  };
  const [, literals = ''] = operation.http.requestUri.split('?');
  const known = new Set([
    ...membersIn(shape, 'querystring').map(([, { locationName }]) => locationName),
    ...new URLSearchParams(literals).keys(),
    'x-id',
  ]);
  for (const name of query.keys())
    if (!known.has(name) && !ofPresigned.test(name)) problems.push(`unknown query parameter ${name}`);
  for (const name of Object.keys(exchange.headers))
    if (name.startsWith('x-amz-') && !ofTransfer.test(name) && !isBound(shape, name) && !isChecksum(operation, name))
      problems.push(`unknown header ${name}`);
  return [...problems, ...checkValue(model, operation.input.shape, value, 'request')];
};

/** Headers of the signature and of the transfer, which no operation has as members. */
const ofTransfer = /^x-amz-(date|content-sha256|user-agent|security-token|decoded-content-length|trailer|te)$/;
/** Any checksum may come with an operation that has a member to name its algorithm. */
const isChecksum = ({ httpChecksum }: Operation, name: string): boolean =>
  httpChecksum?.requestAlgorithmMember !== undefined && name.startsWith('x-amz-checksum-');
/** Query parameters of a presigned URL, which are the signature's. */
const ofPresigned =
  /^x-amz-(algorithm|content-sha256|credential|date|expires|security-token|signature|signedheaders)$/i;
/** Headers of every answer. */
const ofAnswer = /^x-amz-(request-id|id-2)$/;

/** What is wrong with an answer of S3's REST protocol. */
export const checkS3Answer = (model: Model, operation: Operation | undefined, exchange: Exchange): string[] => {
  const { status, answerHeaders } = exchange;
  const problems = ['x-amz-request-id', 'x-amz-id-2']
    .filter((name) => answerHeaders[name] === undefined)
    .map((name) => `answer without ${name}`);
  if (status === 304) return problems;
  if (status >= 300) return [...problems, ...checkError(model, operation, exchange)];
  if (operation === undefined) return [...problems, 'success for an operation that AWS does not have'];
  const wanted = operation.http.responseCode ?? (answerHeaders['content-range'] === undefined ? 200 : 206);
  if (status !== wanted) problems.push(`status ${status}, not ${wanted}`);
  if (operation.output === undefined)
    return exchange.answer.length === 0 ? problems : [...problems, 'answer has a body and should have none'];
  const shape = shapeOf(model, operation.output.shape);
  const value = {
    ...fromHeaders(model, shape, answerHeaders, problems),
    ...fromBody(model, {
      shape,
      root: rootName(operation.output.shape),
      body: exchange.answer,
      problems,
      isHead: exchange.method === 'HEAD',
    }),
  };
  for (const name of Object.keys(answerHeaders))
    if (name.startsWith('x-amz-') && !ofAnswer.test(name) && !isBound(shape, name))
      problems.push(`answer has an unknown header ${name}`);
  return [...problems, ...checkValue(model, operation.output.shape, value, 'answer')];
};

const membersIn = (shape: Shape, location: Ref['location']): [string, Ref][] =>
  Object.entries(shape.members ?? {}).filter(([, ref]) => ref.location === location);

const isBound = (shape: Shape, header: string): boolean =>
  membersIn(shape, 'header').some(([, ref]) => ref.locationName?.toLowerCase() === header) ||
  membersIn(shape, 'headers').some(([, ref]) => header.startsWith(ref.locationName?.toLowerCase() ?? ' '));

type Members = Record<string, unknown>;

const fromHeaders = (
  model: Model,
  shape: Shape,
  headers: Readonly<Record<string, string>>,
  problems: string[],
): Members => {
  const value: Members = {};
  for (const [name, ref] of membersIn(shape, 'header')) {
    const text = headers[ref.locationName?.toLowerCase() ?? ''];
    if (text === undefined) continue;
    value[name] = shapeOf(model, ref.shape).type === 'list' ? text.split(/, ?/) : toValue(model, ref, text, 'rfc822');
    if (value[name] === undefined) problems.push(`header ${ref.locationName} cannot be ${text}`);
  }
  for (const [name, ref] of membersIn(shape, 'headers')) {
    const prefix = ref.locationName?.toLowerCase() ?? '';
    const found = Object.entries(headers).filter(([header]) => header.startsWith(prefix));
    value[name] = Object.fromEntries(found.map(([header, text]) => [header.slice(prefix.length), text]));
  }
  return value;
};

const fromQuery = (model: Model, shape: Shape, query: URLSearchParams, problems: string[]): Members => {
  const value: Members = {};
  for (const [name, ref] of membersIn(shape, 'querystring')) {
    const text = query.get(ref.locationName ?? name);
    if (text === null) continue;
    value[name] = toValue(model, ref, text, 'iso8601');
    if (value[name] === undefined) problems.push(`query parameter ${ref.locationName} cannot be ${text}`);
  }
  return value;
};

interface BodySettings {
  readonly shape: Shape;
  readonly root: string | undefined;
  readonly body: Buffer;
  readonly problems: string[];
  readonly isHead?: boolean;
}

/** Members of the XML document; a streaming payload is bytes, of which nothing can be wrong. */
const fromBody = (model: Model, { shape, root, body, problems, isHead = false }: BodySettings): Members => {
  const payload = shape.payload === undefined ? undefined : shape.members?.[shape.payload];
  const inXml = Object.values(shape.members ?? {}).filter(({ location }) => location === undefined);
  if (payload !== undefined && shapeOf(model, payload.shape).type === 'blob') return {};
  if (inXml.length === 0 || isHead) {
    if (body.length > 0) problems.push('a body where there should be none');
    return {};
  }
  if (body.length === 0) return {};
  const node = parseXml(body.toString('utf8'));
  if (node === undefined) {
    problems.push('the body is no XML');
    return {};
  }
  if (node.attributes.xmlns !== namespace) problems.push(`<${node.name}> is not in S3's namespace`);
  const wanted = payload === undefined ? root : (payload.locationName ?? shape.payload);
  if (wanted !== undefined && node.name !== wanted) problems.push(`the root is <${node.name}>, not <${wanted}>`);
  if (payload !== undefined && shape.payload !== undefined)
    return { [shape.payload]: fromXml(model, payload, node, problems) };
  // S3 answers GetBucketLocation with the value itself as the root (Smithy: s3UnwrappedXmlOutput).
  if (node.name === 'LocationConstraint') return node.text === '' ? {} : { LocationConstraint: node.text };
  return fromStructure(model, shape, node, problems);
};

const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** botocore does not say how an answer's root element is called; the SDK's schemas do. */
const rootName = (output: string): string | undefined => {
  const { xmlName } = traitsOf('s3', output);
  return typeof xmlName === 'string' ? xmlName : undefined;
};

const checkError = (model: Model, operation: Operation | undefined, exchange: Exchange): string[] => {
  if (exchange.method === 'HEAD') return exchange.answer.length === 0 ? [] : ['an answer to HEAD has no body'];
  if (exchange.answerHeaders['content-type'] !== 'application/xml') return ['an error is application/xml'];
  const node = parseXml(exchange.answer.toString('utf8'));
  if (node?.name !== 'Error') return ['an error is <Error>'];
  const of = (name: string): string | undefined => node.children.find((child) => child.name === name)?.text;
  const problems = ['Code', 'Message', 'RequestId', 'HostId']
    .filter((name) => of(name) === undefined)
    .map((name) => `<Error> lacks <${name}>`);
  if (of('RequestId') !== exchange.answerHeaders['x-amz-request-id'])
    problems.push('<RequestId> is not the x-amz-request-id');
  return [...problems, ...checkStatus(model, operation, { code: of('Code') ?? '', status: exchange.status })];
};
