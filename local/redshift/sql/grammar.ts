import type { Cursor } from './cursor.ts';
import { parseExpression, parseOperand } from './expression.ts';
import { parseQuery } from './query.ts';
import type { Grammar, Name } from './syntax.ts';

export const createGrammar = (cursor: Cursor): Grammar => {
  const grammar: Grammar = {
    cursor,
    expression: () => parseExpression(grammar),
    operand: () => parseOperand(grammar),
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
