import { SqlError, unknownHere } from '../error.ts';
import {
  asDecimal,
  decimal,
  duckType,
  isFloat,
  isInteger,
  isNumeric,
  isText,
  type SqlType,
  type,
} from '../sql/types.ts';
import { castTo } from './cast.ts';
import { type Emitted, quote } from './emitter.ts';
import { compareSuper } from './super.ts';

const unnamed = '?column?';

/** A binary operator with Redshift's types: integers divide to integers, decimals to decimals, text does not calculate. */
export const binary = (operator: string, left: Emitted, right: Emitted): Emitted => {
  switch (operator) {
    case 'and':
    case 'or':
      return logical(`(${condition(left)} ${operator.toUpperCase()} ${condition(right)})`);
    case '=':
    case '<>':
    case '<':
    case '>':
    case '<=':
    case '>=':
      return logical(compare(operator, left, right));
    case '||':
      return concatenate(left, right);
    case '~':
    case '~*':
    case '!~':
    case '!~*':
      return matches(operator, plain(left, operator), plain(right, operator));
    default:
      return arithmetic(operator, left, right);
  }
};

const logical = (sql: string): Emitted => ({ sql, type: type('boolean'), name: unnamed });

/** A value where a truth value is wanted. */
export const condition = (value: Emitted): string => {
  if (!['boolean', 'null', 'unknown'].includes(value.type.kind)) {
    throw new SqlError(`argument of condition must be type boolean, not type ${value.type.kind}`);
  }
  return value.sql;
};

export const compare = (operator: string, left: Emitted, right: Emitted): string => {
  const isSuper = left.type.kind === 'super' || right.type.kind === 'super';
  if (isSuper && left.type.kind !== 'null' && right.type.kind !== 'null') return compareSuper(operator, left, right);
  return `(${settle(left, right)} ${operator} ${settle(right, left)})`;
};

/** A string literal takes the type of what it is compared with. */
const settle = (value: Emitted, beside: Emitted): string =>
  value.literal !== undefined && !isText(beside.type) && !['unknown', 'null', 'interval'].includes(beside.type.kind)
    ? castTo(value, beside.type).sql
    : value.sql;

/** `value IN (list)`. */
export const isIn = (value: Emitted, list: readonly Emitted[], not: boolean): string => {
  if ([value, ...list].some((each) => each.type.kind === 'super')) {
    const any = `(${list.map((each) => compare('=', value, each)).join(' OR ')})`;
    return not ? `(NOT ${any})` : any;
  }
  return `(${value.sql} ${not ? 'NOT IN' : 'IN'} (${list.map((each) => settle(each, value)).join(', ')}))`;
};

const plain = (value: Emitted, operator: string): Emitted => {
  if (value.type.kind === 'super') throw unknownHere(`${operator} on SUPER: cast the value first`);
  return value;
};

const concatenate = (left: Emitted, right: Emitted): Emitted => {
  for (const value of [left, right]) {
    plain(value, '||');
    if (value.type.kind === 'boolean') throw new SqlError('operator does not exist: boolean || character varying');
  }
  const [a, b] = [left.type.length, right.type.length];
  const length = isText(left.type) && isText(right.type) && a !== undefined && b !== undefined ? { length: a + b } : {};
  const side = (value: Emitted): string => (isText(value.type) ? value.sql : `CAST(${value.sql} AS VARCHAR)`);
  return { sql: `(${side(left)} || ${side(right)})`, type: { kind: 'varchar', ...length }, name: unnamed };
};

const matches = (operator: string, left: Emitted, right: Emitted): Emitted => {
  const options = operator.endsWith('*') ? ", 'i'" : '';
  const found = `regexp_matches(${left.sql}, ${right.sql}${options})`;
  return logical(operator.startsWith('!') ? `(NOT ${found})` : found);
};

const arithmetic = (operator: string, left: Emitted, right: Emitted): Emitted => {
  const [a, b] = [operand(left, right, operator), operand(right, left, operator)];
  const result = arithmeticType(operator, a.type, b.type);
  if (operator === '^') return { sql: `pow(${a.sql}, ${b.sql})`, type: type('double'), name: unnamed };
  if (operator === '/' || operator === '%') return { sql: divide(operator, a, b, result), type: result, name: unnamed };
  return { sql: `(${a.sql} ${operator} ${b.sql})`, type: result, name: unnamed };
};

