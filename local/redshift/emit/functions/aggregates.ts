import { SqlError, unknownHere } from '../../error.ts';
import { decimal, duckType, isInteger, type SqlType, text, type } from '../../sql/types.ts';
import { orderSql } from '../order.ts';
import { type Answer, type Arguments, aggregate, asNumber, asText, type Rule, type Rules, windowed } from './rule.ts';

const distinct = (args: Arguments): string => (args.call.distinct === true ? 'DISTINCT ' : '');

const count = (args: Arguments): Answer => {
  if (args.call.star === true) return { sql: 'count(*)', type: type('bigint') };
  if (args.count !== 1) throw new SqlError('function count needs one argument');
  if (args.call.approximate === true) {
    if (args.call.distinct !== true) throw new SqlError('APPROXIMATE needs COUNT(DISTINCT …)');
    return { sql: `approx_count_distinct(${args.any(0).sql})`, type: type('bigint') };
  }
  return { sql: `count(${distinct(args)}${args.any(0).sql})`, type: type('bigint') };
};

const castTo =
  (to: SqlType) =>
  (sql: string): string =>
    `CAST(${sql} AS ${duckType(to)})`;

/** Results of SUM and AVG ("SUM function", "AVG function", Amazon Redshift Database Developer Guide): integers stay BIGINT. */
const sum = (args: Arguments): Answer => {
  const value = asNumber(args.at(0));
  const result = isInteger(value.type)
    ? type('bigint')
    : value.type.kind === 'decimal'
      ? decimal(38, value.type.scale ?? 0)
      : type('double');
  return { sql: `sum(${distinct(args)}${value.sql})`, type: result, wrap: castTo(result) };
};

const average = (args: Arguments): Answer => {
  const value = asNumber(args.at(0));
  const sql = `avg(${distinct(args)}${value.sql})`;
  if (isInteger(value.type)) return { sql, type: type('bigint'), wrap: (inner) => `CAST(trunc(${inner}) AS BIGINT)` };
  if (value.type.kind !== 'decimal') return { sql, type: type('double') };
  const result = decimal(38, value.type.scale ?? 0);
  return { sql, type: result, wrap: castTo(result) };
};

const extreme = (name: string) =>
  aggregate(1, 1, (args) => {
    const value = args.at(0);
    if (value.type.kind === 'boolean') throw new SqlError(`function ${name}(boolean) does not exist`);
    return { sql: `${name}(${value.sql})`, type: value.type };
  });

const spread = (duckName: string): Rule =>
  aggregate(1, 1, (args) => ({
    sql: `${duckName}(${distinct(args)}${asNumber(args.at(0)).sql})`,
    type: type('double'),
  }));

const truth = (duckName: string): Rule =>
  aggregate(1, 1, (args) => ({ sql: `${duckName}(${args.at(0).sql})`, type: type('boolean') }));

const listagg = (args: Arguments): Answer => {
  const order = args.call.withinGroup === undefined ? '' : ` ORDER BY ${orderSql(args.call.withinGroup, args.emitter)}`;
  const separator = args.count === 2 ? asText(args.at(1)) : "''";
  return { sql: `string_agg(${distinct(args)}${asText(args.at(0))}, ${separator}${order})`, type: text(65_535) };
};

/** MEDIAN and PERCENTILE_CONT interpolate; of integers and decimals they give a decimal, of times a time. */
const interpolated = (value: { readonly sql: string; readonly type: SqlType }, fraction: string): Answer => {
  const sql = `quantile_cont(${value.sql}, ${fraction})`;
  const isExact = isInteger(value.type) || value.type.kind === 'decimal';
  const result = isExact ? decimal(38, Math.max(4, value.type.scale ?? 0)) : value.type;
  return { sql, type: result, ...(isExact ? { wrap: castTo(result) } : {}) };
};

