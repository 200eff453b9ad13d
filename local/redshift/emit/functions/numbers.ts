import { decimal, isFloat, isInteger, type SqlType, type } from '../../sql/types.ts';
import { type Answer, type Arguments, asNumber, plain, type Rules } from './rule.ts';

const double = type('double');

const overDouble = (duckName: string, count = 1) =>
  plain(count, count, (args) => ({
    sql: `${duckName}(${[...Array(count).keys()].map((index) => `CAST(${asNumber(args.at(index)).sql} AS DOUBLE)`).join(', ')})`,
    type: double,
  }));

const keep = (duckName: string) =>
  plain(1, 1, (args) => {
    const value = asNumber(args.at(0));
    return { sql: `${duckName}(${value.sql})`, type: value.type };
  });

/** FLOOR and CEILING give a whole number of the argument's family. */
const whole = (duckName: string) =>
  plain(1, 1, (args) => {
    const value = asNumber(args.at(0));
    return {
      sql: `${duckName}(${value.sql})`,
      type: value.type.kind === 'decimal' ? decimal(value.type.precision ?? 18, 0) : value.type,
    };
  });

/** ROUND and TRUNC keep the scale of a decimal; TRUNC of a timestamp is its date. */
const cut =
  (duckName: string) =>
  (args: Arguments): Answer => {
    const value = args.at(0);
    if (duckName === 'trunc' && ['timestamp', 'timestamptz', 'date'].includes(value.type.kind)) {
      return { sql: `CAST(${value.sql} AS DATE)`, type: type('date') };
    }
    const number = asNumber(value);
    const digits = args.count === 2 ? `, ${asNumber(args.at(1)).sql}` : '';
    const sql = `${duckName}(${number.sql}${digits})`;
    return number.type.kind === 'decimal'
      ? { sql: `CAST(${sql} AS ${decimalName(number.type)})`, type: number.type }
      : { sql, type: number.type };
  };

const decimalName = (of: SqlType): string => `DECIMAL(${of.precision ?? 18},${of.scale ?? 0})`;

const mod = (args: Arguments): Answer => {
  const [left, right] = [asNumber(args.at(0)), asNumber(args.at(1))];
  const result =
    isInteger(left.type) && isInteger(right.type) ? type('bigint') : isFloat(left.type) ? double : left.type;
  return {
    sql: `(${left.sql} % (CASE WHEN ${right.sql} = 0 THEN error('Divide by zero') ELSE ${right.sql} END))`,
    type: result,
  };
};

export const numberRules: Rules = {
  abs: keep('abs'),
  ceil: whole('ceil'),
  ceiling: whole('ceil'),
  floor: whole('floor'),
  round: plain(1, 2, cut('round')),
  trunc: plain(1, 2, cut('trunc')),
  mod: plain(2, 2, mod),
  sign: plain(1, 1, (args) => ({ sql: `CAST(sign(${asNumber(args.at(0)).sql}) AS INTEGER)`, type: type('integer') })),
  power: overDouble('pow', 2),
  pow: overDouble('pow', 2),
  exp: overDouble('exp'),
  dexp: overDouble('exp'),
  ln: overDouble('ln'),
  dlog1: overDouble('ln'),
  log: overDouble('log10'),
  dlog10: overDouble('log10'),
  sqrt: overDouble('sqrt'),
  cbrt: overDouble('cbrt'),
  sin: overDouble('sin'),
  cos: overDouble('cos'),
  tan: overDouble('tan'),
  cot: overDouble('cot'),
  asin: overDouble('asin'),
  acos: overDouble('acos'),
  atan: overDouble('atan'),
  atan2: overDouble('atan2', 2),
  degrees: overDouble('degrees'),
  radians: overDouble('radians'),
  pi: plain(0, 0, () => ({ sql: 'pi()', type: double })),
  random: plain(0, 0, () => ({ sql: 'random()', type: double })),
};
