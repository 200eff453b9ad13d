import { SqlError, unknownHere } from '../error.ts';
import type { Call } from '../sql/syntax.ts';
import type { Emitted, Emitter } from './emitter.ts';
import { aggregateRules, needsFrame, refuseInWindow } from './functions/aggregates.ts';
import { conditionRules } from './functions/conditions.ts';
import { dateRules } from './functions/dates.ts';
import { documentRules } from './functions/documents.ts';
import { numberRules } from './functions/numbers.ts';
import { argumentsOf, type Rule } from './functions/rule.ts';
import { systemRules } from './functions/system.ts';
import { textRules } from './functions/texts.ts';
import { orderSql } from './order.ts';

/** Every function that the laptop's warehouse knows, each of which Redshift has under this name. */
const rules: ReadonlyMap<string, Rule> = new Map(
  [conditionRules, dateRules, textRules, numberRules, documentRules, aggregateRules, systemRules].flatMap((each) =>
    Object.entries(each),
  ),
);

export const emitCall = (call: Call, emitter: Emitter): Emitted => {
  const rule = rules.get(call.name);
  if (rule === undefined) throw unknownHere(`the function ${call.name}`);
  checkUse(call, rule);
  const args = argumentsOf(call, emitter);
  if (call.over !== undefined) refuseInWindow(args);
  const answer = rule.emit(args);
  const over = call.over === undefined ? '' : ` OVER (${windowSql(call, emitter)})`;
  const sql = `${answer.sql}${over}`;
  return { sql: answer.wrap?.(sql) ?? sql, type: answer.type, name: call.name };
};

const checkUse = (call: Call, rule: Rule): void => {
  const { name, over } = call;
  if (call.args.length < rule.min || call.args.length > rule.max) {
    throw new SqlError(`function ${name} does not take ${call.args.length} arguments`);
  }
  if (rule.use === 'plain' && (over !== undefined || call.distinct === true))
    throw new SqlError(`${name} is not an aggregate or window function`);
  if (rule.use === 'window' && over === undefined)
    throw new SqlError(`window function ${name} requires an OVER clause`);
  if (call.approximate === true && !['count', 'percentile_disc'].includes(name))
    throw new SqlError(`APPROXIMATE is not allowed with ${name}`);
  if (call.withinGroup !== undefined && !['listagg', 'percentile_cont', 'percentile_disc'].includes(name)) {
    throw new SqlError(`WITHIN GROUP is not allowed with ${name}`);
  }
  if (call.ignoreNulls === true && !['lag', 'lead', 'first_value', 'last_value', 'nth_value'].includes(name)) {
    throw new SqlError(`IGNORE NULLS is not allowed with ${name}`);
  }
  if (over === undefined || over.orderBy.length === 0 || over.frame !== undefined || !needsFrame(name, rule.use))
    return;
  throw new SqlError('Aggregate window functions with an ORDER BY clause require a frame clause');
};

const windowSql = (call: Call, emitter: Emitter): string => {
  const { partitionBy = [], orderBy = [], frame } = call.over ?? {};
  const pieces = [
    partitionBy.length === 0
      ? ''
      : `PARTITION BY ${partitionBy.map((each) => emitter.expression(each).sql).join(', ')}`,
    orderBy.length === 0 ? '' : `ORDER BY ${orderSql(orderBy, emitter)}`,
    frame ?? '',
  ];
  return pieces.filter((piece) => piece !== '').join(' ');
};
