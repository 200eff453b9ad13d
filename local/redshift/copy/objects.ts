import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parseExact } from './exact-json.ts';
import { codes, type Refusal } from './load-error.ts';

export type ParsedObject = { readonly object: Readonly<Record<string, unknown>> } | { readonly refusal: Refusal };

/** A JSON object of a file, or why what stands there is none; `line` is where it ends, counted from 1. */
export type FoundObject = ParsedObject & { readonly line: number };

/** Longest JSON object in bytes ("COPY from JSON format", Amazon Redshift Database Developer Guide). */
export const maxObjectBytes = 4 * 1024 * 1024;

const bytes = { quote: 0x22, backslash: 0x5c, newline: 0x0a, brace: 0x7b };
const opening = new Set([bytes.brace, 0x5b]);
const closing = new Set([0x7d, 0x5d]);
const blanks = new Set([0x20, 0x09, bytes.newline, 0x0d]);

/**
 * Reads a file of JSON objects with nothing but blanks between them, on one line or many, up to the first refusal. For the slow
 * path only: it looks at every byte.
 */
export async function* readObjects(path: string, gzip: boolean): AsyncGenerator<FoundObject> {
  const splitter = createSplitter();
  try {
    for await (const chunk of readBytes(path, gzip)) {
      for (const found of splitter.push(chunk)) {
        yield found;
        if ('refusal' in found) return;
      }
    }
  } catch (error) {
    yield { line: splitter.line(), ...invalid(error instanceof Error ? error.message : String(error)) };
    return;
  }
  yield* splitter.end();
}

/** Cuts bytes into objects by counting brackets outside strings; what an object really holds is `parseObject`'s to say. */
const createSplitter = () => {
  let line = 1;
  let lastLine = 1;
  let depth = 0;
  let inString = false;
  let isEscaped = false;
  let pending: Buffer[] = [];
  let size = 0;

  const step = (byte: number): 'ended' | 'stray' | undefined => {
    if (byte === bytes.newline) line += 1;
    else lastLine = line;
    if (inString) {
      if (isEscaped) isEscaped = false;
      else if (byte === bytes.backslash) isEscaped = true;
      else if (byte === bytes.quote) inString = false;
    } else if (depth === 0) {
      if (blanks.has(byte)) return undefined;
      if (byte !== bytes.brace) return 'stray';
      depth = 1;
    } else if (byte === bytes.quote) inString = true;
    else if (opening.has(byte)) depth += 1;
    else if (closing.has(byte)) {
      depth -= 1;
      if (depth === 0) return 'ended';
    }
    return undefined;
  };

  return {
    line: () => line,
    *push(chunk: Buffer): Generator<FoundObject> {
      let start = 0;
      for (let at = 0; at < chunk.length; at += 1) {
        const byte = chunk[at] ?? 0;
        const event = step(byte);
        if (event === 'stray') {
          yield { line, ...invalid(`expected an object, found '${String.fromCharCode(byte)}'`) };
          return;
        }
        if (event !== 'ended') continue;
        const text = Buffer.concat([...pending, chunk.subarray(start, at + 1)]);
        pending = [];
        size = 0;
        start = at + 1;
        yield { line, ...parseObject(text) };
      }
      if (depth === 0) return;
      pending.push(chunk.subarray(start));
      size += chunk.length - start;
      if (size > maxObjectBytes) yield { line, ...tooLong };
    },
    *end(): Generator<FoundObject> {
      if (depth > 0) yield { line: lastLine, ...parseObject(Buffer.concat(pending)) };
    },
  };
};

async function* readBytes(path: string, gzip: boolean): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const unzip = createGunzip();
  file.on('error', (error) => unzip.destroy(error));
  try {
    for await (const chunk of gzip ? file.pipe(unzip) : file) yield Buffer.from(chunk);
  } finally {
    file.destroy();
    unzip.destroy();
  }
}

const invalid = (why: string): { readonly refusal: Refusal } => ({
  refusal: { code: codes.invalidLine, message: `Invalid JSON: ${why}` },
});
const tooLong = {
  refusal: { code: codes.invalidLine, message: 'JSON object exceeds the maximum size of 4194304 bytes' },
};
const notUtf8 = { refusal: { code: codes.utf8, message: 'String contains invalid or unsupported UTF8 codepoints.' } };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const parseObject = (text: Uint8Array): ParsedObject => {
  if (text.length > maxObjectBytes) return tooLong;
  try {
    return parseText(utf8.decode(text));
  } catch {
    return notUtf8;
  }
};

/** Parses the objects of one line, if they all end on it. */
export function* parseLine(text: string): Generator<ParsedObject> {
  const splitter = createSplitter();
  yield* splitter.push(Buffer.from(text));
  yield* splitter.end();
}

/** Parses the text of one object. */
export const parseText = (text: string): ParsedObject => {
  try {
    const value = parseExact(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { object: { ...value } } : invalid('not an object');
  } catch (error) {
    return invalid(error instanceof Error ? error.message : String(error));
  }
};
