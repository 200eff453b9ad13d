/** Whole tokens of JSON, each tried where the text stands (RFC 8259). */
const space = /[ \t\n\r]*/y;
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

type Wanted = 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end';

/**
 * Character offset at which a text stops being JSON, its length when it only stops too early. `JSON.parse` says it in some
 * messages and not in others, so this looks again; it keeps no call stack and takes any depth. Runs on faults alone.
 */
export const findJsonFault = (text: string): number => {
  const open: ('[' | '{')[] = [];
  let wanted: Wanted = 'value';
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found !== undefined && found !== '';
  };
  for (;;) {
    skip(space);
    const next = text[at];
    if (next === undefined) return text.length;
    const inside = open.at(-1);
    if (wanted === 'comma or end') {
      if (inside === undefined) return at;
      if (next === ',') wanted = inside === '[' ? 'value' : 'key';
      else if (next === (inside === '[' ? ']' : '}')) open.pop();
      else return at;
      at++;
    } else if (wanted === 'colon') {
      if (next !== ':') return at;
      wanted = 'value';
      at++;
    } else if ((wanted === 'value or ]' && next === ']') || (wanted === 'key or }' && next === '}')) {
      open.pop();
      wanted = 'comma or end';
      at++;
    } else if (wanted === 'key' || wanted === 'key or }') {
      const end = next === '"' ? endOfString(text, at) : { fault: at };
      if (end.fault !== undefined) return end.fault;
      at = end.at;
      wanted = 'colon';
    } else if (next === '[' || next === '{') {
      open.push(next);
      wanted = next === '[' ? 'value or ]' : 'key or }';
      at++;
    } else if (next === '"') {
      const end = endOfString(text, at);
      if (end.fault !== undefined) return end.fault;
      at = end.at;
      wanted = 'comma or end';
    } else if (skip(scalar)) {
      wanted = 'comma or end';
    } else {
      return at;
    }
  }
};

const escaped = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

/** Where the string that begins at `from` ends, or the character at which it stops being one. */
const endOfString = (text: string, from: number): { at: number; fault?: undefined } | { fault: number } => {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return { at: at + 1 };
    if (code < 0x20) return { fault: at };
    if (code !== 0x5c) continue;
    escaped.lastIndex = at + 1;
    if (!escaped.test(text)) return { fault: Math.min(at + 1, text.length) };
    at = escaped.lastIndex - 1;
  }
  return { fault: text.length };
};
