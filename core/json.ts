import { findJsonFault } from './json-fault.ts';

/** JSON as parsed: what `JSON.parse` can give. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}

/** A JSON object; not an array, and not a number that is kept as its text (`JSON.rawJSON`). */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

/** What a JSON value is, in words for a person; never the value itself. */
export const typeName = (value: unknown): string => {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (JSON.isRawJSON(value) || typeof value === 'number') return 'a number';
  return typeof value === 'object' ? 'an object' : typeof value === 'string' ? 'text' : `a ${typeof value}`;
};

/** Sets a member whatever its name: an assignment to `__proto__` would set the prototype instead. */
export const setMember = (record: Record<string, JsonObject[string]>, key: string, value: JsonObject[string]): void => {
  if (key === '__proto__')
    Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true });
  else record[key] = value;
};

export type Parsed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly position: number };

/**
 * The beginning of a number that a double may not hold: sixteen or more digits and points. Numbers of up to fifteen digits
 * survive IEEE 754 exactly, so a text without such a run needs no further look. Anchored at what can stand before a number,
 * which makes it seven times as fast as looking for the digits alone.
 */
const longNumber = /[:,[\n]\s*-?\d[\d.]{15}|^\s*-?\d/;

/** Keeps a number that a double cannot hold as its own text: `JSON.stringify` writes it back digit by digit. */
const keepExact = (_key: string, value: unknown, context: { readonly source?: string }): unknown =>
  typeof value === 'number' && context.source !== undefined && !isExact(value, context.source)
    ? JSON.rawJSON(context.source)
    : value;

const isExact = (value: number, source: string): boolean =>
  String(value) === source || !Number.isFinite(value) || significantDigits(source) <= 15;

/** Digits that carry value: `-0.00120` has three. */
const significantDigits = (source: string): number => {
  const exponent = source.search(/[eE]/);
  const mantissa = exponent < 0 ? source : source.slice(0, exponent);
  const digits = mantissa.replace(/[-.]/g, '').replace(/^0+/, '');
  return (mantissa.includes('.') ? digits.replace(/0+$/, '') : digits).length;
};

/**
 * `JSON.parse` that answers instead of throwing; integers past 2^53 and long decimals keep every digit. What is nested too
 * deeply for that (thousands of levels around a long number) counts as not readable, and nothing is changed in silence.
 */
export const parseJson = (text: string): Parsed => {
  try {
    return { ok: true, value: longNumber.test(text) ? JSON.parse(text, keepExact) : JSON.parse(text) };
  } catch {
    return { ok: false, position: findJsonFault(text) };
  }
};

/** `parseJson` for those who look at the value and keep the text: long numbers are rounded. */
export const peekJson = (text: string): Parsed => {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false, position: findJsonFault(text) };
  }
};

/**
 * The source text of each element of a JSON array, in order. `from` is the index of the array's `[`; the text must have
 * been accepted by `JSON.parse` before, as this only counts brackets outside strings.
 */
export const elementTexts = (text: string, from: number): string[] => {
  const elements: string[] = [];
  let depth = 0;
  let start = from + 1;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfString(text, at);
    } else if (code === openBracket || code === openBrace) {
      depth++;
    } else if (code === closeBracket || code === closeBrace) {
      depth--;
      if (depth === 0) {
        const last = text.slice(start, at).trim();
        if (last !== '') elements.push(last);
        return elements;
      }
    } else if (code === comma && depth === 1) {
      elements.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return elements;
};

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Index of the quote that ends the string which begins at `from`. */
const endOfString = (text: string, from: number): number => {
  let at = text.indexOf('"', from + 1);
  while (at > 0) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes++;
    if (slashes % 2 === 0) return at;
    at = text.indexOf('"', at + 1);
  }
  return text.length;
};
