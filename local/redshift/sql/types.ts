import { unknownHere } from '../error.ts';
import type { Cursor } from './cursor.ts';

export type TypeKind =
  | 'boolean'
  | 'smallint'
  | 'integer'
  | 'bigint'
  | 'decimal'
  | 'real'
  | 'double'
  | 'char'
  | 'varchar'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'timestamptz'
  | 'interval'
  | 'super'
  | 'null'
  | 'unknown';

/** A Redshift type. `length` is in bytes; a `varchar` without one is of unknown length. */
export interface SqlType {
  readonly kind: TypeKind;
  readonly length?: number;
  readonly precision?: number;
  readonly scale?: number;
}

export const type = (kind: TypeKind): SqlType => ({ kind });
export const decimal = (precision: number, scale: number): SqlType => ({ kind: 'decimal', precision, scale });
export const text = (length?: number): SqlType =>
  length === undefined ? { kind: 'varchar' } : { kind: 'varchar', length };

const plain: Readonly<Record<string, TypeKind>> = {
  boolean: 'boolean',
  bool: 'boolean',
  smallint: 'smallint',
  int2: 'smallint',
  integer: 'integer',
  int: 'integer',
  int4: 'integer',
  bigint: 'bigint',
  int8: 'bigint',
  real: 'real',
  float4: 'real',
  float8: 'double',
  float: 'double',
  date: 'date',
  super: 'super',
  timetz: 'time',
  timestamptz: 'timestamptz',
};

/** Longest VARCHAR and CHAR in bytes ("Character types", Amazon Redshift Database Developer Guide). */
const maxVarchar = 65_535;
const maxChar = 4_096;

/** Reads a type name. Bare VARCHAR is VARCHAR(256), bare CHAR is CHAR(1), bare DECIMAL is DECIMAL(18,0), as in Redshift. */
export const parseType = (cursor: Cursor): SqlType => {
  const start = cursor.peek();
  if (start.kind !== 'word') throw cursor.unexpected();
  cursor.next();
  const known = Object.hasOwn(plain, start.text) ? plain[start.text] : undefined;
  if (known !== undefined) {
    if (start.text === 'float' && cursor.acceptSymbol('(')) {
      const bits = cursor.integer();
      cursor.expectSymbol(')');
      return type(bits <= 24 ? 'real' : 'double');
    }
    return type(known);
  }
  switch (start.text) {
    case 'double':
      cursor.expect('precision');
      return type('double');
    case 'decimal':
    case 'numeric':
      return parseDecimal(cursor);
    case 'varchar':
    case 'nvarchar':
      return { kind: 'varchar', length: parseLength(cursor, 256, maxVarchar) };
    case 'text':
      return text(256);
    case 'bpchar':
      return { kind: 'char', length: 256 };
    case 'char':
    case 'nchar':
    case 'character':
      return cursor.accept('varying')
        ? { kind: 'varchar', length: parseLength(cursor, 256, maxVarchar) }
        : { kind: 'char', length: parseLength(cursor, 1, maxChar) };
    case 'timestamp':
    case 'time':
      return parseTime(cursor, start.text);
    default:
      throw unknownHere(`the type ${start.text}`);
  }
};

const parseLength = (cursor: Cursor, bare: number, max: number): number => {
  if (!cursor.acceptSymbol('(')) return bare;
  const length = cursor.accept('max') ? max : cursor.integer();
  cursor.expectSymbol(')');
  if (length < 1 || length > max) throw unknownHere(`a character type of ${length} bytes: Redshift allows 1 to ${max}`);
  return length;
};

const parseDecimal = (cursor: Cursor): SqlType => {
  if (!cursor.acceptSymbol('(')) return decimal(18, 0);
  const precision = cursor.integer();
  const scale = cursor.acceptSymbol(',') ? cursor.integer() : 0;
  cursor.expectSymbol(')');
  if (precision < 1 || precision > 38 || scale > 37 || scale > precision)
    throw unknownHere(
      `DECIMAL(${precision},${scale}): Redshift allows a precision of 1 to 38 and a scale of at most 37`,
    );
  return decimal(precision, scale);
};

