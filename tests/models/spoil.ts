import { type Model, type Shape, shapeOf } from './model.ts';
import { checkValue, isMembers } from './value.ts';

/** A value with one thing wrong in it. */
export interface Spoilt {
  readonly what: string;
  readonly value: unknown;
}

/**
 * A good value of a shape, spoilt in one place at a time: a required member missing, a type, a length, a range, an enumeration or a
 * pattern broken. Unknown members are no fault: AWS's JSON services do not look at them.
 */
export const spoil = (model: Model, shapeName: string, value: unknown): Spoilt[] => {
  const shape = shapeOf(model, shapeName);
  if (shape.type === 'structure' && isMembers(value)) return spoilMembers(model, shape, value);
  if (shape.type === 'list' && Array.isArray(value)) {
    const [first, ...others]: unknown[] = value;
    if (first === undefined) return [];
    return spoilEach(model, shape.member?.shape ?? '', first).map(({ what, value: spoilt }) => ({
      what: `[0]${what}`,
      value: [spoilt, ...others],
    }));
  }
  return [];
};

const spoilMembers = (model: Model, shape: Shape, value: Readonly<Record<string, unknown>>): Spoilt[] =>
  Object.entries(shape.members ?? {}).flatMap(([name, ref]) => {
    const { [name]: member, ...rest } = value;
    const missing = shape.required?.includes(name) ? [{ what: `.${name} missing`, value: rest }] : [];
    const wrong = spoilEach(model, ref.shape, member).map(({ what, value: spoilt }) => ({
      what: `.${name}${what}`,
      value: { ...value, [name]: spoilt },
    }));
    return [...missing, ...wrong];
  });

/** The value itself replaced by what its shape forbids, then what is in it. */
const spoilEach = (model: Model, shapeName: string, value: unknown): Spoilt[] => {
  const shape = shapeOf(model, shapeName);
  const replaced = candidates(shape, value).filter(
    (candidate) => checkValue(model, shapeName, candidate, '').length > 0,
  );
  const seen = [...new Map(replaced.map((candidate) => [JSON.stringify(candidate).slice(0, 60), candidate])).values()];
  return [
    ...seen.map((candidate) => ({ what: ` = ${JSON.stringify(candidate).slice(0, 40)}`, value: candidate })),
    ...spoil(model, shapeName, value),
  ];
};

const candidates = (shape: Shape, value: unknown): unknown[] => {
  const { type, min = 0, max = 0 } = shape;
  switch (type) {
    case 'string':
      return [{}, '', 'NO VALUE', '\u0000', ...(max > 0 && max < 1_000_000 ? ['x'.repeat(max + 1)] : [])];
    case 'integer':
    case 'long':
    case 'double':
      return [{}, ...(shape.min === undefined ? [] : [min - 1]), ...(shape.max === undefined ? [] : [max + 1])];
    case 'list': {
      const [first]: unknown[] = Array.isArray(value) ? value : [];
      return ['x', [], ...(max > 0 && first !== undefined ? [Array.from({ length: max + 1 }, () => first)] : [])];
    }
    case 'structure':
    case 'map':
      return ['x', []];
    case 'blob':
      return [{}, '*'];
    default:
      return [{}];
  }
};
