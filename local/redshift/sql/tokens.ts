import { SqlError } from '../error.ts';

/** One token of a statement; `text` is decoded (words in lower case, quoted names as written), `at` and `end` are offsets in the source. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'symbol' | 'end';
  readonly text: string;
  readonly at: number;
  readonly end: number;
}

const symbols = ['::', '<>', '!=', '<=', '>=', '||', '!~*', '~*', '!~'].sort((a, b) => b.length - a.length);
const single = '()[],.;+-*/%^=<>~|&#@';
const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** Splits a statement into tokens. Strings take backslash escapes, as in Redshift. */
export const tokenize = (source: string): readonly Token[] => {
  const tokens: Token[] = [];
  let at = 0;
  const push = (kind: Token['kind'], text: string, end: number): void => {
    tokens.push({ kind, text, at, end });
    at = end;
  };
  while (at < source.length) {
    const char = source.charAt(at);
    if (/\s/.test(char)) at += 1;
    else if (source.startsWith('--', at)) at = lineEnd(source, at);
    else if (source.startsWith('/*', at)) at = commentEnd(source, at);
    else if (char === "'") push('string', ...readString(source, at));
    else if (char === '"') push('quoted', ...readQuoted(source, at));
    else if (/[A-Za-z_\u0080-\uffff]/.test(char)) {
      const end = matchEnd(/[A-Za-z0-9_$\u0080-\uffff]*/y, source, at);
      push('word', source.slice(at, end).toLowerCase(), end);
    } else if (/[0-9]/.test(char) || (char === '.' && /[0-9]/.test(source.charAt(at + 1)))) {
      const end = matchEnd(/(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y, source, at);
      if (/[A-Za-z_]/.test(source.charAt(end))) throw syntaxError(source.slice(at, end + 1), at);
      push('number', source.slice(at, end), end);
    } else if (char === ':' && /[A-Za-z0-9_]/.test(source.charAt(at + 1))) {
      const end = matchEnd(/[A-Za-z0-9_]*/y, source, at + 1);
      push('parameter', source.slice(at + 1, end), end);
    } else {
      const symbol = symbols.find((each) => source.startsWith(each, at)) ?? (single.includes(char) ? char : undefined);
      if (symbol === undefined) throw syntaxError(char, at);
      push('symbol', symbol, at + symbol.length);
    }
  }
  push('end', '', at);
  return tokens;
};

/** PostgreSQL's syntax error as the Data API shows it; `at` counts from 0, the message from 1. */
export const syntaxError = (text: string, at: number): SqlError =>
  new SqlError(
    text === '' ? 'syntax error at end of input' : `syntax error at or near "${text}"\n  Position: ${at + 1}`,
  );

const matchEnd = (pattern: RegExp, source: string, at: number): number => {
  pattern.lastIndex = at;
  return pattern.test(source) ? pattern.lastIndex : at;
};

const lineEnd = (source: string, at: number): number => {
  const end = source.indexOf('\n', at);
  return end < 0 ? source.length : end + 1;
};

const commentEnd = (source: string, start: number): number => {
  let depth = 0;
  for (let at = start; at < source.length; at += 1) {
    if (source.startsWith('/*', at)) {
      depth += 1;
      at += 1;
    } else if (source.startsWith('*/', at)) {
      depth -= 1;
      at += 1;
      if (depth === 0) return at + 1;
    }
  }
  throw new SqlError('unterminated /* comment');
};

const readString = (source: string, start: number): [text: string, end: number] => {
  let text = '';
  for (let at = start + 1; at < source.length; at += 1) {
    const char = source.charAt(at);
    if (char === "'" && source.charAt(at + 1) === "'") {
      text += "'";
      at += 1;
    } else if (char === "'") return [text, at + 1];
    else if (char === '\\') {
      at += 1;
      const octal = /^[0-7]{1,3}/.exec(source.slice(at, at + 3))?.[0];
      if (octal === undefined) text += escapes[source.charAt(at)] ?? source.charAt(at);
      else {
        text += String.fromCharCode(Number.parseInt(octal, 8));
        at += octal.length - 1;
      }
    } else text += char;
  }
  throw new SqlError('unterminated quoted string');
};

const readQuoted = (source: string, start: number): [text: string, end: number] => {
  let text = '';
  for (let at = start + 1; at < source.length; at += 1) {
    if (source.charAt(at) !== '"') text += source.charAt(at);
    else if (source.charAt(at + 1) === '"') {
      text += '"';
      at += 1;
    } else if (text === '') throw new SqlError('zero-length delimited identifier');
    else return [text, at + 1];
  }
  throw new SqlError('unterminated quoted identifier');
};
