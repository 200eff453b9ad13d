import { unknownHere } from '../error.ts';
import { parseOrderBy } from './call.ts';
import { parseSteps } from './primary.ts';
import type { Body, CommonTable, FromItem, Grammar, Query, Select, SelectItem } from './syntax.ts';

/** Reads `[WITH …] SELECT … [UNION …] [ORDER BY …] [LIMIT …] [OFFSET …]`. */
export const parseQuery = (grammar: Grammar): Query => {
  const { cursor } = grammar;
  const hasWith = cursor.accept('with');
  const recursive = hasWith && cursor.accept('recursive');
  const tables = hasWith ? cursor.commaList(() => parseCommonTable(grammar)) : [];
  const body = parseUnion(grammar);
  const orderBy = cursor.atWords('order', 'by') ? parseOrderBy(grammar) : [];
  const limit = cursor.accept('limit') && !cursor.accept('all') ? grammar.expression() : undefined;
  const offset = cursor.accept('offset') ? grammar.expression() : undefined;
  return {
    recursive,
    with: tables,
    body,
    orderBy,
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
  };
};

const parseCommonTable = (grammar: Grammar): CommonTable => {
  const { cursor } = grammar;
  const name = cursor.identifier();
  const columns = cursor.atSymbol('(') ? cursor.list(() => cursor.identifier()) : undefined;
  cursor.expect('as');
  cursor.expectSymbol('(');
  const query = grammar.query();
  cursor.expectSymbol(')');
  return { name, query, ...(columns === undefined ? {} : { columns }) };
};

const parseUnion = (grammar: Grammar): Body => {
  const { cursor } = grammar;
  let left = parseIntersect(grammar);
  for (;;) {
    if (cursor.accept('union')) {
      const operator = cursor.accept('all') ? 'UNION ALL' : 'UNION';
      left = { kind: 'set', operator, left, right: parseIntersect(grammar) };
    } else if (cursor.accept('except') || cursor.accept('minus')) {
      left = { kind: 'set', operator: 'EXCEPT', left, right: parseIntersect(grammar) };
    } else return left;
  }
};

const parseIntersect = (grammar: Grammar): Body => {
  let left = parseBody(grammar);
  while (grammar.cursor.accept('intersect'))
    left = { kind: 'set', operator: 'INTERSECT', left, right: parseBody(grammar) };
  return left;
};

const parseBody = (grammar: Grammar): Body => {
  const { cursor } = grammar;
  if (!cursor.acceptSymbol('(')) return parseSelect(grammar);
  const query = grammar.query();
  cursor.expectSymbol(')');
  return { kind: 'nested', query };
};

const parseSelect = (grammar: Grammar): Select => {
  const { cursor } = grammar;
  cursor.expect('select');
  const top = cursor.accept('top') ? cursor.integer() : undefined;
  const distinct = cursor.accept('distinct');
  if (distinct && cursor.atWords('on')) throw unknownHere('DISTINCT ON: Redshift has none');
  if (!distinct) cursor.accept('all');
  const items = cursor.commaList(() => parseItem(grammar));
  if (cursor.atWords('into')) throw unknownHere('SELECT INTO: use CREATE TABLE AS');
  const from = cursor.accept('from') ? cursor.commaList(() => parseFromItem(grammar)) : [];
  const where = cursor.accept('where') ? grammar.expression() : undefined;
  const groupBy = cursor.accept('group', 'by') ? cursor.commaList(() => parseGroup(grammar)) : [];
  const having = cursor.accept('having') ? grammar.expression() : undefined;
  const qualify = cursor.accept('qualify') ? grammar.expression() : undefined;
  return {
    kind: 'select',
    distinct,
    items,
    from,
    groupBy,
    ...(top === undefined ? {} : { top }),
    ...(where === undefined ? {} : { where }),
    ...(having === undefined ? {} : { having }),
    ...(qualify === undefined ? {} : { qualify }),
  };
};

const parseGroup = (grammar: Grammar): ReturnType<Grammar['expression']> => {
  for (const word of ['rollup', 'cube', 'grouping', 'all']) {
    if (grammar.cursor.atWords(word)) throw unknownHere(`GROUP BY ${word.toUpperCase()}`);
  }
  return grammar.expression();
};

