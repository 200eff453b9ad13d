import type { Column } from '../catalogue.ts';
import { printLength, printType } from '../metadata.ts';
import type { CopyStatement } from '../sql/statements.ts';
import { isInteger, type SqlType, type TypeKind } from '../sql/types.ts';
import { isRaw } from './exact-json.ts';
import { codes, type Refusal } from './load-error.ts';
import { readTime } from './times.ts';

/** A column's value as text that DuckDB casts without surprise, or null; or why it is refused. */
export type Converted = { readonly text: string | null } | { readonly refusal: Refusal };

/** Longest string inside a SUPER value and longest SUPER value, in bytes ("SUPER type", Amazon Redshift Database Developer Guide). */
const maxSuperString = 65_535;
const maxSuper = 16 * 1024 * 1024;

const ranges: Readonly<Partial<Record<TypeKind, readonly [bigint, bigint]>>> = {
  smallint: [-32_768n, 32_767n],
  integer: [-2_147_483_648n, 2_147_483_647n],
  bigint: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
};

/** Converts one JSON value for its column as COPY does; a missing key comes as undefined. */
export const convert = (value: unknown, column: Column, options: CopyStatement): Converted => {
  if (value === undefined || value === null) return missing(column);
  if (column.type.kind === 'super') return toSuperText(value, column);
  const text =
    typeof value === 'object' && !isRaw(value)
      ? JSON.stringify(value)
      : typeof value === 'string'
        ? value
        : JSON.stringify(value);
  if (column.type.kind === 'varchar' || column.type.kind === 'char') return toText(text, column, options);
  if (text.trim() === '') return missing(column);
  const found = toScalar(text, column.type, options);
  if (typeof found === 'string') return { text: found };
  return { refusal: { ...found, column: describe(column) } };
};

const describe = (column: Column): { name: string; type: string; length: string } => ({
  name: column.name,
  type: printType(column.type),
  length: printLength(column.type),
});

const refuse = (column: Column, code: number, message: string, position?: number): Converted => ({
  refusal: { code, message, column: describe(column), ...(position === undefined ? {} : { position }) },
});

const missing = (column: Column): Converted =>
  column.notNull ? refuse(column, codes.missing, 'Missing data for not-null field') : { text: null };

/** Redshift's text holds no NUL and nothing but whole Unicode characters. */
const badCharacter = (text: string, column: Column): Converted | undefined => {
  const nul = text.indexOf('\0');
  if (nul >= 0)
    return refuse(
      column,
      codes.utf8,
      'String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: 00 (error 4)',
      nul,
    );
  if (text.isWellFormed()) return undefined;
  return refuse(
    column,
    codes.utf8,
    'String contains invalid or unsupported UTF8 codepoints. Bad UTF8 hex sequence: ed (error 4)',
  );
};

const toText = (value: string, column: Column, options: CopyStatement): Converted => {
  let text = options.trimBlanks ? value.trimEnd() : value;
  if ((options.emptyAsNull && text === '') || (options.blanksAsNull && text.trim() === '')) return missing(column);
  const bad = badCharacter(text, column);
  if (bad !== undefined) return bad;
  const limit = column.type.length ?? maxSuperString;
  if (Buffer.byteLength(text) > limit) {
    if (!options.truncateColumns) return refuse(column, codes.outOfRange, 'String length exceeds DDL length');
    const cut = new TextDecoder().decode(Buffer.from(text).subarray(0, limit));
    text = cut.replace(/\ufffd$/, '');
  }
  return { text };
};

const toSuperText = (value: unknown, column: Column): Converted => {
  const bad = findBadString(value, column);
  if (bad !== undefined) return bad;
  const text = JSON.stringify(value);
  return Buffer.byteLength(text) > maxSuper ? refuse(column, codes.outOfRange, 'SUPER value exceeds 16 MB') : { text };
};

const findBadString = (value: unknown, column: Column): Converted | undefined => {
  if (typeof value === 'string') {
    if (Buffer.byteLength(value) > maxSuperString)
      return refuse(column, codes.outOfRange, 'String value exceeds the max size of 65535 bytes');
    return badCharacter(value, column);
  }
  if (typeof value !== 'object' || value === null || isRaw(value)) return undefined;
  for (const [key, each] of Object.entries(value)) {
    const bad = badCharacter(key, column) ?? findBadString(each, column);
    if (bad !== undefined) return bad;
  }
  return undefined;
};

/** The text of a value that is not text, or the refusal without its column. */
const toScalar = (text: string, type: SqlType, options: CopyStatement): string | Refusal => {
  if (isInteger(type)) return toInteger(text.trim(), type);
  switch (type.kind) {
    case 'decimal':
      return toDecimal(text.trim(), type, options);
    case 'real':
    case 'double':
      return Number.isFinite(Number(text))
        ? String(Number(text))
        : { code: codes.float, message: 'Invalid float format or value' };
    case 'boolean':
      return toBoolean(text.trim());
    default:
      return readTime(text.trim(), type.kind, options.timeFormat);
  }
};

const toInteger = (text: string, type: SqlType): string | Refusal => {
  const bad = /^[+-]?[0-9]*/.exec(text)?.[0].length ?? 0;
  const name = type.kind === 'smallint' ? 'Short' : type.kind === 'bigint' ? 'Long' : 'Integer';
  if (!/^[+-]?[0-9]+$/.test(text)) {
    return {
      code: codes.digit,
      message: `Invalid digit, Value '${text.charAt(bad)}', Pos ${bad}, Type: ${name}`,
      position: bad,
    };
  }
  const [low, high] = ranges[type.kind] ?? [0n, 0n];
  const value = BigInt(text.replace(/^\+/, ''));
  return value >= low && value <= high
    ? String(value)
    : { code: codes.outOfRange, message: `Overflow for ${type.kind} (${text})` };
};

const toBoolean = (text: string): string | Refusal => {
  const word = text.toLowerCase();
  if (['t', 'true', 'y', 'yes', '1'].includes(word)) return 'true';
  if (['f', 'false', 'n', 'no', '0'].includes(word)) return 'false';
  return { code: codes.boolean, message: 'Unknown boolean format' };
};

/** COPY cuts digits that a DECIMAL has no room for; ROUNDEC rounds them instead. */
const toDecimal = (text: string, type: SqlType, options: CopyStatement): string | Refusal => {
  const { precision = 18, scale = 0 } = type;
  const match = /^([+-]?)([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]{1,3}))?$/.exec(text);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match ?? [];
  if (match === null || whole + fraction === '')
    return { code: codes.decimal, message: 'Invalid decimal format or value' };
  const shift = Number(exponent) + scale;
  const digits = `${whole}${fraction}`;
  const point = whole.length + shift;
  const kept = point <= 0 ? '' : digits.slice(0, point).padEnd(point, '0');
  const next = point < 0 ? '0' : (digits[point] ?? '0');
  const units = BigInt(kept === '' ? '0' : kept) + (options.roundDecimals && next >= '5' ? 1n : 0n);
  if (units >= 10n ** BigInt(precision))
    return { code: codes.outOfRange, message: `Overflow for NUMERIC(${precision},${scale})` };
  const all = String(units).padStart(scale + 1, '0');
  return `${sign === '-' ? '-' : ''}${all.slice(0, all.length - scale)}${scale === 0 ? '' : `.${all.slice(-scale)}`}`;
};
