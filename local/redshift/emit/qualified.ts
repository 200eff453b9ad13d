import { SqlError } from '../error.ts';
import type { Body, Expression, FromItem, Query } from '../sql/syntax.ts';

/** A late-binding view must name every relation with its schema ("CREATE VIEW", Amazon Redshift Database Developer Guide). */
export const refuseUnqualified = (query: Query, outer: readonly string[] = []): void => {
  let known = outer;
  for (const table of query.with) {
    refuseUnqualified(table.query, query.recursive ? [...known, table.name] : known);
    known = [...known, table.name];
  }
  checkBody(query.body, known);
};

const checkBody = (body: Body, known: readonly string[]): void => {
  if (body.kind === 'nested') refuseUnqualified(body.query, known);
  else if (body.kind === 'set') {
    checkBody(body.left, known);
    checkBody(body.right, known);
  } else {
    const aliases = [...known];
    for (const item of body.from) checkFrom(item, aliases);
    for (const item of body.items) if (item.kind === 'expression') checkExpression(item.expression, known);
    for (const expression of [body.where, body.having, body.qualify, ...body.groupBy]) {
      if (expression !== undefined) checkExpression(expression, known);
    }
  }
};

/** Also collects the aliases of FROM: `t.array AS x, x AS y` names values, not relations. */
const checkFrom = (item: FromItem, known: string[]): void => {
  switch (item.kind) {
    case 'query':
      refuseUnqualified(item.query, known);
      if (item.alias !== undefined) known.push(item.alias);
      return;
    case 'join':
      checkFrom(item.left, known);
      checkFrom(item.right, known);
      if (item.on !== undefined) checkExpression(item.on, known);
      return;
    case 'named': {
      const [first] = item.steps;
      const name = first !== undefined && 'name' in first ? first.name : '';
      if (item.steps.length === 1 && !known.includes(name)) {
        throw new SqlError(
          'All the relation names inside should be qualified when creating views with no schema binding.',
        );
      }
      const last = item.steps.at(-1);
      known.push(item.alias ?? (last !== undefined && 'name' in last ? last.name : name));
    }
  }
};

/** Looks for subqueries anywhere inside an expression. */
const checkExpression = (expression: Expression, known: readonly string[]): void => {
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) visit(each);
    else if (typeof value === 'object' && value !== null) {
      if ('query' in value && isQuery(value.query)) refuseUnqualified(value.query, known);
      else for (const each of Object.values(value)) visit(each);
    }
  };
  visit(expression);
};

const isQuery = (value: unknown): value is Query =>
  typeof value === 'object' && value !== null && 'body' in value && 'with' in value;