const operand = (value: Emitted, beside: Emitted, operator: string): Emitted => {
  if (value.literal !== undefined && isNumeric(beside.type)) return castTo(value, beside.type);
  if (value.literal !== undefined && ['date', 'timestamp', 'timestamptz'].includes(beside.type.kind)) {
    return castTo(value, operator === '-' ? beside.type : type('interval'));
  }
  if (isText(value.type) || value.type.kind === 'boolean') {
    throw new SqlError(`operator does not exist: ${value.type.kind} ${operator} ${beside.type.kind}`);
  }
  return plain(value, operator);
};

/** Division by zero is an error in Redshift and NULL or infinity in DuckDB. */
const divide = (operator: string, left: Emitted, right: Emitted, result: SqlType): string => {
  const isSafe = /^[0-9.]*[1-9][0-9.]*$/.test(right.sql);
  const divisor = isSafe
    ? right.sql
    : `(CASE WHEN ${right.sql} = 0 THEN error('Divide by zero') ELSE ${right.sql} END)`;
  if (operator === '%') return `(${left.sql} % ${divisor})`;
  if (isInteger(result)) return `(${left.sql} // ${divisor})`;
  if (result.kind !== 'decimal') return `(CAST(${left.sql} AS DOUBLE) / ${divisor})`;
  return `CAST(CAST(${left.sql} AS DOUBLE) / CAST(${divisor} AS DOUBLE) AS ${duckType(result)})`;
};

/** "Computations with numeric values", Amazon Redshift Database Developer Guide. */
const arithmeticType = (operator: string, left: SqlType, right: SqlType): SqlType => {
  const kinds = [left.kind, right.kind];
  if (kinds.includes('timestamp') || kinds.includes('timestamptz') || kinds.includes('date'))
    return timeType(operator, left, right);
  if (kinds.includes('interval')) return type('interval');
  if (!isNumeric(left) || !isNumeric(right)) return type(kinds.includes('unknown') ? 'unknown' : 'null');
  if (isFloat(left) || isFloat(right)) return type('double');
  if (isInteger(left) && isInteger(right)) return kinds.includes('bigint') ? type('bigint') : type('integer');
  const [a, b] = [asDecimal(left), asDecimal(right)];
  const whole = Math.max(a.precision - a.scale, b.precision - b.scale);
  switch (operator) {
    case '*':
      return decimal(Math.min(38, a.precision + b.precision), Math.min(37, a.scale + b.scale));
    case '/': {
      const scale = Math.max(4, a.scale + b.precision - b.scale + 1);
      const precision = a.precision - a.scale + b.scale + scale;
      return precision <= 38 ? decimal(precision, scale) : decimal(38, Math.max(4, 38 + scale - precision));
    }
    default: {
      const scale = Math.max(a.scale, b.scale);
      return decimal(Math.min(38, whole + scale + 1), scale);
    }
  }
};

const timeType = (operator: string, left: SqlType, right: SqlType): SqlType => {
  if (operator === '-' && left.kind === 'date' && right.kind === 'date') return type('bigint');
  if (operator === '-' && left.kind !== 'interval' && right.kind.startsWith('timestamp')) return type('interval');
  const time = left.kind === 'interval' || isInteger(left) ? right : left;
  return time.kind === 'date' && (left.kind === 'interval' || right.kind === 'interval') ? type('timestamp') : time;
};

/** LIKE with Redshift's default escape, the backslash. */
export const like = (
  value: Emitted,
  pattern: Emitted,
  {
    escapeWith = '\\',
    insensitive,
    not,
  }: { readonly escapeWith?: string | undefined; readonly insensitive: boolean; readonly not: boolean },
): Emitted => {
  const needsEscape = pattern.literal === undefined || pattern.literal.includes(escapeWith);
  const word = `${not ? 'NOT ' : ''}${insensitive ? 'ILIKE' : 'LIKE'}`;
  const ending = needsEscape ? ` ESCAPE ${quote(escapeWith)}` : '';
  return logical(`(${plain(value, 'LIKE').sql} ${word} ${plain(pattern, 'LIKE').sql}${ending})`);
};