const percentile = (args: Arguments): { readonly fraction: string; readonly sql: string; readonly type: SqlType } => {
  const order = args.call.withinGroup?.[0];
  if (order === undefined) throw new SqlError(`${args.call.name} needs WITHIN GROUP (ORDER BY …)`);
  const fraction = args.at(0).sql;
  if (!/^(0?\.\d+|0|1|1\.0+)$/.test(fraction)) throw new SqlError(`${args.call.name} needs a fraction between 0 and 1`);
  const value = args.emitter.expression(order.expression);
  if (value.type.kind === 'super') throw unknownHere(`${args.call.name} of SUPER: cast the value first`);
  return { fraction: order.descending ? `(1 - ${fraction})` : fraction, sql: value.sql, type: value.type };
};

const discrete = (args: Arguments): Answer => {
  const { fraction, sql, type: result } = percentile(args);
  return {
    sql: `${args.call.approximate === true ? 'approx_quantile' : 'quantile_disc'}(${sql}, ${fraction})`,
    type: result,
  };
};

const edge = (name: string, max: number) =>
  windowed(1, max, (args) => {
    const value = args.any(0);
    const rest = [...Array(args.count - 1).keys()].map((index) => `, ${args.at(index + 1).sql}`).join('');
    return {
      sql: `${name}(${value.sql}${rest}${args.call.ignoreNulls === true ? ' IGNORE NULLS' : ''})`,
      type: value.type,
    };
  });

const rank = (name: string, result: SqlType) => windowed(0, 0, () => ({ sql: `${name}()`, type: result }));

const ratio = (args: Arguments): Answer => {
  const value = `CAST(${asNumber(args.at(0)).sql} AS DOUBLE)`;
  return { sql: `sum(${value})`, type: type('double'), wrap: (inner) => `(${value} / ${inner})` };
};

export const aggregateRules: Rules = {
  count: aggregate(0, 1, count),
  sum: aggregate(1, 1, sum),
  avg: aggregate(1, 1, average),
  min: extreme('min'),
  max: extreme('max'),
  stddev: spread('stddev_samp'),
  stddev_samp: spread('stddev_samp'),
  stddev_pop: spread('stddev_pop'),
  variance: spread('var_samp'),
  var_samp: spread('var_samp'),
  var_pop: spread('var_pop'),
  bool_and: truth('bool_and'),
  bool_or: truth('bool_or'),
  bit_and: aggregate(1, 1, (args) => ({ sql: `bit_and(${args.at(0).sql})`, type: args.at(0).type })),
  bit_or: aggregate(1, 1, (args) => ({ sql: `bit_or(${args.at(0).sql})`, type: args.at(0).type })),
  any_value: aggregate(1, 1, (args) => ({ sql: `any_value(${args.any(0).sql})`, type: args.any(0).type })),
  listagg: aggregate(1, 2, listagg),
  median: aggregate(1, 1, (args) => interpolated(args.at(0), '0.5')),
  percentile_cont: aggregate(1, 1, (args) => {
    const found = percentile(args);
    return interpolated(found, found.fraction);
  }),
  percentile_disc: aggregate(1, 1, discrete),
  row_number: rank('row_number', type('bigint')),
  rank: rank('rank', type('bigint')),
  dense_rank: rank('dense_rank', type('bigint')),
  percent_rank: rank('percent_rank', type('double')),
  cume_dist: rank('cume_dist', type('double')),
  ntile: windowed(1, 1, (args) => ({ sql: `ntile(${args.at(0).sql})`, type: type('bigint') })),
  lag: edge('lag', 3),
  lead: edge('lead', 3),
  first_value: edge('first_value', 1),
  last_value: edge('last_value', 1),
  nth_value: edge('nth_value', 2),
  ratio_to_report: windowed(1, 1, ratio),
};

/** Window functions that Redshift takes only with a ROWS clause when OVER has an ORDER BY. */
export const needsFrame = (name: string, use: Rule['use']): boolean =>
  (use === 'aggregate' && !['listagg', 'median', 'percentile_cont', 'percentile_disc'].includes(name)) ||
  ['first_value', 'last_value', 'nth_value'].includes(name);

export const refuseInWindow = (args: Arguments): void => {
  if (args.call.distinct === true)
    throw unknownHere(`${args.call.name.toUpperCase()}(DISTINCT …) OVER: Redshift has none`);
};
