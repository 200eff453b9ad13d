import { text, type } from '../../sql/types.ts';
import type { Emitted } from '../emitter.ts';
import { superElements, superText, superType, toSuper } from '../super.ts';
import { type Answer, type Arguments, asNumber, asText, plain, type Rules } from './rule.ts';

const yes = type('boolean');

/** Whether a SUPER value has one of DuckDB's JSON types; false, not NULL, for null. */
const isType = (...types: readonly string[]) =>
  plain(1, 1, (args) => ({
    sql: `coalesce(${superType(asSuper(args.any(0)))} IN (${types.map((each) => `'${each}'`).join(', ')}), false)`,
    type: yes,
  }));

const asSuper = (value: Emitted): Emitted =>
  value.type.kind === 'super' ? value : { sql: toSuper(value), type: type('super') };

const typeNames = [
  ['object', 'OBJECT'],
  ['array', 'ARRAY'],
  ['string', 'VARCHAR'],
  ['boolean', 'BOOLEAN'],
  ['null', 'NULL'],
] as const;

const jsonTypeof = (args: Arguments): Answer => {
  const found = superType(asSuper(args.any(0)));
  const branches = typeNames.map(([name, duck]) => `WHEN '${duck}' THEN '${name}'`).join(' ');
  return {
    sql: `(CASE WHEN ${found} IS NULL THEN NULL ELSE (CASE ${found} ${branches} ELSE 'number' END) END)`,
    type: text(7),
  };
};

/** JSON text functions end in an error for invalid JSON, unless their last argument is TRUE. */
const checked = (value: string, lax: boolean): string =>
  lax
    ? `(CASE WHEN json_valid(${value}) THEN ${value} END)`
    : `(CASE WHEN ${value} IS NULL OR json_valid(${value}) THEN ${value} ELSE error('JSON parsing error, invalid json object ' || ${value}) END)`;

const isLax = (args: Arguments): boolean => {
  const last = args.call.args.at(-1);
  return last?.kind === 'constant' && last.value === 'true';
};

const extractPath = (args: Arguments): Answer => {
  const last = args.call.args.at(-1);
  const names = args.count - 1 - (last?.kind === 'constant' ? 1 : 0);
  const path = [...Array(names).keys()].map((index) => `."${args.literal(index + 1).replaceAll('"', '')}"`).join('');
  // A missing path is an empty string, as Redshift answers.
  return {
    sql: `coalesce(json_extract_string(${checked(asText(args.at(0)), isLax(args))}, '$${path.replaceAll("'", "''")}'), CASE WHEN ${args.at(0).sql} IS NOT NULL THEN '' END)`,
    type: text(),
  };
};

const extractElement = (args: Arguments): Answer => ({
  sql: `json_extract_string(${checked(asText(args.at(0)), isLax(args))}, '$[' || CAST(${asNumber(args.at(1)).sql} AS VARCHAR) || ']')`,
  type: text(),
});

const parse = (args: Arguments): Answer => {
  const value = asText(args.at(0));
  return { sql: `CAST(${checked(value, false)} AS JSON)`, type: type('super') };
};

const pairs = (args: Arguments): string =>
  [...Array(args.count).keys()]
    .map((index) => (index % 2 === 0 ? asText(args.at(index)) : toSuper(args.any(index))))
    .join(', ');

export const documentRules: Rules = {
  json_parse: plain(1, 1, parse),
  can_json_parse: plain(1, 1, (args) => ({ sql: `json_valid(${asText(args.at(0))})`, type: yes })),
  is_valid_json: plain(1, 1, (args) => ({
    sql: `(json_valid(${asText(args.at(0))}) AND json_type(${asText(args.at(0))}) = 'OBJECT')`,
    type: yes,
  })),
  is_valid_json_array: plain(1, 1, (args) => ({
    sql: `(json_valid(${asText(args.at(0))}) AND json_type(${asText(args.at(0))}) = 'ARRAY')`,
    type: yes,
  })),
  json_serialize: plain(1, 1, (args) => ({ sql: `CAST(${asSuper(args.any(0)).sql} AS VARCHAR)`, type: text(65_535) })),
  json_size: plain(1, 1, (args) => ({
    sql: `CAST(strlen(CAST(${asSuper(args.any(0)).sql} AS VARCHAR)) AS INTEGER)`,
    type: type('integer'),
  })),
  json_typeof: plain(1, 1, jsonTypeof),
  json_extract_path_text: plain(2, 8, extractPath),
  json_extract_array_element_text: plain(2, 3, extractElement),
  json_array_length: plain(1, 2, (args) => ({
    sql: `CAST(json_array_length(${checked(asText(args.at(0)), isLax(args))}) AS INTEGER)`,
    type: type('integer'),
  })),
  get_array_length: plain(1, 1, (args) => {
    const value = asSuper(args.any(0));
    return {
      sql: `(CASE WHEN ${superType(value)} = 'ARRAY' THEN CAST(json_array_length(${value.sql}) AS BIGINT) END)`,
      type: type('bigint'),
    };
  }),
  array: plain(0, 255, (args) => ({
    sql: `json_array(${[...Array(args.count).keys()].map((index) => toSuper(args.any(index))).join(', ')})`,
    type: type('super'),
  })),
  object: plain(0, 254, (args) => ({ sql: `json_object(${pairs(args)})`, type: type('super') })),
  array_concat: plain(2, 2, (args) => ({
    sql: `to_json(list_concat(${superElements(asSuper(args.any(0)))}, ${superElements(asSuper(args.any(1)))}))`,
    type: type('super'),
  })),
  subarray: plain(2, 3, (args) => {
    const [start, count] = [asNumber(args.at(1)).sql, args.count === 3 ? asNumber(args.at(2)).sql : '2147483647'];
    return {
      sql: `to_json(${superElements(asSuper(args.any(0)))}[${start} + 1:${start} + ${count}])`,
      type: type('super'),
    };
  }),
  split_to_array: plain(1, 2, (args) => ({
    sql: `to_json(string_split(${asText(args.at(0))}, ${args.count === 2 ? asText(args.at(1)) : "','"}))`,
    type: type('super'),
  })),
  is_array: isType('ARRAY'),
  is_object: isType('OBJECT'),
  is_varchar: isType('VARCHAR'),
  is_char: isType('VARCHAR'),
  is_boolean: isType('BOOLEAN'),
  is_integer: plain(1, 1, (args) => ({
    sql: `(coalesce(${superType(asSuper(args.any(0)))} IN ('BIGINT', 'UBIGINT'), false) AND TRY_CAST(${superText(asSuper(args.any(0)))} AS INTEGER) IS NOT NULL)`,
    type: yes,
  })),
  is_bigint: isType('BIGINT', 'UBIGINT'),
  is_float: isType('DOUBLE'),
  is_decimal: isType('DOUBLE', 'BIGINT', 'UBIGINT'),
  is_scalar: isType('VARCHAR', 'BOOLEAN', 'DOUBLE', 'BIGINT', 'UBIGINT'),
};
