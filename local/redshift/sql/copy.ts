import { SqlError, unknownHere } from '../error.ts';
import type { Cursor } from './cursor.ts';
import { parseName } from './grammar.ts';
import type { CopyStatement } from './statements.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Options = Mutable<Omit<CopyStatement, 'kind' | 'table' | 'columns' | 'from'>>;

/** Options that cannot go with JSON ("COPY from JSON format", Amazon Redshift Database Developer Guide). */
const notWithJson =
  'csv delimiter escape fillrecord fixedwidth ignoreblanklines null readratio removequotes ignoreheader quote'.split(
    ' ',
  );
/** Options and formats that Redshift has and the laptop does not. */
const notHere =
  'parquet orc avro shapefile bzip2 lzop zstd credentials access_key_id secret_access_key session_token encrypted acceptinvchars acceptanydate ignoreallerrors explicit_ids ssh job master_symmetric_key encoding'.split(
    ' ',
  );

/** Reads COPY … FROM 's3://…' strictly: each option once, JSON only, and none that would let a bad row pass unseen. */
export const parseCopy = (cursor: Cursor): CopyStatement => {
  cursor.expect('copy');
  const table = parseName(cursor);
  const columns = cursor.atSymbol('(') ? cursor.list(() => cursor.identifier()) : undefined;
  cursor.expect('from');
  const from = cursor.string();
  if (!/^s3:\/\/[^/]+\/./.test(from)) throw unknownHere(`COPY from '${from}': only s3://bucket/key`);
  const given = new Set<string>();
  const options: Options = {
    iamRole: 'default',
    json: 'auto',
    gzip: false,
    manifest: false,
    timeFormat: 'auto',
    truncateColumns: false,
    blanksAsNull: false,
    emptyAsNull: false,
    trimBlanks: false,
    roundDecimals: false,
    noLoad: false,
  };
  while (cursor.peek().kind === 'word') {
    const word = parseOption(cursor, options);
    if (given.has(word)) throw new SqlError(`conflicting or redundant options: ${word.toUpperCase()}`);
    given.add(word);
  }
  if (!given.has('json')) throw unknownHere('COPY without FORMAT JSON');
  if (!given.has('iam_role')) throw new SqlError('COPY needs credentials: IAM_ROLE is missing');
  return { kind: 'copy', table, from, ...options, ...(columns === undefined ? {} : { columns }) };
};

const parseOption = (cursor: Cursor, options: Options): string => {
  const start = cursor.peek();
  const format = cursor.accept('format');
  if (format) cursor.accept('as');
  const word = cursor.peek().text;
  if (notWithJson.includes(word)) throw new SqlError(`${word.toUpperCase()} cannot be used with FORMAT JSON`);
  if (notHere.includes(word)) throw unknownHere(`COPY's ${word.toUpperCase()}`);
  if (format && word !== 'json') throw cursor.unexpected();
  cursor.next();
  switch (word) {
    case 'json':
      options.json = parseJson(cursor);
      break;
    case 'iam_role':
      options.iamRole = parseRole(cursor);
      break;
    case 'gzip':
      options.gzip = true;
      break;
    case 'manifest':
      options.manifest = true;
      break;
    case 'timeformat':
      options.timeFormat = parseTimeFormat(cursor);
      break;
    case 'dateformat':
      cursor.accept('as');
      if (cursor.string() !== 'auto') throw unknownHere("COPY's DATEFORMAT other than 'auto'");
      break;
    case 'region':
      cursor.accept('as');
      cursor.string();
      break;
    case 'maxerror':
      cursor.accept('as');
      if (cursor.integer() !== 0) throw unknownHere("COPY's MAXERROR above 0: it drops rows");
      break;
    case 'comprows':
      cursor.integer();
      break;
    case 'compupdate':
    case 'statupdate': {
      const values = word === 'compupdate' ? ['on', 'off', 'true', 'false', 'preset'] : ['on', 'off', 'true', 'false'];
      if (!values.some((value) => cursor.accept(value))) throw cursor.unexpected();
      break;
    }
    default:
      if (!setFlag(options, word))
        throw new SqlError(`syntax error at or near "${start.text}"\n  Position: ${start.at + 1}`);
  }
  return word;
};

const setFlag = (options: Options, word: string): boolean => {
  switch (word) {
    case 'truncatecolumns':
      options.truncateColumns = true;
      return true;
    case 'blanksasnull':
      options.blanksAsNull = true;
      return true;
    case 'emptyasnull':
      options.emptyAsNull = true;
      return true;
    case 'trimblanks':
      options.trimBlanks = true;
      return true;
    case 'roundec':
      options.roundDecimals = true;
      return true;
    case 'noload':
      options.noLoad = true;
      return true;
    default:
      return false;
  }
};

const parseJson = (cursor: Cursor): CopyStatement['json'] => {
  cursor.accept('as');
  if (cursor.peek().kind !== 'string') throw unknownHere("COPY's JSON without 'auto'");
  const value = cursor.string();
  if (value === 'auto' || value === 'auto ignorecase' || value === 'noshred') return value;
  throw unknownHere(`COPY's JSON '${value}': only 'auto', 'auto ignorecase' and 'noshred'`);
};

const parseRole = (cursor: Cursor): string => {
  if (cursor.accept('default')) return 'default';
  const role = cursor.string();
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+(,arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+)*$/.test(role)) {
    throw new SqlError(`invalid IAM role ARN: ${role}`);
  }
  return role;
};

const parseTimeFormat = (cursor: Cursor): CopyStatement['timeFormat'] => {
  cursor.accept('as');
  const format = cursor.string();
  if (format === 'auto' || format === 'epochsecs' || format === 'epochmillisecs') return format;
  throw unknownHere(`COPY's TIMEFORMAT '${format}'`);
};
