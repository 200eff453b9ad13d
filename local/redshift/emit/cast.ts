import { SqlError } from '../error.ts';
import { duckType, isInteger, isText, type SqlType, typeName } from '../sql/types.ts';
import { type Emitted, quote } from './emitter.ts';
import { superText, toSuper } from './super.ts';

/** A cast as Redshift does it; `lax` is TRY_CAST. A SUPER value is always cast laxly: what does not convert is NULL. */
export const castTo = (value: Emitted, to: SqlType, lax = false): Emitted => {
  const name = value.name === undefined || value.name === '?column?' ? shortName(to) : value.name;
  return {
    sql: castSql(value, to, lax),
    type: to,
    name,
    ...(value.source === undefined ? {} : { source: value.source }),
  };
};

const castSql = (value: Emitted, to: SqlType, lax: boolean): string => {
  const from = value.type;
  if (to.kind === 'super') return toSuper(value);
  if (from.kind === 'super')
    return isText(to) ? shorten(superText(value), to) : `TRY_CAST(${superText(value)} AS ${duckType(to)})`;
  if (from.kind === 'null') return `CAST(NULL AS ${duckType(to)})`;
  if (isText(to)) return castToText(value, to);
  const word = lax ? 'TRY_CAST' : 'CAST';
  if (value.literal === 'epoch' && (to.kind === 'timestamp' || to.kind === 'timestamptz')) {
    return `CAST('1970-01-01 00:00:00+00' AS ${duckType(to)})`;
  }
  if (isText(from) && (isInteger(to) || to.kind === 'decimal' || to.kind === 'real' || to.kind === 'double')) {
    return castToNumber(value, to, lax);
  }
  return `${word}(${value.sql} AS ${duckType(to)})`;
};

const castToText = (value: Emitted, to: SqlType): string => {
  const from = value.type;
  if (from.kind === 'boolean') throw new SqlError(`cannot cast type boolean to ${typeName(to).replace(/\(.*/, '')}`);
  if (!isText(from)) return shorten(`CAST(${value.sql} AS VARCHAR)`, to);
  const longest = value.literal === undefined ? from.length : Buffer.byteLength(value.literal);
  return longest !== undefined && to.length !== undefined && longest <= to.length
    ? `CAST(${value.sql} AS VARCHAR)`
    : shorten(`CAST(${value.sql} AS VARCHAR)`, to);
};

/** An explicit cast cuts text to the type's length in bytes, never inside a character. */
const shorten = (sql: string, to: SqlType): string => {
  const { length } = to;
  if (length === undefined || length >= 65_535) return sql;
  const cut = [0, 1, 2, 3].map((less) => `try(decode(encode(${sql})[1:${Math.max(0, length - less)}]))`);
  return `(CASE WHEN strlen(${sql}) <= ${length} THEN ${sql} ELSE coalesce(${cut.join(', ')}) END)`;
};

const integers = '^\\s*[+-]?[0-9]+\\s*$';
const numbers = '^\\s*[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?\\s*$';

/** DuckDB takes more for a number than Redshift does ('2.5', '0x10' and '1_000' as integers), so the text is looked at first. */
const castToNumber = (value: Emitted, to: SqlType, lax: boolean): string => {
  const pattern = isInteger(to) ? integers : numbers;
  const word = isInteger(to) ? 'integer' : typeName(to).replace(/\(.*/, '');
  const refused = lax ? 'NULL' : `error('invalid input syntax for ${word}: "' || ${value.sql} || '"')`;
  const read = lax ? 'TRY_CAST' : 'CAST';
  return `(CASE WHEN ${value.sql} IS NULL THEN NULL WHEN regexp_matches(${value.sql}, ${quote(pattern)}) THEN ${read}(${value.sql} AS ${duckType(to)}) ELSE ${refused} END)`;
};

const shortNames: Readonly<Record<string, string>> = {
  smallint: 'int2',
  integer: 'int4',
  bigint: 'int8',
  decimal: 'numeric',
  real: 'float4',
  double: 'float8',
  boolean: 'bool',
  char: 'bpchar',
};

/** PostgreSQL's internal name of a type, as the Data API gives it in `typeName`. */
export const shortName = (type: SqlType): string => shortNames[type.kind] ?? type.kind;

/** Brings a value into a column: text is checked against the column's bytes instead of being cut. */
export const assign = (value: Emitted, to: SqlType): string => {
  const from = value.type;
  if (to.kind === 'super') return toSuper(value);
  if (from.kind === 'super') {
    throw new SqlError(
      `column is of type ${typeName(to)} but expression is of type super\n  Hint: You will need to rewrite or cast the expression.`,
    );
  }
  if (!isText(to)) return isText(from) || from.kind === 'null' ? castSql(value, to, false) : value.sql;
  if (from.kind === 'null') return value.sql;
  const sql = isText(from) ? value.sql : castSql(value, { kind: 'varchar' }, false);
  const longest =
    value.literal === undefined ? (isText(from) ? from.length : undefined) : Buffer.byteLength(value.literal);
  if (to.length === undefined || (longest !== undefined && longest <= to.length)) return sql;
  return `(CASE WHEN strlen(${sql}) > ${to.length} THEN error('value too long for type ${typeName(to)}') ELSE ${sql} END)`;
};
