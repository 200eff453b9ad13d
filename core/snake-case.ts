const plain = /^[a-z0-9]+(?:_[a-z0-9]+)*$/;

/**
 * `Order Completed`, `order-completed`, `orderCompleted` and `ORDER_COMPLETED` are one word: `order_completed`. Letters of
 * other scripts stay; everything else separates. A text without letter or digit gives an empty string.
 */
export const toSnakeCase = (text: string): string =>
  plain.test(text)
    ? text
    : text
        .replace(/(\p{CWU}|\d)(\p{CWL})/gu, '$1_$2')
        .replace(/(\p{CWL})(\p{CWL}\p{CWU})/gu, '$1_$2')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, '_')
        .replace(/^_+|_+$/g, '');

/** At most this many distinct keys are remembered; past it the memory starts afresh, so that hostile keys cannot fill it. */
const cacheLimit = 4096;
let cache = new Map<string, string>();

/** `toSnakeCase` for the keys of objects, remembered: events repeat their keys. A key without letter or digit becomes `_`. */
export const toSnakeKey = (key: string): string => {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const snake = toSnakeCase(key) || '_';
  if (cache.size >= cacheLimit) cache = new Map();
  if (key.length <= 64) cache.set(key, snake);
  return snake;
};
