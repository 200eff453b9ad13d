// ECMAScript 2026 JSON source text access (https://tc39.es/proposal-json-parse-with-source/), in Node since 21; TypeScript's
// library does not have it yet.
interface JSON {
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
  ): unknown;
}
