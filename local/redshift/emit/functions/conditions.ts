import { SqlError } from '../../error.ts';
import { commonType, isText, type SqlType, type } from '../../sql/types.ts';
import type { Emitted } from '../emitter.ts';
import { compare, condition } from '../operators.ts';
import { toSuper } from '../super.ts';
import { type Answer, type Arguments, plain, type Rules } from './rule.ts';

/** Values brought to their common type; SUPER takes the others in. */
export const unify = (values: readonly Emitted[]): { readonly sqls: readonly string[]; readonly type: SqlType } => {
  const common = values.map((each) => each.type).reduce(commonType, type('null'));
  const sqls = values.map((each) => {
    if (common.kind === 'super') return toSuper(each);
    const isOpen = each.literal !== undefined && !isText(common) && !['unknown', 'null'].includes(common.kind);
    return isOpen && common.kind !== 'interval' ? `CAST(${each.sql} AS ${castName(common)})` : each.sql;
  });
  return { sqls, type: common };
};

const castName = (of: SqlType): string =>
  of.kind === 'decimal' ? `DECIMAL(${of.precision ?? 18},${of.scale ?? 0})` : of.kind.toUpperCase();

const all = (args: Arguments): Emitted[] => [...Array(args.count).keys()].map((index) => args.any(index));

const unified =
  (duckName: string) =>
  (args: Arguments): Answer => {
    const { sqls, type: common } = unify(all(args));
    return { sql: `${duckName}(${sqls.join(', ')})`, type: common };
  };

const decode = (args: Arguments): Answer => {
  const values = all(args);
  const [subject, ...rest] = values;
  if (subject === undefined) throw new SqlError('function decode needs arguments');
  const pairs = Math.floor(rest.length / 2);
  const results = rest.filter((_, at) => at % 2 === 1 || at === pairs * 2);
  const { sqls, type: common } = unify(results);
  const branches = [...Array(pairs).keys()].map((pair) => {
    const search = rest[pair * 2];
    if (search === undefined) throw new SqlError('function decode needs arguments');
    const equal =
      search.type.kind === 'null'
        ? `${subject.sql} IS NULL`
        : `(${compare('=', subject, search)} OR (${subject.sql} IS NULL AND ${search.sql} IS NULL))`;
    return `WHEN ${equal} THEN ${sqls[pair] ?? 'NULL'}`;
  });
  const otherwise = rest.length % 2 === 1 ? (sqls[pairs] ?? 'NULL') : 'NULL';
  return { sql: `(CASE ${branches.join(' ')} ELSE ${otherwise} END)`, type: common };
};

export const conditionRules: Rules = {
  coalesce: plain(1, 255, unified('coalesce')),
  nvl: plain(1, 255, unified('coalesce')),
  greatest: plain(1, 255, unified('greatest')),
  least: plain(1, 255, unified('least')),
  nvl2: plain(3, 3, (args) => {
    const { sqls, type: common } = unify([args.any(1), args.any(2)]);
    return { sql: `(CASE WHEN ${args.any(0).sql} IS NOT NULL THEN ${sqls[0]} ELSE ${sqls[1]} END)`, type: common };
  }),
  nullif: plain(2, 2, (args) => {
    const [value, other] = [args.any(0), args.any(1)];
    return { sql: `(CASE WHEN ${compare('=', value, other)} THEN NULL ELSE ${value.sql} END)`, type: value.type };
  }),
  decode: plain(3, 255, decode),
  isnull: plain(2, 2, unified('coalesce')),
  bool: plain(1, 1, (args) => ({ sql: condition(args.at(0)), type: type('boolean') })),
};
