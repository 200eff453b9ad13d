import type { Value } from '../rows.ts';

/** A value as a field of CSV: NULL is nothing, an empty text is quoted so that the two can be told apart. */
const toField = (value: Value): string => {
  if (value === null) return '';
  const text = String(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Rows as GetStatementResultV2 gives them: no line of names, lines end in CR LF (RFC 4180). */
export const toCsv = (rows: readonly (readonly Value[])[]): string =>
  rows.map((row) => `${row.map(toField).join(',')}\r\n`).join('');
