import { SqlError, unknownHere } from '../../error.ts';
import { text, type } from '../../sql/types.ts';
import { castTo } from '../cast.ts';
import { quote } from '../emitter.ts';
import { readPattern, toStrftime } from './patterns.ts';
import { type Answer, type Arguments, asNumber, asText, asTimestamp, plain, type Rules } from './rule.ts';

/** Spellings of date parts ("Date parts for date or timestamp functions", Amazon Redshift Database Developer Guide). */
const spellings: Readonly<Record<string, string>> = {
  millennium: 'millennium millennia mil mils',
  century: 'century centuries c cent cents',
  decade: 'decade decades dec decs',
  epoch: 'epoch',
  year: 'year years y yr yrs',
  quarter: 'quarter quarters qtr qtrs',
  month: 'month months mon mons',
  week: 'week weeks w',
  dow: 'dayofweek dow dw weekday',
  doy: 'dayofyear doy dy yearday',
  day: 'day days d',
  hour: 'hour hours h hr hrs',
  minute: 'minute minutes m min mins',
  second: 'second seconds s sec secs',
  millisecond: 'millisecond milliseconds ms msec msecs msecond mseconds millisec millisecs millisecon',
  microsecond: 'microsecond microseconds us usec usecs microsec microsecs microsecond useconds usecond',
};
const parts = new Map(
  Object.entries(spellings).flatMap(([part, words]) => words.split(' ').map((word) => [word, part] as const)),
);

const partOf = (args: Arguments, index: number): string => {
  const word = args.word(index);
  const part = parts.get(word);
  if (part === undefined) throw new SqlError(`date part "${word}" is not known to ${args.call.name}`);
  return part;
};

const units = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond', 'microsecond'];

const dateadd = (args: Arguments): Answer => {
  const part = partOf(args, 0);
  if (!units.includes(part)) throw new SqlError(`DATEADD does not take the date part "${part}"`);
  const [count, time] = [asNumber(args.at(1)), asTimestamp(args.at(2))];
  const number = `CAST(${count.sql} AS ${['second', 'millisecond'].includes(part) ? 'DOUBLE' : part.length > 5 && part !== 'quarter' ? 'BIGINT' : 'INTEGER'})`;
  const interval = part === 'quarter' ? `to_months(3 * ${number})` : `to_${part}s(${number})`;
  return { sql: `(${time.sql} + ${interval})`, type: time.type };
};

const datediff = (args: Arguments): Answer => {
  const part = partOf(args, 0);
  if (!units.includes(part)) throw new SqlError(`DATEDIFF does not take the date part "${part}"`);
  const [from, to] = [asTimestamp(args.at(1)), asTimestamp(args.at(2))];
  return { sql: `date_diff('${part}', ${from.sql}, ${to.sql})`, type: type('bigint') };
};

const datePart = (args: Arguments, result: 'double' | 'integer'): Answer => {
  const part = partOf(args, 0);
  const value = asTimestamp(args.at(1));
  const wide = part === 'epoch' || part === 'microsecond' ? 'double' : result;
  // DuckDB counts the minute's whole milliseconds and microseconds; Redshift only those of the second.
  const modulus = part === 'millisecond' ? ' % 1000' : part === 'microsecond' ? ' % 1000000' : '';
  return { sql: `CAST(date_part('${part}', ${value.sql})${modulus} AS ${wide.toUpperCase()})`, type: type(wide) };
};

const moment = (epoch: number, to: 'TIMESTAMP' | 'TIMESTAMPTZ' | 'DATE'): string => {
  const iso = new Date(epoch)
    .toISOString()
    .replace('T', ' ')
    .replace('Z', to === 'TIMESTAMPTZ' ? '+00' : '');
  return `CAST('${to === 'DATE' ? iso.slice(0, 10) : iso}' AS ${to})`;
};

const toChar = (args: Arguments): Answer => {
  const value = args.at(0);
  if (!['timestamp', 'timestamptz', 'date'].includes(value.type.kind)) throw unknownHere('TO_CHAR of numbers');
  const pieces = toStrftime(args.literal(1));
  const time = asTimestamp(value).sql;
  const sql = pieces.map((piece) =>
    'strftime' in piece ? `strftime(${time}, ${quote(piece.strftime)})` : piece.sql(time),
  );
  return { sql: sql.length === 0 ? "''" : `(${sql.join(' || ')})`, type: text() };
};

