import type { Column } from '../catalogue.ts';
import { quote, quoteName } from '../emit/emitter.ts';
import { duckType } from '../sql/types.ts';
import { maxObjectBytes } from './objects.ts';

/**
 * The fast path: DuckDB reads the lines, takes them apart and casts. A row goes through only when a test says that DuckDB's
 * reading of it is Redshift's; every other row is left for JavaScript to judge. Lines are read as text, since DuckDB's JSON
 * reader prints numbers anew: a SUPER value counts as read exactly when its text stands in the line as it is.
 */
/** Types that the fast path can read. */
const readable = new Set([
  'varchar',
  'char',
  'super',
  'timestamp',
  'date',
  'boolean',
  'smallint',
  'integer',
  'bigint',
  'decimal',
]);

export const isFast = (columns: readonly Column[]): boolean =>
  columns.every(({ name, type }) => readable.has(type.kind) && !/["\\]/.test(name));

/** DuckDB takes `*`, `?` and `[` in a path for a pattern; in brackets they stand for themselves. */
const literalPath = (path: string): string => quote(path.replace(/[*?[]/g, '[$&]'));

/** Lines of the files as rows (j, s): the text, and the struct of its first-level keys as text; s is NULL for what is no JSON. */
const lines = (columns: readonly Column[], paths: readonly string[], gzip: boolean, named: boolean): string => {
  const keys = columns.map(
    ({ name, type }) => `${JSON.stringify(name)}:"${type.kind === 'super' ? 'JSON' : 'VARCHAR'}"`,
  );
  const options = [
    `[${paths.map(literalPath).join(', ')}]`,
    `compression = '${gzip ? 'gzip' : 'none'}'`,
    `columns = {'j': 'VARCHAR'}`,
    `delim = '\u0001', quote = '', escape = '', header = false, auto_detect = false, hive_partitioning = false, strict_mode = false`,
    `max_line_size = ${maxObjectBytes + 2}`,
    ...(named ? ["filename = 'file'"] : []),
  ];
  const file = named ? 'file, ' : '';
  return `(SELECT ${file}j, TRY(from_json(j, ${quote(`{${keys.join(',')}}`)})) AS s FROM read_csv(${options.join(', ')}) WHERE j IS NOT NULL) AS line`;
};

/** True for a line whose reading by DuckDB cannot be trusted. */
const doubtful = (columns: readonly Column[]): string =>
  [
    's IS NULL',
    "NOT prefix(j, '{')",
    "NOT suffix(j, '}')",
    "suffix(j, ',}')",
    "suffix(j, ' }')",
    "contains(j, '\\u0000')",
    "contains(j, 'NaN')",
    "contains(j, 'Infinity')",
    ...columns.flatMap(doubts),
  ].join(' OR ');

const doubts = (column: Column): readonly string[] => {
  const value = `s.${quoteName(column.name)}`;
  const { type } = column;
  const empty = column.notNull ? [`${value} IS NULL`] : [];
  switch (type.kind) {
    case 'varchar':
    case 'char':
      return [...empty, `strlen(${value}) > ${type.length ?? 65_535}`];
    case 'super':
      return [...empty, `NOT contains(j, ${value})`, `strlen(${value}) > 65535`];
    case 'timestamp':
      return [
        ...empty,
        `(${value} NOT LIKE '____-__-__ __:__:__.___' AND ${value} NOT LIKE '____-__-__T__:__:__.___Z')`,
      ];
    case 'date':
      return [...empty, `${value} NOT LIKE '____-__-__'`];
    case 'boolean':
      return [...empty, `${value} NOT IN ('true', 'false')`];
    case 'decimal':
      return [...empty, decimalDoubt(column, value)];
    default:
      return [...empty, `CAST(TRY_CAST(${value} AS ${duckType(type)}) AS VARCHAR) IS DISTINCT FROM ${value}`];
  }
};

const decimalDoubt = ({ name, type }: Column, value: string): string => {
  const { precision = 18, scale = 0 } = type;
  const pattern = `-?[0-9]{1,${Math.max(1, precision - scale)}}${scale === 0 ? '' : `(\\.[0-9]{1,${scale}})?`}`;
  const key = JSON.stringify(name);
  const written = [`"' || ${value} || '"`, `' || ${value} || ',`, `' || ${value} || '}`].map(
    (each) => `contains(j, '${key}:${each}')`,
  );
  return `(NOT regexp_full_match(${value}, ${quote(pattern)}) OR NOT (${written.join(' OR ')}))`;
};

const read = ({ name, type }: Column): string => {
  const value = `s.${quoteName(name)}`;
  return type.kind === 'varchar' || type.kind === 'char' || type.kind === 'super'
    ? value
    : `CAST(${value} AS ${duckType(type)})`;
};

export interface FastPlan {
  readonly target: string;
  readonly columns: readonly Column[];
  /** Further columns and what goes into them. */
  readonly defaults: readonly { readonly name: string; readonly sql: string }[];
  readonly paths: readonly string[];
  readonly gzip: boolean;
  /** A temporary sequence; it counts the doubtful lines, and keeps DuckDB from taking each line apart once per test. */
  readonly sequence: string;
}

/** Inserts every line that is beyond doubt. */
export const fastInsert = ({ target, columns, defaults, paths, gzip, sequence }: FastPlan): string => {
  const names = [...columns, ...defaults].map((column) => quoteName(column.name));
  const values = [...columns.map(read), ...defaults.map((column) => column.sql)];
  return `INSERT INTO ${target} (${names.join(', ')}) SELECT ${values.join(', ')} FROM ${lines(columns, paths, gzip, false)} WHERE CASE WHEN ${doubtful(columns)} THEN nextval('${sequence}') < 0 ELSE true END`;
};

/** The doubtful lines with their files. */
export const doubtfulLines = ({ columns, paths, gzip, sequence }: FastPlan): string =>
  `SELECT file, j FROM ${lines(columns, paths, gzip, true)} WHERE CASE WHEN ${doubtful(columns)} THEN nextval('${sequence}') > 0 ELSE false END`;

export const countDoubtful = (sequence: string): string =>
  `SELECT coalesce(last_value, 0) FROM duckdb_sequences() WHERE sequence_name = ${quote(sequence)}`;

/** Inserts rows that JavaScript has converted; `$1` is a JSON array of objects with text or null in every column. */
export const slowInsert = ({
  target,
  columns,
  defaults,
}: Pick<FastPlan, 'target' | 'columns' | 'defaults'>): string => {
  const names = [...columns, ...defaults].map((column) => quoteName(column.name));
  const shape = `[{${columns.map((_, at) => `"c${at}":"VARCHAR"`).join(',')}}]`;
  const values = columns.map(({ type }, at) =>
    type.kind === 'varchar' || type.kind === 'char' ? `r.c${at}` : `CAST(r.c${at} AS ${duckType(type)})`,
  );
  return `INSERT INTO ${target} (${names.join(', ')}) SELECT ${[...values, ...defaults.map((column) => column.sql)].join(', ')} FROM (SELECT unnest(from_json($1, ${quote(shape)})) AS r) AS converted`;
};
