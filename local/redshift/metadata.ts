import { shortName } from './emit/cast.ts';
import type { OutputColumn } from './emit/emitter.ts';
import type { SqlType } from './sql/types.ts';

/** A type's name and length as SYS_LOAD_ERROR_DETAIL shows them, in at most ten characters. */
export const printType = (of: SqlType): string =>
  (of.kind === 'timestamp' ? 'timestamp' : of.kind === 'decimal' ? 'numeric' : shortName(of)).slice(0, 10);

export const printLength = (of: SqlType): string => {
  if (of.kind === 'decimal') return `${of.precision ?? 18},${of.scale ?? 0}`;
  return of.length === undefined ? '' : String(of.length);
};

const widths: Readonly<Record<string, number>> = {
  smallint: 5,
  integer: 10,
  bigint: 19,
  real: 8,
  double: 17,
  boolean: 1,
  timestamp: 29,
  timestamptz: 35,
  date: 13,
};

/** A column as GetStatementResult describes it. */
export const toColumnMetadata = ({ name, type, source }: OutputColumn): Readonly<Record<string, unknown>> => ({
  isCaseSensitive: type.kind === 'varchar' || type.kind === 'char',
  isCurrency: false,
  isSigned: ['smallint', 'integer', 'bigint', 'decimal', 'real', 'double'].includes(type.kind),
  label: name,
  length: 0,
  name,
  nullable: 1,
  precision: type.length ?? type.precision ?? widths[type.kind] ?? 0,
  scale: type.scale ?? (type.kind === 'timestamp' || type.kind === 'timestamptz' ? 6 : 0),
  schemaName: source?.schema ?? '',
  tableName: source?.table ?? '',
  typeName: type.kind === 'unknown' || type.kind === 'null' ? 'varchar' : shortName(type),
});
