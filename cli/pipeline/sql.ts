import { readFileSync } from 'node:fs';
import { canStandInStatement, fillStatement, toLiteral } from '#core/sql-text.ts';
import { Failure } from '../errors.ts';

/** The statement of `warehouse/operations/<name>.sql` with its `{{placeholders}}` filled in; a text goes through `literal` first. */
export const operation = (name: string, values: Readonly<Record<string, string>> = {}): string =>
  fillStatement(readFileSync(new URL(`../../warehouse/operations/${name}.sql`, import.meta.url), 'utf8'), values);

/** A text as a SQL literal. Throws Failure for one that cannot stand in a statement. */
export const literal = (text: string): string => {
  if (!canStandInStatement(text))
    throw new Failure(
      `${JSON.stringify(text)} holds a backslash or a control character: it cannot be put into a statement`,
    );
  return toLiteral(text);
};

export const literals = (texts: readonly string[]): string => texts.map(literal).join(', ');