const monthEnd = (args: Arguments): Answer => {
  const [time, months] = [asTimestamp(args.at(0)), asNumber(args.at(1))];
  const moved = `(${time.sql} + to_months(CAST(${months.sql} AS INTEGER)))`;
  const isLast = `CAST(${time.sql} AS DATE) = last_day(${time.sql})`;
  const sql = `(CASE WHEN ${isLast} THEN ${moved} + to_days(CAST(last_day(${moved}) - CAST(${moved} AS DATE) AS INTEGER)) ELSE ${moved} END)`;
  return { sql, type: time.type };
};

const convertTimezone = (args: Arguments): Answer => {
  const [from, to, at] =
    args.count === 3 ? [asText(args.at(0)), asText(args.at(1)), args.at(2)] : ["'UTC'", asText(args.at(0)), args.at(1)];
  return { sql: `timezone(${to}, timezone(${from}, ${asTimestamp(at).sql}))`, type: type('timestamp') };
};

export const dateRules: Rules = {
  /** Start of the statement, in whole seconds ("GETDATE function", Amazon Redshift Database Developer Guide). */
  getdate: plain(0, 0, ({ emitter }) => ({
    sql: moment(Math.floor(emitter.context.statementTime / 1000) * 1000, 'TIMESTAMP'),
    type: type('timestamp'),
  })),
  /** Start of the transaction. */
  sysdate: plain(0, 0, ({ emitter }) => ({
    sql: moment(emitter.context.transactionTime, 'TIMESTAMP'),
    type: type('timestamp'),
  })),
  current_timestamp: plain(0, 0, ({ emitter }) => ({
    sql: moment(emitter.context.transactionTime, 'TIMESTAMPTZ'),
    type: type('timestamptz'),
  })),
  current_date: plain(0, 0, ({ emitter }) => ({
    sql: moment(emitter.context.transactionTime, 'DATE'),
    type: type('date'),
  })),
  dateadd: plain(3, 3, dateadd),
  date_add: plain(3, 3, dateadd),
  datediff: plain(3, 3, datediff),
  date_diff: plain(3, 3, datediff),
  date_part: plain(2, 2, (args) => datePart(args, 'double')),
  extract: plain(2, 2, (args) => datePart(args, 'integer')),
  date_part_year: plain(1, 1, (args) => ({
    sql: `CAST(year(${asTimestamp(args.at(0)).sql}) AS INTEGER)`,
    type: type('integer'),
  })),
  date_trunc: plain(2, 2, (args) => {
    const part = partOf(args, 0);
    if (['epoch', 'dow', 'doy'].includes(part)) throw new SqlError(`DATE_TRUNC does not take the date part "${part}"`);
    const time = asTimestamp(args.at(1));
    return { sql: `date_trunc('${part}', ${time.sql})`, type: time.type };
  }),
  date: plain(1, 1, (args) => castTo(args.at(0), type('date'))),
  last_day: plain(1, 1, (args) => ({ sql: `last_day(${asTimestamp(args.at(0)).sql})`, type: type('date') })),
  add_months: plain(2, 2, monthEnd),
  to_char: plain(2, 2, toChar),
  to_date: plain(2, 2, (args) => ({
    sql: `CAST(strptime(${asText(args.at(0))}, ${quote(readPattern(args.literal(1)))}) AS DATE)`,
    type: type('date'),
  })),
  to_timestamp: plain(2, 2, (args) => ({
    sql: `CAST(strptime(${asText(args.at(0))}, ${quote(readPattern(args.literal(1)))}) AS TIMESTAMPTZ)`,
    type: type('timestamptz'),
  })),
  timezone: plain(2, 2, (args) => {
    const time = args.at(1);
    const zoned = time.type.kind === 'timestamptz';
    return {
      sql: `timezone(${asText(args.at(0))}, ${asTimestamp(time).sql})`,
      type: type(zoned ? 'timestamp' : 'timestamptz'),
    };
  }),
  convert_timezone: plain(2, 3, convertTimezone),
};
