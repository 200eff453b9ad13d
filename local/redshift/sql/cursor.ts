import { SqlError } from '../error.ts';
import { reservedWords } from './reserved.ts';
import { syntaxError, type Token, tokenize } from './tokens.ts';

const endToken: Token = { kind: 'end', text: '', at: 0, end: 0 };

/** Reads the tokens of one statement from left to right; whatever is not accepted ends in a syntax error that names the token. */
export class Cursor {
  readonly source: string;
  /** Names of the parameters met so far. */
  readonly used = new Set<string>();
  private readonly tokens: readonly Token[];
  private readonly parameters: ReadonlyMap<string, string>;
  private index = 0;

  constructor(source: string, parameters: ReadonlyMap<string, string> = new Map()) {
    this.source = source;
    this.parameters = parameters;
    this.tokens = tokenize(source);
  }

  peek(ahead = 0): Token {
    return this.tokens[this.index + ahead] ?? this.tokens.at(-1) ?? endToken;
  }

  next(): Token {
    const token = this.peek();
    this.index += 1;
    return token;
  }

  /** Whether the next tokens are these unquoted words. */
  atWords(...words: readonly string[]): boolean {
    return words.every((word, ahead) => {
      const token = this.peek(ahead);
      return token.kind === 'word' && token.text === word;
    });
  }

  atAny(...words: readonly string[]): boolean {
    return words.some((word) => this.atWords(word));
  }

  accept(...words: readonly string[]): boolean {
    if (!this.atWords(...words)) return false;
    this.index += words.length;
    return true;
  }

  expect(...words: readonly string[]): void {
    for (const word of words) if (!this.accept(word)) throw this.unexpected();
  }

  atSymbol(symbol: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'symbol' && token.text === symbol;
  }

  acceptSymbol(symbol: string): boolean {
    if (!this.atSymbol(symbol)) return false;
    this.index += 1;
    return true;
  }

  expectSymbol(symbol: string): void {
    if (!this.acceptSymbol(symbol)) throw this.unexpected();
  }

  /** Whether the next token can name something: quoted, or a word that Redshift does not reserve. */
  atIdentifier(ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'quoted' || (token.kind === 'word' && !reservedWords.has(token.text));
  }

  /** A name in lower case: Redshift folds quoted names too, unless `enable_case_sensitive_identifier` is on. */
  identifier(): string {
    if (!this.atIdentifier()) throw this.unexpected();
    return this.next().text.toLowerCase();
  }

  /** The text of a string literal, or the value of a `:name` parameter. */
  string(): string {
    const token = this.peek();
    if (token.kind !== 'string') throw this.unexpected();
    this.index += 1;
    return token.text;
  }

  parameter(): string {
    const name = this.next().text;
    const value = this.parameters.get(name);
    if (value === undefined) throw new SqlError(`no value for parameter "${name}"`);
    this.used.add(name);
    return value;
  }

  integer(): number {
    const token = this.peek();
    if (token.kind !== 'number' || !/^[0-9]{1,15}$/.test(token.text)) throw this.unexpected();
    this.index += 1;
    return Number(token.text);
  }

  /** `(a, b, …)`, each item read by `item`. */
  list<T>(item: () => T): T[] {
    this.expectSymbol('(');
    const items = this.commaList(item);
    this.expectSymbol(')');
    return items;
  }

  commaList<T>(item: () => T): T[] {
    const items = [item()];
    while (this.acceptSymbol(',')) items.push(item());
    return items;
  }

  /** The end of the statement: a semicolon is allowed, a second statement is not. */
  finish(): void {
    while (this.acceptSymbol(';'));
    if (this.peek().kind === 'end') return;
    if (this.index > 0 && this.peek(-1).text === ';')
      throw new SqlError('cannot insert multiple commands into a prepared statement');
    throw this.unexpected();
  }

  unexpected(): SqlError {
    const token = this.peek();
    return syntaxError(this.source.slice(token.at, token.end), token.at);
  }
}