const parseItem = (grammar: Grammar): SelectItem => {
  const { cursor } = grammar;
  if (cursor.acceptSymbol('*')) return { kind: 'star' };
  if (cursor.atIdentifier() && cursor.atSymbol('.', 1) && cursor.atSymbol('*', 2)) {
    const of = cursor.identifier();
    cursor.expectSymbol('.');
    cursor.expectSymbol('*');
    return { kind: 'star', of };
  }
  const expression = grammar.expression();
  const alias = parseAlias(grammar);
  return { kind: 'expression', expression, ...(alias === undefined ? {} : { alias }) };
};

const parseAlias = ({ cursor }: Grammar): string | undefined =>
  cursor.accept('as') || (cursor.atIdentifier() && !cursor.atAny('qualify', 'at')) ? cursor.identifier() : undefined;

/** One item of FROM with its joins. */
export const parseFromItem = (grammar: Grammar): FromItem => {
  const { cursor } = grammar;
  let left = parseSource(grammar);
  for (;;) {
    const natural = cursor.atWords('natural');
    if (natural) throw unknownHere('NATURAL JOIN');
    const type = parseJoin(grammar);
    if (type === undefined) return left;
    const right = parseSource(grammar);
    if (type === 'cross') left = { kind: 'join', type, left, right };
    else if (cursor.accept('on')) left = { kind: 'join', type, left, right, on: grammar.expression() };
    else {
      cursor.expect('using');
      left = { kind: 'join', type, left, right, using: cursor.list(() => cursor.identifier()) };
    }
  }
};

const parseJoin = ({ cursor }: Grammar): 'inner' | 'left' | 'right' | 'full' | 'cross' | undefined => {
  if (cursor.accept('join') || cursor.accept('inner', 'join')) return 'inner';
  if (cursor.accept('cross', 'join')) return 'cross';
  for (const type of ['left', 'right', 'full'] as const) {
    if (cursor.accept(type, 'outer', 'join') || cursor.accept(type, 'join')) return type;
  }
  return undefined;
};

const parseSource = (grammar: Grammar): FromItem => {
  const { cursor } = grammar;
  if (cursor.atSymbol('(')) return parseBracketed(grammar);
  const steps = parseSteps(grammar);
  if (cursor.atSymbol('(')) throw unknownHere('functions in FROM');
  const alias = parseTableAlias(grammar);
  const columns = alias !== undefined && cursor.atSymbol('(') ? cursor.list(() => cursor.identifier()) : undefined;
  const index = alias !== undefined && cursor.accept('at') ? cursor.identifier() : undefined;
  return {
    kind: 'named',
    steps,
    ...(alias === undefined ? {} : { alias }),
    ...(columns === undefined ? {} : { columns }),
    ...(index === undefined ? {} : { index }),
  };
};

const parseTableAlias = ({ cursor }: Grammar): string | undefined => {
  if (cursor.accept('as')) return cursor.identifier();
  return cursor.atIdentifier() && !cursor.atAny('qualify', 'at', 'set', 'when', 'pivot', 'unpivot')
    ? cursor.identifier()
    : undefined;
};

/** A subquery with its alias, or a bracketed join. */
const parseBracketed = (grammar: Grammar): FromItem => {
  const { cursor } = grammar;
  let ahead = 0;
  while (cursor.atSymbol('(', ahead)) ahead += 1;
  const isQuery = ['select', 'with'].includes(cursor.peek(ahead).text);
  cursor.expectSymbol('(');
  if (!isQuery) {
    const inner = parseFromItem(grammar);
    cursor.expectSymbol(')');
    return inner;
  }
  const query = grammar.query();
  cursor.expectSymbol(')');
  const alias = parseTableAlias(grammar);
  const columns = alias !== undefined && cursor.atSymbol('(') ? cursor.list(() => cursor.identifier()) : undefined;
  return {
    kind: 'query',
    query,
    ...(alias === undefined ? {} : { alias }),
    ...(columns === undefined ? {} : { columns }),
  };
};
