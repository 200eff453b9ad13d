/** JSON text of the language version that Node 24 has, which TypeScript's library does not describe yet. */
interface ExactJson {
  parse(
    text: string,
    reviver: (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
}

const parseGlobal = (): ExactJson => JSON as unknown as ExactJson;
const exact = parseGlobal();

/** Digits that a double can hold and print back unchanged. */
const isPlain = (source: string, value: number): boolean => source.length < 16 && String(value) === source;

/** Parses JSON and keeps every number as it was written: one that a double would change stays as raw text. Throws SyntaxError. */
export const parseExact = (text: string): unknown =>
  exact.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && !isPlain(source, value) ? exact.rawJSON(source) : value,
  );

/** Whether a value from `parseExact` is a number kept as text. */
export const isRaw = (value: unknown): boolean => exact.isRawJSON(value);

/** A number of any size for JSON.stringify. */
export const rawNumber = (digits: string): unknown => exact.rawJSON(digits);
