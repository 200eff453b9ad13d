import {
  DuckDBDateValue,
  type DuckDBResult,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTypeId,
} from '@duckdb/node-api';
import type { DuckRows } from './duck.ts';
import type { OutputColumn } from './emit/emitter.ts';
import { type SqlType, type } from './sql/types.ts';

/** A value of a result: integers as bigint, floats as number, everything else but booleans as text, as Redshift prints it. */
export type Value = string | number | bigint | boolean | null;

/** Rows with the columns that they have. */
export interface RowSet {
  readonly columns: readonly OutputColumn[];
  readonly rows: readonly (readonly Value[])[];
  /** Bytes of the values, about. */
  readonly size: number;
}

type DuckValue = DuckRows[number][number];

const integers = new Set([
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
]);

/** Reads values of one DuckDB type. */
export const toReader = (id: DuckDBTypeId): ((value: DuckValue) => Value) => {
  if (integers.has(id))
    return (value) => (typeof value === 'bigint' ? value : value === null ? null : BigInt(Number(value)));
  switch (id) {
    case DuckDBTypeId.BOOLEAN:
      return (value) => (typeof value === 'boolean' ? value : null);
    case DuckDBTypeId.FLOAT:
    case DuckDBTypeId.DOUBLE:
      return (value) => (typeof value === 'number' ? value : null);
    default:
      return toText;
  }
};

const toText = (value: DuckValue): string | null => {
  if (value === null) return null;
  if (value instanceof DuckDBTimestampValue) return printTimestamp(value.micros);
  if (value instanceof DuckDBTimestampTZValue) return `${printTimestamp(value.micros)}+00`;
  if (value instanceof DuckDBDateValue) return new Date(value.days * 86_400_000).toISOString().slice(0, 10);
  return String(value);
};

/** `YYYY-MM-DD HH:MM:SS[.ffffff]` without zeros at the end of the fraction, as PostgreSQL prints. */
const printTimestamp = (micros: bigint): string => {
  const seconds = micros / 1_000_000n - (micros % 1_000_000n < 0n ? 1n : 0n);
  const fraction = Number(micros - seconds * 1_000_000n);
  const base = new Date(Number(seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return fraction === 0 ? base : `${base}.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
};

const duckTypes: Readonly<Partial<Record<DuckDBTypeId, SqlType>>> = {
  [DuckDBTypeId.BOOLEAN]: type('boolean'),
  [DuckDBTypeId.SMALLINT]: type('smallint'),
  [DuckDBTypeId.INTEGER]: type('integer'),
  [DuckDBTypeId.BIGINT]: type('bigint'),
  [DuckDBTypeId.HUGEINT]: { kind: 'decimal', precision: 38, scale: 0 },
  [DuckDBTypeId.FLOAT]: type('real'),
  [DuckDBTypeId.DOUBLE]: type('double'),
  [DuckDBTypeId.DATE]: type('date'),
  [DuckDBTypeId.TIMESTAMP]: type('timestamp'),
  [DuckDBTypeId.TIMESTAMP_TZ]: type('timestamptz'),
  [DuckDBTypeId.INTERVAL]: type('interval'),
};

/** The emitted columns, their open types settled by what DuckDB answered with. */
export const settleColumns = (columns: readonly OutputColumn[], result: DuckDBResult): readonly OutputColumn[] =>
  columns.map((column, at) => {
    if (column.type.kind !== 'unknown') return column;
    return { ...column, type: duckTypes[result.columnTypeId(at)] ?? { kind: 'varchar' } };
  });

/** Bytes that a row takes on the wire, about. */
export const sizeOf = (row: readonly Value[]): number =>
  row.reduce<number>((sum, value) => sum + (typeof value === 'string' ? Buffer.byteLength(value) : 8), 0);
