/** A statement without its comments and the values in it, so that two sendings of one text are alike however many values they list. */
export const toPattern = (sql: string): string =>
  sql
    .replace(/^\s*--.*$/gm, '')
    .replace(/'(?:[^']|'')*'|"[^"]*"|\b\d+(?:\.\d+)?\b|\bNULL\b/g, '?')
    .replace(/\s+/g, ' ')
    .replace(/\?(?:, \?)+/g, '?')
    .replace(/\(\?\)(?:, \(\?\))+/g, '(?)')
    .trim();
