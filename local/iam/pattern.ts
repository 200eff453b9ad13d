import type { Context } from './principal.ts';

/** A text of a policy that others are compared with. */
export interface Pattern {
  /** As the policy has it. */
  readonly text: string;
  /** Context keys that it holds as `${key}`. */
  readonly variables: readonly string[];
  matches(text: string, context: Context): boolean;
}

export interface PatternRules {
  /** Whether `*` is any text and `?` one character; else they stand for themselves. */
  readonly wildcards: boolean;
}

const many = Symbol('*');
const one = Symbol('?');
/** A character, a wildcard, or the value of a context key. */
type Token = string | typeof many | typeof one | { readonly variable: string };

/**
 * Reads a pattern ("IAM JSON policy elements: Resource" and "…: Variables and tags", IAM user guide): `*`, `?`, `${key}`, and
 * `${*}`, `${?}`, `${$}` for the characters themselves. What a variable stands for is taken literally.
 */
export const createPattern = (text: string, { wildcards }: PatternRules): Pattern => {
  const tokens = tokenize(text, wildcards);
  const variables = tokens.flatMap((token) => (isVariable(token) ? [token.variable] : []));
  const isPlain = variables.length === 0 && tokens.every((token) => typeof token === 'string');
  if (isPlain) {
    const plain = tokens.map(String).join('');
    return { text, variables, matches: (other) => other === plain };
  }
  if (variables.length === 0) return { text, variables, matches: (other) => matchTokens(tokens, other) };
  return {
    text,
    variables,
    matches: (other, context) => {
      const filled = fill(tokens, context);
      return filled !== undefined && matchTokens(filled, other);
    },
  };
};

const tokenize = (text: string, wildcards: boolean): readonly Token[] =>
  (text.match(/\$\{[^}]*\}|[\s\S]/g) ?? []).map((part): Token => {
    if (part.length > 1) return /^\$\{[*?$]\}$/.test(part) ? part.charAt(2) : { variable: part.slice(2, -1) };
    if (wildcards && part === '*') return many;
    return wildcards && part === '?' ? one : part;
  });

const isVariable = (token: Token): token is { readonly variable: string } => typeof token === 'object';

/** Undefined when the request has no value for a variable: then nothing matches. */
const fill = (tokens: readonly Token[], context: Context): readonly Token[] | undefined => {
  const filled: Token[] = [];
  for (const token of tokens) {
    const value = isVariable(token) ? context[token.variable] : undefined;
    if (isVariable(token) && value === undefined) return undefined;
    if (value === undefined) filled.push(token);
    else for (let at = 0; at < value.length; at++) filled.push(value.charAt(at));
  }
  return filled;
};

/** Goes back to the last `*` alone when something does not fit, so the work is at most one length times the other. */
const matchTokens = (tokens: readonly Token[], text: string): boolean => {
  let [at, place, star, retry] = [0, 0, -1, 0];
  while (place < text.length) {
    const token = tokens[at];
    if (token === many) {
      star = at;
      retry = place;
      at += 1;
    } else if (token === one || token === text[place]) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      at = star + 1;
      retry += 1;
      place = retry;
    } else return false;
  }
  while (tokens[at] === many) at += 1;
  return at === tokens.length;
};
