/** Bytes of a text in UTF-8, counted without encoding it. A lone surrogate counts as the three bytes of U+FFFD. */
export const utf8Length = (text: string): number => {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) continue;
    if (code < 0x800) bytes += 1;
    else {
      bytes += 2;
      if (code >= 0xd800 && code < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at++;
    }
  }
  return bytes;
};

/** True when the text takes at most `bytes` bytes in UTF-8; short texts are answered without counting. */
export const fits = (text: string, bytes: number): boolean => text.length * 3 <= bytes || utf8Length(text) <= bytes;

/** Redshift's VARCHAR holds neither NUL nor half a surrogate pair. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** The longest beginning of a text that takes at most `bytes` bytes: for messages of ours only, never for data of a client. */
export const shorten = (text: string, bytes: number): string => {
  if (fits(text, bytes)) return text;
  const points = Array.from(text.toWellFormed());
  let used = 3;
  let end = 0;
  for (const point of points) {
    used += utf8Length(point);
    if (used > bytes) break;
    end++;
  }
  return `${points.slice(0, end).join('')}…`;
};
