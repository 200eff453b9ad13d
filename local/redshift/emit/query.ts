import { SqlError } from '../error.ts';
import type { Body, Expression, OrderItem, Query, Select } from '../sql/syntax.ts';
import { commonType } from '../sql/types.ts';
import { type Emitted, type EmittedQuery, type Emitter, type OutputColumn, quoteName, type Scope } from './emitter.ts';
import { emitFrom, emptyScope, starColumns } from './from.ts';
import { condition } from './operators.ts';
import { orderItem } from './order.ts';

interface Output {
  readonly name: string;
  readonly emitted: Emitted;
}

/** A query of Redshift's SQL in DuckDB's, with the names and types of its columns. */
export const emitQuery = (query: Query, outer: Emitter): EmittedQuery => {
  const { emitter, sql: head } = emitCommonTables(query, outer);
  const body = emitBody(query.body, emitter, query.orderBy);
  const limit = emitCount('LIMIT', query.limit) + emitCount('OFFSET', query.offset);
  return { sql: `${head}${body.sql}${limit}`, columns: body.columns };
};

const emitCount = (word: string, value: Expression | undefined): string => {
  if (value === undefined) return '';
  const digits = value.kind === 'number' || value.kind === 'string' ? value.value : '';
  if (!/^\d{1,18}$/.test(digits)) throw new SqlError(`argument of ${word} must be a whole number`);
  return ` ${word} ${digits}`;
};

const emitCommonTables = (query: Query, outer: Emitter): { readonly emitter: Emitter; readonly sql: string } => {
  if (query.with.length === 0) return { emitter: outer, sql: '' };
  let emitter = outer;
  const parts = query.with.map((table) => {
    const known = query.recursive ? recursiveColumns(table.query, table.columns, table.name, emitter) : undefined;
    const within =
      known === undefined
        ? emitter
        : emitter.at({ commonTables: new Map([...emitter.commonTables, [table.name, known]]) });
    const inner = within.query(table.query);
    const columns = rename(inner.columns, table.columns, table.name);
    emitter = emitter.at({ commonTables: new Map([...emitter.commonTables, [table.name, columns]]) });
    return `${quoteName(table.name)}(${columns.map((column) => quoteName(column.name)).join(', ')}) AS (${inner.sql})`;
  });
  return { emitter, sql: `WITH ${query.recursive ? 'RECURSIVE ' : ''}${parts.join(', ')} ` };
};

/** The columns of a recursive table are those of its first branch. */
const recursiveColumns = (
  query: Query,
  names: readonly string[] | undefined,
  table: string,
  emitter: Emitter,
): readonly OutputColumn[] | undefined => {
  if (query.body.kind !== 'set') return undefined;
  if (names === undefined) throw new SqlError(`recursive common table expression "${table}" needs a column list`);
  return rename(emitBody(query.body.left, emitter, []).columns, names, table);
};

const rename = (
  columns: readonly OutputColumn[],
  names: readonly string[] | undefined,
  table: string,
): readonly OutputColumn[] => {
  if (names === undefined) return columns;
  if (names.length !== columns.length)
    throw new SqlError(
      `WITH query "${table}" has ${columns.length} columns available but ${names.length} columns specified`,
    );
  return columns.map((column, at) => ({ ...column, name: names[at] ?? column.name }));
};

const emitBody = (body: Body, emitter: Emitter, orderBy: readonly OrderItem[]): EmittedQuery => {
  switch (body.kind) {
    case 'select':
      return emitSelect(body, emitter, orderBy);
    case 'nested': {
      const inner = emitter.query(body.query);
      return { sql: `(${inner.sql})${emitOutputOrder(orderBy, inner.columns)}`, columns: inner.columns };
    }
    case 'set': {
      const [left, right] = [emitBody(body.left, emitter, []), emitBody(body.right, emitter, [])];
      if (left.columns.length !== right.columns.length)
        throw new SqlError(`each ${body.operator} query must have the same number of columns`);
      const columns = left.columns.map(
        (column, at): OutputColumn => ({
          name: column.name,
          type: commonType(column.type, right.columns[at]?.type ?? column.type),
        }),
      );
      const side = (part: Body, sql: string): string => (part.kind === 'set' ? `(${sql})` : sql);
      const sql = `${side(body.left, left.sql)} ${body.operator} ${side(body.right, right.sql)}`;
      return { sql: `${sql}${emitOutputOrder(orderBy, columns)}`, columns };
    }
  }
};

