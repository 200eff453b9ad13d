import type { Cursor } from './cursor.ts';
import { parseExpression } from './expression.ts';
import { parseQuery } from './query.ts';
import type { Expression, Name, Query } from './syntax.ts';

/** What the parts of the parser need of each other. */
export interface Grammar {
  readonly cursor: Cursor;
  expression(): Expression;
  query(): Query;
}

export const createGrammar = (cursor: Cursor): Grammar => {
  const grammar: Grammar = {
    cursor,
    expression: () => parseExpression(grammar),
    query: () => parseQuery(grammar),
  };
  return grammar;
};

/** `[database.][schema.]table`; there is one database, so its name is read and dropped. */
export const parseName = (cursor: Cursor): Name => {
  const parts = [cursor.identifier()];
  while (parts.length < 3 && cursor.acceptSymbol('.')) parts.push(cursor.identifier());
  const [schema, name] = parts.slice(-2);
  return name === undefined ? { name: schema ?? '' } : { ...(schema === undefined ? {} : { schema }), name };
};
