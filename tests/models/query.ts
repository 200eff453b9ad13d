import { checkStatus } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { type Model, type Operation, type Ref, shapeOf } from './model.ts';
import { toValue } from './text.ts';
import { checkValue } from './value.ts';
import { fromXml, parseXml, type XmlNode } from './xml.ts';

/** What is wrong with a request of AWS's query protocol, a form. */
export const checkQueryRequest = (model: Model, operation: Operation | undefined, exchange: Exchange): string[] => {
  const form = new URLSearchParams(exchange.body.toString('utf8'));
  if (operation === undefined) return [`no operation ${form.get('Action')}`];
  const { input } = operation;
  const value = input === undefined ? undefined : fromForm(model, input, '', form);
  const read = new Set(['Action', 'Version', ...namesRead(model, input, '', form)]);
  const unknown = [...form.keys()].filter((name) => !read.has(name)).map((name) => `unknown parameter ${name}`);
  return [...unknown, ...(input === undefined ? [] : checkValue(model, input.shape, value ?? {}, 'request'))];
};

/** Members of a form: structures as `A.B`, items of lists as `A.member.1`. */
const fromForm = (model: Model, ref: Ref, name: string, form: URLSearchParams): unknown => {
  const shape = shapeOf(model, ref.shape);
  if (shape.type === 'structure') {
    const members = Object.entries(shape.members ?? {}).map(([member, each]) => [
      member,
      fromForm(model, each, name === '' ? member : `${name}.${member}`, form),
    ]);
    const given = members.filter(([, value]) => value !== undefined);
    return given.length === 0 ? undefined : Object.fromEntries(given);
  }
  if (shape.type === 'list') {
    const items: unknown[] = [];
    const item = shape.member ?? { shape: '' };
    for (let at = 1; [...form.keys()].some((key) => `${key}.`.startsWith(`${name}.member.${at}.`)); at++)
      items.push(fromForm(model, item, `${name}.member.${at}`, form));
    return items.length === 0 ? undefined : items;
  }
  const text = form.get(name);
  return text === null ? undefined : (toValue(model, ref, text, 'iso8601') ?? text);
};

const namesRead = (model: Model, input: Ref | undefined, name: string, form: URLSearchParams): string[] => {
  const members = Object.keys(input === undefined ? {} : (shapeOf(model, input.shape).members ?? {}));
  return [...form.keys()].filter((key) => members.includes(key.slice(name.length).split('.')[0] ?? ''));
};

/** What is wrong with an answer of AWS's query protocol. */
export const checkQueryAnswer = (model: Model, operation: Operation | undefined, exchange: Exchange): string[] => {
  const { status, answerHeaders, answer } = exchange;
  const problems = answerHeaders['content-type']?.startsWith('text/xml') === true ? [] : ['an answer is text/xml'];
  const root = parseXml(answer.toString('utf8'));
  if (root === undefined) return [...problems, 'the answer is no XML'];
  if (root.attributes.xmlns !== model.metadata.xmlNamespace) problems.push(`<${root.name}> is not in the namespace`);
  if (status !== 200) return [...problems, ...checkError(model, operation, status, root)];
  if (operation === undefined) return [...problems, 'success for an operation that AWS does not have'];
  if (root.name !== `${operation.name}Response`) problems.push(`the root is <${root.name}>`);
  if (childOf(childOf(root, 'ResponseMetadata'), 'RequestId') === undefined) problems.push('no <RequestId>');
  if (operation.output === undefined) return problems;
  const result = childOf(root, operation.output.resultWrapper ?? '');
  if (result === undefined) return [...problems, `no <${operation.output.resultWrapper}>`];
  const value = fromXml(model, operation.output, result, problems);
  return [...problems, ...checkValue(model, operation.output.shape, value, 'answer')];
};

const childOf = (node: XmlNode | undefined, name: string): XmlNode | undefined =>
  node?.children.find((child) => child.name === name);

const checkError = (model: Model, operation: Operation | undefined, status: number, root: XmlNode): string[] => {
  const error = childOf(root, 'Error');
  if (root.name !== 'ErrorResponse' || error === undefined) return ['an error is <ErrorResponse><Error>'];
  const problems = ['Type', 'Code', 'Message']
    .filter((name) => childOf(error, name) === undefined)
    .map((name) => `<Error> lacks <${name}>`);
  if (childOf(root, 'RequestId') === undefined) problems.push('<ErrorResponse> lacks <RequestId>');
  const type = status < 500 ? 'Sender' : 'Receiver';
  if (childOf(error, 'Type')?.text !== type) problems.push(`<Type> is ${type}`);
  return [...problems, ...checkStatus(model, operation, { code: childOf(error, 'Code')?.text ?? '', status })];
};
