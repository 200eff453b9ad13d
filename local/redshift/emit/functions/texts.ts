import { SqlError } from '../../error.ts';
import { text, type } from '../../sql/types.ts';
import { quote } from '../emitter.ts';
import { type Answer, type Arguments, asNumber, asText, plain, type Rules, textual } from './rule.ts';

const int = (value: string): string => `CAST(${value} AS INTEGER)`;

/** Redshift's SUBSTRING counts from 1; a start before it uses up length, as DuckDB does for 0 only. */
const substring = (args: Arguments): Answer => {
  const value = asText(args.at(0));
  const start = asNumber(args.at(1)).sql;
  if (args.count === 2) return { sql: `substring(${value}, greatest(1, ${start}))`, type: text() };
  const length = asNumber(args.at(2)).sql;
  return {
    sql: `substring(${value}, greatest(1, ${start}), greatest(0, ${length} + least(0, ${start} - 1)))`,
    type: text(),
  };
};

const trim = (duckName: string) =>
  plain(1, 2, (args) => ({
    sql: `${duckName}(${asText(args.at(0))}${args.count === 2 ? `, ${asText(args.at(1))}` : ''})`,
    type: text(args.at(0).type.length),
  }));

const pad = (duckName: string) =>
  plain(2, 3, (args) => ({
    sql: `${duckName}(${asText(args.at(0))}, ${int(asNumber(args.at(1)).sql)}, ${args.count === 3 ? asText(args.at(2)) : "' '"})`,
    type: text(),
  }));

/** Backreferences are $1 in Redshift and \1 in DuckDB; Redshift replaces every match. */
const regexpReplace = (args: Arguments): Answer => {
  const replacement = args.count > 2 ? quote(args.literal(2).replace(/\$(\d)/g, '\\$1')) : "''";
  return { sql: `regexp_replace(${asText(args.at(0))}, ${asText(args.at(1))}, ${replacement}, 'g')`, type: text() };
};

const sha2 = (args: Arguments): Answer => {
  const bits = args.at(1).sql;
  if (bits !== '256' && bits !== '0')
    throw new SqlError(`the laptop's warehouse does not know SHA2 with ${bits} bits: only 256`);
  return { sql: `sha256(${asText(args.at(0))})`, type: text() };
};

const initcap = (args: Arguments): Answer => ({
  sql: `array_to_string(list_transform(regexp_extract_all(lower(${asText(args.at(0))}), '[a-z0-9]+|[^a-z0-9]+'), lambda w: upper(left(w, 1)) || substring(w, 2)), '')`,
  type: text(),
});

const find = (value: number, sought: number) =>
  plain(2, 2, (args) => ({
    sql: int(`strpos(${asText(args.at(value))}, ${asText(args.at(sought))})`),
    type: type('integer'),
  }));

const length = plain(1, 1, (args) => ({ sql: int(`length(${asText(args.at(0))})`), type: type('integer') }));

const quoteIdent = (args: Arguments): Answer => ({
  sql: `('"' || replace(${asText(args.at(0))}, '"', '""') || '"')`,
  type: text(),
});

export const textRules: Rules = {
  lower: plain(1, 1, (args) => ({ sql: `lower(${asText(args.at(0))})`, type: text(args.at(0).type.length) })),
  upper: plain(1, 1, (args) => ({ sql: `upper(${asText(args.at(0))})`, type: text(args.at(0).type.length) })),
  initcap: plain(1, 1, initcap),
  len: length,
  length,
  char_length: length,
  character_length: length,
  octet_length: plain(1, 1, (args) => ({ sql: int(`strlen(${asText(args.at(0))})`), type: type('integer') })),
  btrim: trim('trim'),
  ltrim: trim('ltrim'),
  rtrim: trim('rtrim'),
  substring: plain(2, 3, substring),
  substr: plain(2, 3, substring),
  left: plain(2, 2, (args) => ({
    sql: `left(${asText(args.at(0))}, ${asNumber(args.at(1)).sql})`,
    type: text(args.at(0).type.length),
  })),
  right: plain(2, 2, (args) => ({
    sql: `right(${asText(args.at(0))}, ${asNumber(args.at(1)).sql})`,
    type: text(args.at(0).type.length),
  })),
  lpad: pad('lpad'),
  rpad: pad('rpad'),
  replace: textual('replace', 3),
  translate: textual('translate', 3),
  reverse: textual('reverse', 1),
  repeat: plain(2, 2, (args) => ({ sql: `repeat(${asText(args.at(0))}, ${asNumber(args.at(1)).sql})`, type: text() })),
  replicate: plain(2, 2, (args) => ({
    sql: `repeat(${asText(args.at(0))}, ${asNumber(args.at(1)).sql})`,
    type: text(),
  })),
  concat: plain(2, 2, (args) => ({ sql: `(${asText(args.at(0))} || ${asText(args.at(1))})`, type: text() })),
  strpos: find(0, 1),
  charindex: find(1, 0),
  split_part: plain(3, 3, (args) => ({
    sql: `split_part(${asText(args.at(0))}, ${asText(args.at(1))}, ${asNumber(args.at(2)).sql})`,
    type: text(),
  })),
  chr: plain(1, 1, (args) => ({ sql: `chr(${int(asNumber(args.at(0)).sql)})`, type: text() })),
  ascii: plain(1, 1, (args) => ({ sql: `ascii(${asText(args.at(0))})`, type: type('integer') })),
  md5: textual('md5', 1),
  sha: textual('sha1', 1),
  sha1: textual('sha1', 1),
  func_sha1: textual('sha1', 1),
  sha2: plain(2, 2, sha2),
  quote_ident: plain(1, 1, quoteIdent),
  quote_literal: plain(1, 1, (args) => ({
    sql: `('''' || replace(${asText(args.at(0))}, '''', '''''') || '''')`,
    type: text(),
  })),
  regexp_replace: plain(2, 3, regexpReplace),
  regexp_substr: plain(2, 2, (args) => ({
    sql: `regexp_extract(${asText(args.at(0))}, ${asText(args.at(1))})`,
    type: text(),
  })),
  regexp_count: plain(2, 2, (args) => ({
    sql: int(`len(regexp_extract_all(${asText(args.at(0))}, ${asText(args.at(1))}))`),
    type: type('integer'),
  })),
  regexp_instr: plain(2, 2, (args) => ({
    sql: int(
      `CASE WHEN regexp_matches(${asText(args.at(0))}, ${asText(args.at(1))}) THEN strpos(${asText(args.at(0))}, regexp_extract(${asText(args.at(0))}, ${asText(args.at(1))})) ELSE 0 END`,
    ),
    type: type('integer'),
  })),
};
