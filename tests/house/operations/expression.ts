/** Value of each id at one moment; undefined where nothing was measured. */
export type Values = Readonly<Record<string, number | undefined>>;

/**
 * Arithmetic of CloudWatch metric math at one moment: a missing value counts as 0, and where a division by zero comes out
 * there is no value (Amazon CloudWatch user guide, "Using metric math", basic arithmetic functions). Where nothing at all was
 * measured there is no value either. Throws for anything but numbers, ids, + - * / and parentheses.
 */
export const evaluate = (expression: string, values: Values): number | undefined => {
  const reader = new Reader(expression, values);
  const result = reader.sum();
  reader.expectEnd();
  const isMeasured = reader.ids.some((id) => values[id] !== undefined);
  return isMeasured && Number.isFinite(result) ? result : undefined;
};

/** Ids that an expression names. */
export const idsOf = (expression: string): readonly string[] => {
  const reader = new Reader(expression, {});
  reader.sum();
  reader.expectEnd();
  return reader.ids;
};

const token = /\s*(?:(\d+(?:\.\d+)?)|([a-z]\w*)|([-+*/()]))/y;

class Reader {
  readonly ids: string[] = [];
  readonly #text: string;
  readonly #values: Values;
  #next: string | undefined;

  constructor(text: string, values: Values) {
    this.#text = text.trimEnd();
    this.#values = values;
    token.lastIndex = 0;
    this.#next = this.#read();
  }

  sum(): number {
    let value = this.#product();
    while (this.#next === '+' || this.#next === '-') value += this.#take() === '+' ? this.#product() : -this.#product();
    return value;
  }

  expectEnd(): void {
    if (this.#next !== undefined) throw this.#fault();
  }

  #product(): number {
    let value = this.#atom();
    while (this.#next === '*' || this.#next === '/')
      value = this.#take() === '*' ? value * this.#atom() : value / this.#atom();
    return value;
  }

  #atom(): number {
    const word = this.#take();
    if (word === '(') {
      const value = this.sum();
      if (this.#take() !== ')') throw this.#fault();
      return value;
    }
    if (/^\d/.test(word)) return Number(word);
    if (!/^[a-z]/.test(word)) throw this.#fault();
    this.ids.push(word);
    return this.#values[word] ?? 0;
  }

  #take(): string {
    const word = this.#next;
    if (word === undefined) throw this.#fault();
    this.#next = this.#read();
    return word;
  }

  #read(): string | undefined {
    const from = token.lastIndex;
    if (from === this.#text.length) return undefined;
    const found = token.exec(this.#text);
    if (found === null) throw this.#fault();
    return found[1] ?? found[2] ?? found[3];
  }

  #fault(): Error {
    return new Error(`not the metric math that is known here: ${this.#text}`);
  }
}
