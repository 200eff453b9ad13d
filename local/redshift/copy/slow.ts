import type { Column } from '../catalogue.ts';
import type { CopyStatement } from '../sql/statements.ts';
import { LoadFailure, type Refusal } from './load-error.ts';
import type { SourceFile } from './manifest.ts';
import { readObjects } from './objects.ts';
import { convert } from './values.ts';

/** A row as the slow insert takes it: text or null for each column, named c0, c1, … */
export type ConvertedRow = Readonly<Record<string, string | null>>;

/** Converts the first-level keys of an object; the first column that cannot take its value decides. */
export const convertObject = (
  object: Readonly<Record<string, unknown>>,
  columns: readonly Column[],
  statement: CopyStatement,
): { readonly row: ConvertedRow } | { readonly refusal: Refusal } => {
  const row: Record<string, string | null> = {};
  const values = statement.json === 'auto ignorecase' ? lowerKeys(object) : object;
  for (const [at, column] of columns.entries()) {
    const value =
      statement.json === 'noshred' ? object : Object.hasOwn(values, column.name) ? values[column.name] : undefined;
    const converted = convert(value, column, statement);
    if ('refusal' in converted) return converted;
    row[`c${at}`] = converted.text;
  }
  return { row };
};

const lowerKeys = (object: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key.toLowerCase(), value]));

/** Every row of the files, converted. Throws `LoadFailure` at the first that Redshift would refuse. */
export async function* convertFiles(
  files: readonly SourceFile[],
  columns: readonly Column[],
  statement: CopyStatement,
  table: string,
): AsyncGenerator<ConvertedRow> {
  for (const { url, path, size } of files) {
    if (size === 0) continue;
    for await (const found of readObjects(path, statement.gzip)) {
      const converted = 'refusal' in found ? found : convertObject(found.object, columns, statement);
      if ('refusal' in converted) throw new LoadFailure(table, { ...converted.refusal, file: url, line: found.line });
      yield converted.row;
    }
  }
}

/** Looks for the first row that Redshift would refuse; resolves when there is none. */
export const findRefusal = async (
  files: readonly SourceFile[],
  columns: readonly Column[],
  statement: CopyStatement,
  table: string,
): Promise<void> => {
  for await (const _row of convertFiles(files, columns, statement, table));
};