const parseTime = (cursor: Cursor, word: 'timestamp' | 'time'): SqlType => {
  if (cursor.accept('with', 'time', 'zone')) return type(word === 'time' ? 'time' : 'timestamptz');
  cursor.accept('without', 'time', 'zone');
  return type(word);
};

/** The type's name in DuckDB. */
export const duckType = (of: SqlType): string => {
  switch (of.kind) {
    case 'decimal':
      return `DECIMAL(${of.precision ?? 18},${of.scale ?? 0})`;
    case 'char':
    case 'varchar':
      return 'VARCHAR';
    case 'super':
      return 'JSON';
    case 'timestamptz':
      return 'TIMESTAMPTZ';
    case 'null':
    case 'unknown':
      return 'VARCHAR';
    default:
      return of.kind.toUpperCase();
  }
};

/** The type as Redshift prints it and as `parseType` reads it back. */
export const typeName = (of: SqlType): string => {
  switch (of.kind) {
    case 'decimal':
      return `numeric(${of.precision ?? 18},${of.scale ?? 0})`;
    case 'varchar':
      return `character varying(${of.length ?? maxVarchar})`;
    case 'char':
      return `character(${of.length ?? 1})`;
    case 'double':
      return 'double precision';
    case 'timestamp':
      return 'timestamp without time zone';
    case 'timestamptz':
      return 'timestamp with time zone';
    default:
      return of.kind;
  }
};

export const isText = (of: SqlType): boolean => of.kind === 'varchar' || of.kind === 'char';
export const isInteger = (of: SqlType): boolean =>
  of.kind === 'smallint' || of.kind === 'integer' || of.kind === 'bigint';
export const isFloat = (of: SqlType): boolean => of.kind === 'real' || of.kind === 'double';
export const isNumeric = (of: SqlType): boolean => isInteger(of) || isFloat(of) || of.kind === 'decimal';

const integerDigits: Readonly<Partial<Record<TypeKind, number>>> = { smallint: 5, integer: 10, bigint: 19 };

/** A numeric type as the DECIMAL it is computed in: INT2 as (5,0), INT4 as (10,0), INT8 as (19,0). */
export const asDecimal = (of: SqlType): { readonly precision: number; readonly scale: number } => ({
  precision: integerDigits[of.kind] ?? of.precision ?? 18,
  scale: of.scale ?? 0,
});

/** The type that values of both types have together, as in CASE, COALESCE and UNION. */
export const commonType = (a: SqlType, b: SqlType): SqlType => {
  if (a.kind === 'null') return b;
  if (b.kind === 'null') return a;
  if (a.kind === 'super' || b.kind === 'super') return type('super');
  if (isText(a) && isText(b)) {
    return a.length !== undefined && b.length !== undefined ? text(Math.max(a.length, b.length)) : text();
  }
  if (isNumeric(a) && isNumeric(b)) return commonNumber(a, b);
  if (a.kind === b.kind) return a;
  if (isText(a) && b.kind !== 'unknown') return b;
  if (isText(b) && a.kind !== 'unknown') return a;
  const times: readonly TypeKind[] = ['date', 'timestamp', 'timestamptz'];
  const later = Math.max(times.indexOf(a.kind), times.indexOf(b.kind));
  return times.includes(a.kind) && times.includes(b.kind) ? type(times[later] ?? 'unknown') : type('unknown');
};

const commonNumber = (a: SqlType, b: SqlType): SqlType => {
  if (isFloat(a) || isFloat(b)) return type(a.kind === 'real' && b.kind === 'real' ? 'real' : 'double');
  if (isInteger(a) && isInteger(b)) return (integerDigits[a.kind] ?? 0) >= (integerDigits[b.kind] ?? 0) ? a : b;
  const [left, right] = [asDecimal(a), asDecimal(b)];
  const scale = Math.max(left.scale, right.scale);
  const whole = Math.max(left.precision - left.scale, right.precision - right.scale);
  return decimal(Math.min(38, whole + scale), scale);
};
