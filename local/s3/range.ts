import { invalidRange } from './errors.ts';

export interface ByteRange {
  readonly start: number;
  /** Last byte, included. */
  readonly end: number;
}

/** The `Range` header over a body of `size` bytes. Undefined asks for the whole: no header, or one S3 does not honour. */
export const parseRange = (header: string | undefined, size: number): ByteRange | undefined => {
  const match = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (header === undefined || match === null) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const length = Math.min(Number(last), size);
    if (length === 0) throw invalidRange(header, size);
    return { start: size - length, end: size - 1 };
  }
  const start = Number(first);
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== '' && Number(last) < start) return undefined;
  if (start >= size) throw invalidRange(header, size);
  return { start, end };
};
