import { unknownHere } from '../../error.ts';

/** A piece of a TO_CHAR pattern: a strftime format, or an expression over the time. */
export type Piece = { readonly strftime: string } | { readonly sql: (time: string) => string };

/** Parts of a datetime pattern, longest first ("Datetime format strings", Amazon Redshift Database Developer Guide). */
const formats: readonly (readonly [pattern: string, strftime: string])[] = [
  ['YYYY', '%Y'],
  ['HH24', '%H'],
  ['HH12', '%I'],
  ['IYYY', '%G'],
  ['MON', '%b'],
  ['DDD', '%j'],
  ['YY', '%y'],
  ['MM', '%m'],
  ['MI', '%M'],
  ['MS', '%g'],
  ['DD', '%d'],
  ['DY', '%a'],
  ['HH', '%I'],
  ['IW', '%V'],
  ['SS', '%S'],
  ['US', '%f'],
  ['AM', '%p'],
  ['PM', '%p'],
];

const padded =
  (format: string) =>
  (time: string): string =>
    `rpad(strftime(${time}, '${format}'), 9, ' ')`;

const expressions: readonly (readonly [pattern: string, sql: (time: string) => string])[] = [
  ['MONTH', padded('%B')],
  ['DAY', padded('%A')],
  ['Q', (time) => `CAST(quarter(${time}) AS VARCHAR)`],
  ['D', (time) => `CAST(dayofweek(${time}) + 1 AS VARCHAR)`],
];

/** Cuts a TO_CHAR pattern into pieces; the case of names follows the case of the pattern's first two letters. */
export const toStrftime = (pattern: string): readonly Piece[] => {
  const pieces: Piece[] = [];
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const quoted = /^"([^"]*)"/.exec(rest);
    const word = rest.toUpperCase();
    const expression = expressions.find(([name]) => word.startsWith(name) && !(name === 'D' && /^D[DY]/.test(word)));
    const format = formats.find(([name]) => word.startsWith(name));
    if (quoted !== null) {
      pieces.push({ strftime: (quoted[1] ?? '').replaceAll('%', '%%') });
      at += quoted[0].length;
    } else if (expression !== undefined) {
      const [name, sql] = expression;
      pieces.push({ sql: (time) => inCase(rest.slice(0, name.length), sql(time)) });
      at += name.length;
    } else if (format !== undefined) {
      const [name, strftime] = format;
      const isName = ['%b', '%a', '%p'].includes(strftime);
      pieces.push(
        isName
          ? { sql: (time) => inCase(rest.slice(0, name.length), `strftime(${time}, '${strftime}')`) }
          : { strftime },
      );
      at += name.length;
    } else if (/^[-/,.;: T_Z]/.test(rest)) {
      pieces.push({ strftime: rest.charAt(0) });
      at += 1;
    } else throw unknownHere(`the datetime pattern "${rest}"`);
  }
  return pieces;
};

/** MON gives NOV, Mon Nov, mon nov. */
const inCase = (pattern: string, sql: string): string => {
  if (!/[a-z]/i.test(pattern) || pattern.length === 1) return sql;
  if (pattern === pattern.toUpperCase()) return `upper(${sql})`;
  return pattern === pattern.toLowerCase() ? `lower(${sql})` : sql;
};

/** A pattern for reading, as strptime wants it. */
export const readPattern = (pattern: string): string =>
  toStrftime(pattern)
    .map((piece) => {
      if ('strftime' in piece) return piece.strftime;
      const probe = piece.sql('t');
      const format = /'(%[a-zA-Z])'/.exec(probe)?.[1];
      if (format === undefined) throw unknownHere(`reading the datetime pattern "${pattern}"`);
      return format;
    })
    .join('');
