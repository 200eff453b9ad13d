/** Where a value stands in a JSON text: from its first character to the one after its last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where each element of the array that begins at `from` stands. The text must have been accepted by `JSON.parse`. */
export const elementSpans = (text: string, from: number): readonly Span[] => {
  const spans: Span[] = [];
  let start = from + 1;
  const add = (end: number): void => {
    const span = trimmed(text, start, end);
    if (span.to > span.from) spans.push(span);
    start = end + 1;
  };
  const end = walk(text, from, (at) => add(at));
  add(end);
  return spans;
};

/** Where the array begins that is an object's member of this name, the last one where there are several; −1 without. */
export const arrayOfMember = (text: string, name: string): number => {
  let found = -1;
  let start = text.indexOf('{') + 1;
  const look = (end: number): void => {
    const { from } = trimmed(text, start, end);
    const keyEnd = text[from] === '"' ? endOfString(text, from) + 1 : from;
    if (keyEnd > from && JSON.parse(text.slice(from, keyEnd)) === name) {
      const value = trimmed(text, text.indexOf(':', keyEnd) + 1, end).from;
      found = text[value] === '[' ? value : -1;
    }
    start = end + 1;
  };
  look(walk(text, start - 1, look));
  return found;
};

/** Tells every comma between the members of what begins at `from`; answers where that ends. */
const walk = (text: string, from: number, onComma: (at: number) => void): number => {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const sign = text[at];
    if (sign === '"') at = endOfString(text, at);
    else if (sign === '[' || sign === '{') depth++;
    else if (sign === ']' || sign === '}') {
      depth--;
      if (depth === 0) return at;
    } else if (sign === ',' && depth === 1) onComma(at);
  }
  return text.length;
};

const endOfString = (text: string, from: number): number => {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
};

const isSpace = (sign: string | undefined): boolean => sign === ' ' || sign === '\n' || sign === '\t' || sign === '\r';

const trimmed = (text: string, start: number, end: number): Span => {
  let [from, to] = [start, end];
  while (from < to && isSpace(text[from])) from++;
  while (to > from && isSpace(text[to - 1])) to--;
  return { from, to };
};
