import { unknownHere } from '../error.ts';
import { parseGrant, parseUser } from './access.ts';
import { parseDelete, parseInsert, parseMerge, parseUpdate } from './change.ts';
import { parseCopy } from './copy.ts';
import { Cursor } from './cursor.ts';
import { parseAlter, parseCreate, parseDrop } from './definition.ts';
import { createGrammar, parseName } from './grammar.ts';
import type { Statement } from './statements.ts';
import type { Expression, Grammar } from './syntax.ts';

/** Longest statement text in bytes ("Using the Amazon Redshift Data API": 100 KB). */
export const maxStatementBytes = 100_000;

/** Reads one statement. Returns it with the names of the parameters that it uses; anything after it is an error. */
export const parseStatement = (
  source: string,
  parameters: ReadonlyMap<string, string> = new Map(),
): { readonly statement: Statement; readonly used: ReadonlySet<string> } => {
  const grammar = createGrammar(new Cursor(source, parameters));
  const statement = parseBare(grammar);
  grammar.cursor.finish();
  return { statement, used: grammar.cursor.used };
};

const parseBare = (grammar: Grammar): Statement => {
  const { cursor } = grammar;
  const first = cursor.peek();
  if (cursor.atSymbol('(')) return { kind: 'query', query: grammar.query() };
  if (first.kind !== 'word') throw cursor.unexpected();
  switch (first.text) {
    case 'select':
    case 'with':
      return { kind: 'query', query: grammar.query() };
    case 'create':
      return cursor.peek(1).text === 'user' || cursor.peek(1).text === 'role'
        ? parseUser(cursor)
        : parseCreate(grammar);
    case 'drop':
      return parseDrop(cursor);
    case 'alter':
      return parseAlter(grammar);
    case 'insert':
      return parseInsert(grammar);
    case 'update':
      return parseUpdate(grammar);
    case 'delete':
      return parseDelete(grammar);
    case 'merge':
      return parseMerge(grammar);
    case 'copy':
      return parseCopy(cursor);
    case 'grant':
    case 'revoke':
      return parseGrant(cursor);
    default:
      return parseSmall(grammar, first.text);
  }
};

const parseSmall = ({ cursor }: Grammar, word: string): Statement => {
  const names = (): ReturnType<typeof parseName>[] =>
    cursor.atIdentifier() ? cursor.commaList(() => parseName(cursor)) : [];
  switch (word) {
    case 'lock': {
      cursor.next();
      cursor.accept('table');
      return { kind: 'lock', names: cursor.commaList(() => parseName(cursor)) };
    }
    case 'truncate':
      cursor.next();
      cursor.accept('table');
      return { kind: 'truncate', name: parseName(cursor) };
    case 'analyze':
      cursor.next();
      return { kind: 'analyze', names: names() };
    case 'vacuum':
      cursor.next();
      for (const option of ['full', 'sort', 'delete', 'reindex', 'recluster']) cursor.accept(option);
      if (cursor.accept('only') || cursor.atWords('only')) throw cursor.unexpected();
      return { kind: 'vacuum', names: names() };
    case 'begin':
    case 'start':
      cursor.next();
      if (word === 'start') cursor.expect('transaction');
      else if (!cursor.accept('transaction')) cursor.accept('work');
      return { kind: 'transaction', action: 'begin' };
    case 'commit':
    case 'end':
    case 'rollback':
    case 'abort':
      cursor.next();
      if (!cursor.accept('transaction')) cursor.accept('work');
      return { kind: 'transaction', action: word === 'commit' || word === 'end' ? 'commit' : 'rollback' };
    default:
      throw unknownHere(`the statement ${word.toUpperCase()}`);
  }
};

/** Reads the text of a column's DEFAULT again. */
export const parseDefault = (text: string): Expression => {
  const grammar = createGrammar(new Cursor(text));
  const expression = grammar.operand();
  grammar.cursor.finish();
  return expression;
};
