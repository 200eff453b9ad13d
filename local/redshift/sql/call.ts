import { unknownHere } from '../error.ts';
import type { Call, Expression, Grammar, OrderItem, WindowSpec } from './syntax.ts';
import { parseType } from './types.ts';

/** Reads a call with its DISTINCT, WITHIN GROUP, IGNORE NULLS and OVER, and the functions that have a grammar of their own. */
export const parseCall = (grammar: Grammar): Expression => {
  const { cursor } = grammar;
  const approximate = cursor.accept('approximate');
  const name = cursor.next().text.toLowerCase();
  cursor.expectSymbol('(');
  const special = parseSpecial(grammar, name);
  if (special !== undefined) {
    cursor.expectSymbol(')');
    return special;
  }
  const star = name === 'count' && cursor.acceptSymbol('*');
  const distinct = cursor.accept('distinct');
  if (!distinct) cursor.accept('all');
  const args = star || cursor.atSymbol(')') ? [] : cursor.commaList(() => grammar.expression());
  const ignoredInside = parseNulls(grammar);
  cursor.expectSymbol(')');
  const withinGroup = cursor.accept('within', 'group') ? parseWithinGroup(grammar) : undefined;
  // Only before OVER: inside another call's brackets the words are that call's.
  const ignoreNulls = ignoredInside || (cursor.peek(2).text === 'over' && parseNulls(grammar));
  if (cursor.atWords('filter') && cursor.atSymbol('(', 1)) throw unknownHere('FILTER: Redshift has none');
  const over = cursor.accept('over') ? parseWindow(grammar) : undefined;
  const call: Call = {
    kind: 'call',
    name,
    args,
    distinct,
    star,
    approximate,
    ignoreNulls,
    ...(withinGroup === undefined ? {} : { withinGroup }),
    ...(over === undefined ? {} : { over }),
  };
  return call;
};

const parseNulls = ({ cursor }: Grammar): boolean => {
  if (cursor.accept('respect', 'nulls')) return false;
  return cursor.accept('ignore', 'nulls');
};

const parseSpecial = (grammar: Grammar, name: string): Expression | undefined => {
  const { cursor } = grammar;
  switch (name) {
    case 'cast':
    case 'try_cast': {
      const operand = grammar.expression();
      cursor.expect('as');
      return { kind: 'cast', operand, to: parseType(cursor), lax: name === 'try_cast' };
    }
    case 'convert': {
      const to = parseType(cursor);
      cursor.expectSymbol(',');
      return { kind: 'cast', operand: grammar.expression(), to, lax: false };
    }
    case 'extract': {
      const part = cursor.peek().kind === 'string' ? cursor.string() : cursor.identifier();
      cursor.expect('from');
      return { kind: 'call', name: 'extract', args: [{ kind: 'string', value: part }, grammar.expression()] };
    }
    case 'position': {
      const needle = grammar.operand();
      cursor.expect('in');
      return { kind: 'call', name: 'strpos', args: [grammar.expression(), needle] };
    }
    case 'substring':
      return parseSubstring(grammar);
    case 'trim':
      return parseTrim(grammar);
    default:
      return undefined;
  }
};

const parseSubstring = (grammar: Grammar): Expression => {
  const { cursor } = grammar;
  const args = [grammar.expression()];
  if (cursor.accept('from')) {
    args.push(grammar.expression());
    if (cursor.accept('for')) args.push(grammar.expression());
  } else while (cursor.acceptSymbol(',')) args.push(grammar.expression());
  return { kind: 'call', name: 'substring', args };
};

const parseTrim = (grammar: Grammar): Expression => {
  const { cursor } = grammar;
  const name = cursor.accept('leading') ? 'ltrim' : cursor.accept('trailing') ? 'rtrim' : 'btrim';
  cursor.accept('both');
  if (cursor.accept('from')) return { kind: 'call', name, args: [grammar.expression()] };
  const first = grammar.expression();
  return { kind: 'call', name, args: cursor.accept('from') ? [grammar.expression(), first] : [first] };
};

const parseWithinGroup = (grammar: Grammar): readonly OrderItem[] => {
  grammar.cursor.expectSymbol('(');
  const order = parseOrderBy(grammar);
  grammar.cursor.expectSymbol(')');
  return order;
};

/** `ORDER BY a [ASC|DESC] [NULLS FIRST|LAST], …` */
export const parseOrderBy = (grammar: Grammar): readonly OrderItem[] => {
  const { cursor } = grammar;
  cursor.expect('order', 'by');
  return cursor.commaList(() => {
    const expression = grammar.expression();
    const descending = cursor.accept('desc');
    if (!descending) cursor.accept('asc');
    if (!cursor.accept('nulls')) return { expression, descending };
    const first = cursor.accept('first');
    if (!first) cursor.expect('last');
    return { expression, descending, nulls: first ? 'first' : 'last' };
  });
};

const parseWindow = (grammar: Grammar): WindowSpec => {
  const { cursor } = grammar;
  if (!cursor.atSymbol('(')) throw unknownHere('named windows');
  cursor.expectSymbol('(');
  const partitionBy = cursor.accept('partition', 'by') ? cursor.commaList(() => grammar.expression()) : [];
  const orderBy = cursor.atWords('order') ? parseOrderBy(grammar) : [];
  if (cursor.atAny('range', 'groups')) throw unknownHere('frames other than ROWS: Redshift has none');
  const frame = cursor.accept('rows') ? `ROWS ${parseFrame(grammar)}` : undefined;
  cursor.expectSymbol(')');
  return { partitionBy, orderBy, ...(frame === undefined ? {} : { frame }) };
};

const parseFrame = (grammar: Grammar): string => {
  const { cursor } = grammar;
  if (!cursor.accept('between')) return parseBound(grammar);
  const start = parseBound(grammar);
  cursor.expect('and');
  return `BETWEEN ${start} AND ${parseBound(grammar)}`;
};

const parseBound = ({ cursor }: Grammar): string => {
  if (cursor.accept('current', 'row')) return 'CURRENT ROW';
  const count = cursor.accept('unbounded') ? 'UNBOUNDED' : String(cursor.integer());
  if (cursor.accept('preceding')) return `${count} PRECEDING`;
  cursor.expect('following');
  return `${count} FOLLOWING`;
};
