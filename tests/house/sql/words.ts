import { type Token, tokenize } from '#local/redshift/sql/tokens.ts';

/** Redshift's words, from its developer guide. */
export interface Words {
  readonly reserved: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
}

export interface Misused {
  readonly kind: 'function' | 'reserved';
  readonly what: string;
}

export const parseWords = (text: string): Words => {
  const { reserved, functions } = JSON.parse(text) as Record<keyof Words, readonly string[]>;
  return { reserved: new Set(reserved), functions: new Set(functions) };
};

/** Reserved words of which our statements are made. Any other one of the list can only stand for a name. */
// biome-ignore format: a list of words
const syntax = new Set([
  'all', 'and', 'as', 'asc', 'between', 'case', 'cast', 'column', 'create', 'cross', 'current_date', 'current_timestamp', 'default', 'desc',
  'disable', 'distinct', 'else', 'end', 'except', 'false', 'for', 'from', 'grant', 'group', 'gzip', 'having', 'ignore', 'in', 'inner',
  'intersect', 'into', 'is', 'join', 'left', 'like', 'limit', 'not', 'null', 'nulls', 'off', 'on', 'or', 'order', 'outer', 'partition',
  'primary', 'references', 'respect', 'right', 'select', 'sysdate', 'table', 'then', 'timestamp', 'to', 'true', 'union', 'unique',
  'user', 'using', 'when', 'where', 'with',
]);

/** Words that a parenthesis follows without a call: types, and clauses that are not reserved. */
// biome-ignore format: a list of words
const notCalled = new Set([
  'varchar', 'char', 'character', 'decimal', 'numeric', 'timestamp', 'over', 'values', 'exists', 'sortkey', 'distkey', 'by', 'filter',
]);

/** Words after which a parenthesis belongs to the relation that they name: its columns, not arguments. */
const beforeRelation = new Set(['into', 'table', 'copy', 'exists', 'view', 'with']);

/** Reserved words that stand as names, and calls of functions that Redshift lacks or that nobody lists. */
export const findMisused = (sql: string, words: Words): Misused[] => {
  const tokens = tokenize(sql);
  const misused: Misused[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'word') continue;
    if (words.reserved.has(token.text)) {
      if (!syntax.has(token.text) || standsForName(tokens, at)) misused.push({ kind: 'reserved', what: token.text });
    } else if (isCall(tokens, at) && !words.functions.has(token.text))
      misused.push({ kind: 'function', what: token.text });
  }
  return misused;
};

const isCall = (tokens: readonly Token[], at: number): boolean => {
  const { text: name = '' } = tokens[at] ?? {};
  if (!isSymbol(tokens[at + 1], '(') || notCalled.has(name)) return false;
  let start = at;
  while (isSymbol(tokens[start - 1], '.')) start -= 2;
  const { text: before = '' } = tokens[start - 1] ?? {};
  return start === at && !beforeRelation.has(before);
};

/**
 * Whether a word stands where only a name can: after a dot, after AS outside a CAST, or as a column of a list of definitions or of
 * columns, which begins after an opening parenthesis that follows a relation's name.
 */
const standsForName = (tokens: readonly Token[], at: number): boolean => {
  const before = tokens[at - 1];
  if (isSymbol(before, '.')) return true;
  if (before?.kind === 'word' && before.text === 'as')
    return !['select', 'with'].includes(tokens[at]?.text ?? '') && !isInCast(tokens, at);
  if (!isSymbol(before, '(') && !isSymbol(before, ',')) return false;
  const open = openOf(tokens, at);
  return (
    open !== undefined &&
    isColumnList(tokens, open) &&
    !['primary', 'unique', 'references'].includes(tokens[at]?.text ?? '')
  );
};

const isSymbol = (token: Token | undefined, text: string): boolean => token?.kind === 'symbol' && token.text === text;

/** The parenthesis around a token. */
const openOf = (tokens: readonly Token[], at: number): number | undefined => {
  let depth = 0;
  for (let back = at - 1; back >= 0; back--) {
    if (isSymbol(tokens[back], ')')) depth += 1;
    if (isSymbol(tokens[back], '(')) {
      if (depth === 0) return back;
      depth -= 1;
    }
  }
  return undefined;
};

const isInCast = (tokens: readonly Token[], at: number): boolean => {
  const open = openOf(tokens, at);
  return open !== undefined && tokens[open - 1]?.text === 'cast';
};

const isColumnList = (tokens: readonly Token[], open: number): boolean => {
  let start = open - 1;
  while (isSymbol(tokens[start - 1], '.')) start -= 2;
  return beforeRelation.has(tokens[start - 1]?.text ?? '') && tokens[open - 1]?.kind !== 'symbol';
};
