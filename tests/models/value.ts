import { type Model, type Shape, shapeOf } from './model.ts';

/**
 * What is wrong with a value of a shape: unknown and missing members, types, enumerations, patterns and lengths. Values are as AWS
 * JSON has them: timestamps are epoch seconds, blobs base64 text. `at` names the value in the sentences.
 */
export const checkValue = (model: Model, shapeName: string, value: unknown, at: string): string[] => {
  const shape = shapeOf(model, shapeName);
  switch (shape.type) {
    case 'structure':
      return isMembers(value) ? checkMembers(model, shape, value, at) : [`${at} is no structure`];
    case 'list':
      return Array.isArray(value) ? checkList(model, shape, value, at) : [`${at} is no list`];
    case 'map':
      return isMembers(value) ? checkMap(model, shape, value, at) : [`${at} is no map`];
    case 'string':
    case 'character':
      return typeof value === 'string' ? checkText(shape, value, at) : [`${at} is no string`];
    case 'blob':
      return typeof value === 'string' && base64.test(value)
        ? checkSize(shape, Buffer.from(value, 'base64').length, at)
        : [`${at} is no base64`];
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at} is no boolean`];
    case 'integer':
    case 'long':
    case 'short':
      return Number.isInteger(value) ? checkRange(shape, Number(value), at) : [`${at} is no whole number`];
    case 'float':
    case 'double':
      return typeof value === 'number' ? checkRange(shape, value, at) : [`${at} is no number`];
    case 'timestamp':
      return typeof value === 'number' && isTime(value) ? [] : [`${at} is no time in epoch seconds`];
    default:
      return [`${at} is of type ${shape.type}, which is not checked here`];
  }
};

export const isMembers = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Between 1970 and 2100: milliseconds taken for seconds are not. */
const isTime = (seconds: number): boolean => seconds >= 0 && seconds < 4_102_444_800;

const checkMembers = (model: Model, shape: Shape, value: Readonly<Record<string, unknown>>, at: string): string[] => {
  const members = shape.members ?? {};
  const missing = (shape.required ?? []).filter((name) => value[name] === undefined);
  const problems = missing.map((name) => `${at} lacks ${name}`);
  const given = Object.entries(value).filter(([, member]) => member !== undefined);
  if (shape.union === true && given.length !== 1) problems.push(`${at} is a union with ${given.length} members`);
  for (const [name, member] of given) {
    const ref = Object.hasOwn(members, name) ? members[name] : undefined;
    if (ref === undefined) problems.push(`${at} has an unknown member ${name}`);
    else problems.push(...checkValue(model, ref.shape, member, `${at}.${name}`));
  }
  return problems;
};

const checkList = (model: Model, shape: Shape, value: readonly unknown[], at: string): string[] => {
  const of = shape.member?.shape ?? '';
  const items = value.flatMap((item, index) => checkValue(model, of, item, `${at}[${index}]`));
  return [...checkSize(shape, value.length, at), ...items];
};

const checkMap = (model: Model, shape: Shape, value: Readonly<Record<string, unknown>>, at: string): string[] => [
  ...checkSize(shape, Object.keys(value).length, at),
  ...Object.entries(value).flatMap(([name, item]) => [
    ...checkValue(model, shape.key?.shape ?? '', name, `${at} key ${name}`),
    ...checkValue(model, shape.value?.shape ?? '', item, `${at}.${name}`),
  ]),
];

const checkText = (shape: Shape, value: string, at: string): string[] => {
  const problems = checkSize(shape, [...value].length, at);
  if (shape.enum !== undefined && !shape.enum.includes(value)) problems.push(`${at} is none of its values: ${value}`);
  if (shape.pattern !== undefined && !matches(shape.pattern, value))
    problems.push(`${at} does not match ${shape.pattern}: ${value.slice(0, 100)}`);
  return problems;
};

/** AWS matches the whole text, whether the pattern says so or not. */
const matches = (pattern: string, value: string): boolean => {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u').test(value);
  } catch {
    return new RegExp(`^(?:${pattern})$`).test(value);
  }
};

const checkSize = (shape: Shape, size: number, at: string): string[] => {
  if (shape.min !== undefined && size < shape.min) return [`${at} has ${size}, less than ${shape.min}`];
  if (shape.max !== undefined && size > shape.max) return [`${at} has ${size}, more than ${shape.max}`];
  return [];
};

const checkRange = (shape: Shape, value: number, at: string): string[] => {
  if (shape.min !== undefined && value < shape.min) return [`${at} is ${value}, less than ${shape.min}`];
  if (shape.max !== undefined && value > shape.max) return [`${at} is ${value}, more than ${shape.max}`];
  return [];
};
