const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

const at = (bytes: Uint8Array, index: number): string => hex[bytes[index] ?? 0] ?? '00';

/** UUIDv7 (RFC 9562, 5.7) of `time` in epoch milliseconds and ten random bytes, of which 74 bits are used. */
export const uuidV7 = (time: number, random: Uint8Array): string => {
  const high = Math.floor(time / 0x10000);
  const low = time % 0x10000;
  const version = hex[0x70 | ((random[0] ?? 0) & 0x0f)] ?? '70';
  const variant = hex[0x80 | ((random[2] ?? 0) & 0x3f)] ?? '80';
  return `${high.toString(16).padStart(8, '0')}-${low.toString(16).padStart(4, '0')}-${version}${at(random, 1)}-${variant}${at(random, 3)}-${at(random, 4)}${at(random, 5)}${at(random, 6)}${at(random, 7)}${at(random, 8)}${at(random, 9)}`;
};

/** UUIDv8 (RFC 9562, 5.8) made of the first 32 hex digits of a hash: the same input gives the same id. */
export const uuidOfHash = (hash: string): string =>
  `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
