import { SqlError, unknownHere } from '../error.ts';
import { parseName } from './grammar.ts';
import { parseFromItem } from './query.ts';
import type { Assignment, Statement } from './statements.ts';
import type { Expression, Grammar } from './syntax.ts';

/** INSERT INTO table [(columns)] VALUES … | query | DEFAULT VALUES. */
export const parseInsert = (grammar: Grammar): Statement => {
  const { cursor } = grammar;
  cursor.expect('insert', 'into');
  const table = parseName(cursor);
  if (cursor.accept('default', 'values')) return { kind: 'insert', table, rows: [[]], columns: [] };
  const isColumns =
    cursor.atSymbol('(') && !['select', 'with'].includes(cursor.peek(1).text) && !cursor.atSymbol('(', 1);
  const columns = isColumns ? cursor.list(() => cursor.identifier()) : undefined;
  const named = columns === undefined ? {} : { columns };
  if (!cursor.accept('values')) return { kind: 'insert', table, query: grammar.query(), ...named };
  return { kind: 'insert', table, rows: cursor.commaList(() => cursor.list(() => parseValue(grammar))), ...named };
};

const parseValue = (grammar: Grammar): Expression =>
  grammar.cursor.accept('default') ? { kind: 'default' } : grammar.expression();

const parseAssignments = (grammar: Grammar): Assignment[] =>
  grammar.cursor.commaList(() => {
    const column = grammar.cursor.identifier();
    grammar.cursor.expectSymbol('=');
    return { column, value: parseValue(grammar) };
  });

/** UPDATE table SET … [FROM …] [WHERE …]. */
export const parseUpdate = (grammar: Grammar): Statement => {
  const { cursor } = grammar;
  cursor.expect('update');
  const table = parseName(cursor);
  const alias = cursor.accept('as') || !cursor.atWords('set') ? cursor.identifier() : undefined;
  cursor.expect('set');
  const set = parseAssignments(grammar);
  const from = cursor.accept('from') ? cursor.commaList(() => parseFromItem(grammar)) : [];
  const where = cursor.accept('where') ? grammar.expression() : undefined;
  return {
    kind: 'update',
    table,
    set,
    from,
    ...(alias === undefined ? {} : { alias }),
    ...(where === undefined ? {} : { where }),
  };
};

/** DELETE [FROM] table [USING …] [WHERE …]. */
export const parseDelete = (grammar: Grammar): Statement => {
  const { cursor } = grammar;
  cursor.expect('delete');
  cursor.accept('from');
  const table = parseName(cursor);
  const using = cursor.accept('using') ? cursor.commaList(() => parseFromItem(grammar)) : [];
  const where = cursor.accept('where') ? grammar.expression() : undefined;
  return { kind: 'delete', table, using, ...(where === undefined ? {} : { where }) };
};

/** MERGE as Redshift has it: a table as source, no conditions on WHEN, both WHEN clauses or REMOVE DUPLICATES. */
export const parseMerge = (grammar: Grammar): Statement => {
  const { cursor } = grammar;
  cursor.expect('merge', 'into');
  const target = parseName(cursor);
  cursor.expect('using');
  if (cursor.atSymbol('(')) throw new SqlError('MERGE source must be a table, not a subquery');
  const source = parseName(cursor);
  const named = cursor.accept('as') || (cursor.atIdentifier() && !cursor.atWords('on'));
  const alias = named ? cursor.identifier() : undefined;
  cursor.expect('on');
  const base = {
    kind: 'merge' as const,
    target,
    source,
    on: grammar.expression(),
    ...(alias === undefined ? {} : { alias }),
  };
  if (cursor.accept('remove', 'duplicates')) return { ...base, removeDuplicates: true };
  const merge = { ...base, removeDuplicates: false, ...parseWhens(grammar) };
  if (merge.matched === undefined || merge.insert === undefined) {
    throw new SqlError('MERGE must have both WHEN MATCHED and WHEN NOT MATCHED');
  }
  return merge;
};

const parseWhens = (grammar: Grammar) => {
  const { cursor } = grammar;
  let matched: 'delete' | readonly Assignment[] | undefined;
  let insert: { readonly columns?: readonly string[]; readonly values: readonly Expression[] } | undefined;
  while (cursor.accept('when')) {
    const not = cursor.accept('not');
    cursor.expect('matched');
    if (cursor.atWords('and')) throw unknownHere('WHEN MATCHED AND: Redshift has none');
    cursor.expect('then');
    if (not) {
      cursor.expect('insert');
      const columns = cursor.atSymbol('(') ? cursor.list(() => cursor.identifier()) : undefined;
      cursor.expect('values');
      insert = { values: cursor.list(() => parseValue(grammar)), ...(columns === undefined ? {} : { columns }) };
    } else if (cursor.accept('delete')) matched = 'delete';
    else {
      cursor.expect('update', 'set');
      matched = parseAssignments(grammar);
    }
  }
  return { ...(matched === undefined ? {} : { matched }), ...(insert === undefined ? {} : { insert }) };
};