const emitSelect = (select: Select, outer: Emitter, orderBy: readonly OrderItem[]): EmittedQuery => {
  const from = select.from.length === 0 ? { sql: '', scope: emptyScope(outer.scope) } : emitFrom(select.from, outer);
  const { items, scope } = emitItems(select, from.scope, outer);
  const emitter = outer.at({ scope });
  const columns = items.map(
    ({ name, emitted }): OutputColumn => ({
      name,
      type: emitted.type,
      ...(emitted.source === undefined ? {} : { source: emitted.source }),
    }),
  );
  const clause = (word: string, value: Expression | undefined, at: Emitter): string =>
    value === undefined ? '' : ` ${word} ${condition(at.expression(value))}`;
  const sql = [
    `SELECT ${select.distinct ? 'DISTINCT ' : ''}${items.map((item) => `${item.emitted.sql} AS ${quoteName(item.name)}`).join(', ')}`,
    from.sql === '' ? '' : ` FROM ${from.sql}`,
    clause('WHERE', select.where, outer.at({ scope: from.scope })),
    emitGroupBy(select.groupBy, emitter, columns.length),
    clause('HAVING', select.having, emitter),
    clause('QUALIFY', select.qualify, emitter),
    emitOrder(orderBy, emitter, items),
    select.top === undefined ? '' : ` LIMIT ${select.top}`,
  ].join('');
  return { sql, columns };
};

/** The select list; each alias is in scope for the items after it, as Redshift's lateral column aliases. */
const emitItems = (
  select: Select,
  start: Scope,
  outer: Emitter,
): { readonly items: readonly Output[]; readonly scope: Scope } => {
  const outputs = new Map<string, Emitted>();
  const scope: Scope = { ...start, outputs };
  const emitter = outer.at({ scope });
  const items = select.items.flatMap((item) => {
    if (item.kind === 'star') return starColumns(start, item.of);
    const emitted = emitter.expression(item.expression);
    if (item.alias !== undefined) outputs.set(item.alias, emitted);
    return [{ name: item.alias ?? emitted.name ?? '?column?', emitted }];
  });
  return { items, scope };
};

const emitGroupBy = (groupBy: readonly Expression[], emitter: Emitter, columns: number): string => {
  if (groupBy.length === 0) return '';
  const keys = groupBy.map((key) =>
    key.kind === 'number' ? position(key.value, columns, 'GROUP BY') : emitter.expression(key).sql,
  );
  return ` GROUP BY ${keys.join(', ')}`;
};

const position = (digits: string, columns: number, clause: string): string => {
  const at = Number(digits);
  if (!Number.isInteger(at) || at < 1 || at > columns)
    throw new SqlError(`${clause} position ${digits} is not in select list`);
  return String(at);
};

/** ORDER BY of one SELECT: a position, an alias of the select list, or any expression over the tables. */
const emitOrder = (items: readonly OrderItem[], emitter: Emitter, outputs: readonly Output[]): string => {
  if (items.length === 0) return '';
  const keys = items.map((item) => {
    const at = outputPosition(item.expression, outputs);
    const output = at === undefined ? undefined : outputs[at]?.emitted;
    if (output === undefined || at === undefined) return orderItem(emitter.expression(item.expression), item);
    return orderItem(output.type.kind === 'super' ? output : { sql: String(at + 1), type: output.type }, item);
  });
  return ` ORDER BY ${keys.join(', ')}`;
};

/** Which output column, counted from 0, a bare name or number in ORDER BY means. */
const outputPosition = (expression: Expression, columns: readonly { readonly name: string }[]): number | undefined => {
  if (expression.kind === 'number') return Number(position(expression.value, columns.length, 'ORDER BY')) - 1;
  const [step, more] = expression.kind === 'path' ? expression.steps : [];
  if (step === undefined || more !== undefined || !('name' in step)) return undefined;
  const at = columns.findIndex((column) => column.name === step.name);
  return at < 0 ? undefined : at;
};

/** ORDER BY after UNION and the like: only positions and output names. */
const emitOutputOrder = (items: readonly OrderItem[], columns: readonly OutputColumn[]): string => {
  if (items.length === 0) return '';
  const keys = items.map((item) => {
    const at = outputPosition(item.expression, columns);
    if (at === undefined)
      throw new SqlError('ORDER BY on a UNION/INTERSECT/EXCEPT result must be on one of the result columns');
    return orderItem({ sql: String(at + 1), type: { kind: 'unknown' } }, item);
  });
  return ` ORDER BY ${keys.join(', ')}`;
};
