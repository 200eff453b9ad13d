import { SqlError, unknownHere } from '../error.ts';
import type { PathStep } from '../sql/syntax.ts';
import { isInteger, isNumeric, isText, type SqlType, type as typeOf } from '../sql/types.ts';
import { type Emitted, quote } from './emitter.ts';

/** SUPER is DuckDB's JSON here: text that is parsed at each use. Lax as Redshift: a wrong path or a bad cast is NULL. */
const whole = (value: Emitted): { document: string; path: string } => value.path ?? { document: value.sql, path: '$' };

/** Steps into a SUPER value. Attribute names are in lower case by now, as with Redshift's default settings. */
export const navigate = (value: Emitted, steps: readonly PathStep[]): Emitted => {
  if (steps.length === 0) return value;
  if (value.type.kind !== 'super') {
    const step = steps[0];
    const name = step !== undefined && 'name' in step ? step.name : '[…]';
    throw new SqlError(`column notation .${name} applied to type ${value.type.kind}, which is not a composite type`);
  }
  const { document, path } = whole(value);
  const longer = steps.reduce(
    (text, step) => text + ('name' in step ? `."${attribute(step.name)}"` : `[${step.index}]`),
    path,
  );
  const last = steps.findLast((step) => 'name' in step);
  return {
    sql: `nullif(json_extract(${document}, ${quote(longer)}), 'null')`,
    type: typeOf('super'),
    path: { document, path: longer },
    ...(last !== undefined && 'name' in last ? { name: last.name } : {}),
  };
};

const attribute = (name: string): string => {
  if (/["\\]/.test(name)) throw unknownHere(`the attribute name ${name}`);
  return name;
};

/** The JSON text of a scalar inside a SUPER value; NULL for objects, arrays and null. */
const superScalar = (value: Emitted): string => {
  const { document, path } = whole(value);
  return `CAST(json_value(${document}, ${quote(path)}) AS VARCHAR)`;
};

/** A scalar inside a SUPER value as plain text: strings without their quotes. */
export const superText = (value: Emitted): string => {
  const { document, path } = whole(value);
  return `(json_value(${document}, ${quote(path)}) ->> '$')`;
};

export const superType = (value: Emitted): string => {
  const { document, path } = whole(value);
  return `json_type(${document}, ${quote(path)})`;
};

/** The elements of a SUPER array as a DuckDB list; NULL when it is no array. */
export const superElements = (value: Emitted): string =>
  `(CASE WHEN ${superType(value)} = 'ARRAY' THEN from_json(${value.sql}, '["JSON"]') END)`;

/** Any value as SUPER: a string becomes a SUPER string, it is not parsed. */
export const toSuper = (value: Emitted): string => {
  if (value.type.kind === 'super') return value.sql;
  if (value.type.kind === 'null') return 'CAST(NULL AS JSON)';
  if (value.literal !== undefined) return `CAST(${quote(JSON.stringify(value.literal))} AS JSON)`;
  return `to_json(${value.sql})`;
};

/** A comparison with a SUPER value on one side or both, by dynamic type: values of different types are never equal. */
export const compareSuper = (operator: string, left: Emitted, right: Emitted): string => {
  if (left.type.kind === 'super' && right.type.kind === 'super') {
    return `(CAST(${left.sql} AS VARCHAR) ${operator} CAST(${right.sql} AS VARCHAR))`;
  }
  const [value, other] = left.type.kind === 'super' ? [left, right] : [right, left];
  const [a, b] = comparable(value, other);
  return left.type.kind === 'super' ? `(${a} ${operator} ${b})` : `(${b} ${operator} ${a})`;
};

const comparable = (value: Emitted, other: Emitted): readonly [string, string] => {
  if (isText(other.type)) {
    const text =
      other.literal === undefined ? `CAST(to_json(${other.sql}) AS VARCHAR)` : quote(JSON.stringify(other.literal));
    return [superScalar(value), text];
  }
  if (other.type.kind === 'boolean') return [superScalar(value), `CAST(${other.sql} AS VARCHAR)`];
  return [
    `TRY_CAST(${isNumeric(other.type) ? superScalar(value) : superText(value)} AS ${comparedAs(other.type)})`,
    other.sql,
  ];
};

const comparedAs = (type: SqlType): string => {
  if (isInteger(type) || isNumeric(type)) return 'DOUBLE';
  switch (type.kind) {
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return type.kind.toUpperCase();
    default:
      return 'VARCHAR';
  }
};

/** Redshift's order among SUPER values: boolean, number, string, array, object; numbers by value. */
export const superOrder = (value: Emitted): readonly string[] => [
  `(CASE ${superType(value)} WHEN 'BOOLEAN' THEN 0 WHEN 'VARCHAR' THEN 2 WHEN 'ARRAY' THEN 3 WHEN 'OBJECT' THEN 4 WHEN 'NULL' THEN NULL ELSE 1 END)`,
  `TRY_CAST(${superScalar(value)} AS DOUBLE)`,
  `CAST(${value.sql} AS VARCHAR)`,
];
