import { parsePrimary } from './primary.ts';
import type { Expression, Grammar } from './syntax.ts';
import { parseType } from './types.ts';

const comparisons = ['=', '<>', '!=', '<=', '>=', '<', '>'];
const others = ['||', '~', '~*', '!~', '!~*'];

/** Reads an expression with PostgreSQL's precedences: OR, AND, NOT, predicates, other operators, + -, * / %, ^, unary minus, casts. */
export const parseExpression = (grammar: Grammar): Expression => {
  let left = parseAnd(grammar);
  while (grammar.cursor.accept('or')) left = { kind: 'binary', operator: 'or', left, right: parseAnd(grammar) };
  return left;
};

const parseAnd = (grammar: Grammar): Expression => {
  let left = parseNot(grammar);
  while (grammar.cursor.accept('and')) left = { kind: 'binary', operator: 'and', left, right: parseNot(grammar) };
  return left;
};

const parseNot = (grammar: Grammar): Expression =>
  grammar.cursor.accept('not')
    ? { kind: 'unary', operator: 'not', operand: parseNot(grammar) }
    : parsePredicate(grammar);

const parsePredicate = (grammar: Grammar): Expression => {
  const { cursor } = grammar;
  let operand = parseOperand(grammar);
  for (;;) {
    const symbol = cursor.peek();
    if (symbol.kind === 'symbol' && comparisons.includes(symbol.text)) {
      cursor.next();
      const operator = symbol.text === '!=' ? '<>' : symbol.text;
      operand = { kind: 'binary', operator, left: operand, right: parseOperand(grammar) };
    } else if (cursor.accept('isnull')) operand = { kind: 'is', operand, test: 'null', not: false };
    else if (cursor.accept('notnull')) operand = { kind: 'is', operand, test: 'null', not: true };
    else if (cursor.accept('is')) operand = parseIs(grammar, operand);
    else {
      const not = cursor.atWords('not') && ['between', 'in', 'like', 'ilike'].includes(cursor.peek(1).text);
      if (not) cursor.next();
      const next = parseNegatable(grammar, operand, not);
      if (next === undefined) return operand;
      operand = next;
    }
  }
};

const parseIs = ({ cursor }: Grammar, operand: Expression): Expression => {
  const not = cursor.accept('not');
  for (const test of ['null', 'true', 'false', 'unknown'] as const) {
    if (cursor.accept(test)) return { kind: 'is', operand, test, not };
  }
  throw cursor.unexpected();
};

const parseNegatable = (grammar: Grammar, operand: Expression, not: boolean): Expression | undefined => {
  const { cursor } = grammar;
  if (cursor.accept('between')) {
    const low = parseOperand(grammar);
    cursor.expect('and');
    return { kind: 'between', operand, low, high: parseOperand(grammar), not };
  }
  if (cursor.accept('in')) {
    cursor.expectSymbol('(');
    const query = cursor.atAny('select', 'with') || cursor.atSymbol('(') ? tryQuery(grammar) : undefined;
    const found: Expression =
      query === undefined
        ? { kind: 'in', operand, list: cursor.commaList(() => grammar.expression()), not }
        : { kind: 'inQuery', operand, query, not };
    cursor.expectSymbol(')');
    return found;
  }
  const insensitive = cursor.atWords('ilike');
  if (cursor.accept('like') || cursor.accept('ilike')) {
    const pattern = parseOperand(grammar);
    const escapeWith = cursor.accept('escape') ? cursor.string() : undefined;
    return { kind: 'like', operand, pattern, insensitive, not, ...(escapeWith === undefined ? {} : { escapeWith }) };
  }
  return undefined;
};

/** A subquery after IN's bracket; a bracketed expression list such as `IN ((1), (2))` is not one. */
const tryQuery = (grammar: Grammar): ReturnType<Grammar['query']> | undefined => {
  let ahead = 0;
  while (grammar.cursor.atSymbol('(', ahead)) ahead += 1;
  return ['select', 'with'].includes(grammar.cursor.peek(ahead).text) ? grammar.query() : undefined;
};

/** An operand of a predicate: everything that binds tighter than a comparison. */
export const parseOperand = (grammar: Grammar): Expression =>
  parseChain(grammar, others, (inner) =>
    parseChain(inner, ['+', '-'], (deep) => parseChain(deep, ['*', '/', '%'], parsePower)),
  );

const parsePower = (grammar: Grammar): Expression => parseChain(grammar, ['^'], parseUnary);

const parseChain = (
  grammar: Grammar,
  operators: readonly string[],
  operand: (grammar: Grammar) => Expression,
): Expression => {
  let left = operand(grammar);
  for (;;) {
    const token = grammar.cursor.peek();
    if (token.kind !== 'symbol' || !operators.includes(token.text)) return left;
    grammar.cursor.next();
    left = { kind: 'binary', operator: token.text, left, right: operand(grammar) };
  }
};

const parseUnary = (grammar: Grammar): Expression => {
  if (grammar.cursor.acceptSymbol('-')) return { kind: 'unary', operator: '-', operand: parseUnary(grammar) };
  if (grammar.cursor.acceptSymbol('+')) return { kind: 'unary', operator: '+', operand: parseUnary(grammar) };
  return parsePostfix(grammar);
};

const parsePostfix = (grammar: Grammar): Expression => {
  const { cursor } = grammar;
  let operand = parsePrimary(grammar);
  for (;;) {
    if (cursor.acceptSymbol('::')) operand = { kind: 'cast', operand, to: parseType(cursor), lax: false };
    else if (cursor.accept('at', 'time', 'zone')) {
      operand = { kind: 'call', name: 'timezone', args: [parsePrimary(grammar), operand] };
    } else return operand;
  }
};
