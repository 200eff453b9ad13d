import { unknownHere } from '../error.ts';
import { parseCall } from './call.ts';
import type { Expression, Grammar, PathStep } from './syntax.ts';
import { parseType, type } from './types.ts';

/** Functions that Redshift calls without brackets. */
const bare = [
  'sysdate',
  'current_date',
  'current_timestamp',
  'current_user',
  'session_user',
  'user',
  'current_user_id',
];
/** Reserved words that are functions as well. */
const callable = ['left', 'right', 'array'];

/** Reads a literal, a name or path, a call, CASE, CAST, a bracketed expression or a subquery. */
export const parsePrimary = (grammar: Grammar): Expression => {
  const { cursor } = grammar;
  const token = cursor.peek();
  switch (token.kind) {
    case 'string':
      cursor.next();
      return { kind: 'string', value: token.text };
    case 'parameter':
      return { kind: 'string', value: cursor.parameter() };
    case 'number':
      cursor.next();
      return { kind: 'number', value: token.text };
    case 'symbol':
      return parseBrackets(grammar);
    case 'word':
      return parseWord(grammar, token.text);
    case 'quoted':
      return parsePath(grammar);
    default:
      throw cursor.unexpected();
  }
};

const parseBrackets = (grammar: Grammar): Expression => {
  const { cursor } = grammar;
  if (!cursor.atSymbol('(')) throw cursor.unexpected();
  let ahead = 0;
  while (cursor.atSymbol('(', ahead)) ahead += 1;
  const isQuery = ['select', 'with'].includes(cursor.peek(ahead).text) && cursor.peek(ahead).kind === 'word';
  cursor.expectSymbol('(');
  if (isQuery && ahead === 1) {
    const query = grammar.query();
    cursor.expectSymbol(')');
    return { kind: 'subquery', query };
  }
  const inner = grammar.expression();
  if (cursor.atSymbol(',')) throw unknownHere('row values');
  cursor.expectSymbol(')');
  if (cursor.atSymbol('.')) throw unknownHere('navigation after brackets');
  return inner;
};

const parseWord = (grammar: Grammar, word: string): Expression => {
  const { cursor } = grammar;
  if (word === 'true' || word === 'false' || word === 'null') {
    cursor.next();
    return { kind: 'constant', value: word };
  }
  if (word === 'case') return parseCase(grammar);
  if (word === 'exists' && cursor.atSymbol('(', 1)) {
    cursor.next();
    cursor.expectSymbol('(');
    const query = grammar.query();
    cursor.expectSymbol(')');
    return { kind: 'exists', query };
  }
  if (bare.includes(word) && !cursor.atSymbol('(', 1)) {
    cursor.next();
    return { kind: 'call', name: word, args: [] };
  }
  const literal = parseTyped(grammar, word);
  if (literal !== undefined) return literal;
  const isCall = cursor.atSymbol('(', 1) && (cursor.atIdentifier() || callable.includes(word) || word === 'cast');
  if (isCall || (word === 'approximate' && cursor.peek(1).kind === 'word')) return parseCall(grammar);
  return parsePath(grammar);
};

/** `DATE '…'`, `TIMESTAMP '…'`, `INTERVAL '…' [DAY]`; undefined when the word is something else. */
const parseTyped = ({ cursor }: Grammar, word: string): Expression | undefined => {
  const zoned = word === 'timestamp' && cursor.atWords('timestamp', 'with', 'time', 'zone');
  if (cursor.peek(zoned ? 4 : 1).kind !== 'string') return undefined;
  if (word === 'interval') {
    cursor.next();
    const value = cursor.string();
    const unit = /^\s*[+-]?[0-9.]+\s*$/.test(value) ? ` ${cursor.identifier()}` : '';
    return { kind: 'interval', value: value + unit };
  }
  if (!['date', 'time', 'timestamp', 'timestamptz'].includes(word)) return undefined;
  const to = zoned ? type('timestamptz') : parseType(cursor);
  if (zoned) cursor.expect('timestamp', 'with', 'time', 'zone');
  return { kind: 'cast', operand: { kind: 'string', value: cursor.string() }, to, lax: false };
};

const parseCase = (grammar: Grammar): Expression => {
  const { cursor } = grammar;
  cursor.expect('case');
  const subject = cursor.atWords('when') ? undefined : grammar.expression();
  const branches: { when: Expression; result: Expression }[] = [];
  while (cursor.accept('when')) {
    const when = grammar.expression();
    cursor.expect('then');
    branches.push({ when, result: grammar.expression() });
  }
  if (branches.length === 0) throw cursor.unexpected();
  const otherwise = cursor.accept('else') ? grammar.expression() : undefined;
  cursor.expect('end');
  return {
    kind: 'case',
    branches,
    ...(subject === undefined ? {} : { subject }),
    ...(otherwise === undefined ? {} : { otherwise }),
  };
};

const parsePath = (grammar: Grammar): Expression => ({ kind: 'path', steps: parseSteps(grammar) });

/** `a.b[0].c`: a column, or the way into a SUPER column. */
export const parseSteps = ({ cursor }: Grammar): readonly PathStep[] => {
  const steps: PathStep[] = [{ name: cursor.identifier() }];
  for (;;) {
    if (cursor.atSymbol('.') && !cursor.atSymbol('*', 1)) {
      cursor.next();
      steps.push({ name: cursor.identifier() });
    } else if (cursor.acceptSymbol('[')) {
      steps.push({ index: cursor.integer() });
      cursor.expectSymbol(']');
    } else return steps;
  }
};
