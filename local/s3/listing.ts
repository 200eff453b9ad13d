import type { ObjectIndex, StoredObject } from './object-index.ts';

export interface ListQuery {
  readonly bucket: string;
  readonly prefix?: string;
  readonly delimiter?: string;
  /** Only what comes behind this key, or behind all keys of this common prefix. */
  readonly after?: string;
  /** 0..1000; default 1000. */
  readonly maxKeys?: number;
}

export interface ObjectPage {
  readonly objects: readonly StoredObject[];
  readonly commonPrefixes: readonly string[];
  readonly truncated: boolean;
  /** `after` of the next page; absent on the last. */
  readonly next?: string;
}

const LAST_CHARACTER = '\u{10FFFF}';
export const MAX_KEYS = 1_000;

/** One page of a bucket's keys in byte order, grouped at the delimiter as ListObjects and ListObjectsV2 do. */
export const listObjects = (index: ObjectIndex, query: ListQuery): ObjectPage => {
  const { bucket, prefix = '', delimiter = '', after = '' } = query;
  const limit = Math.min(query.maxKeys ?? MAX_KEYS, MAX_KEYS);
  const objects: StoredObject[] = [];
  const commonPrefixes: string[] = [];
  const groupOf = (key: string): string | undefined => {
    const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    return end < 0 ? undefined : key.slice(0, end + delimiter.length);
  };
  if (limit === 0) return { objects, commonPrefixes, truncated: false };

  let from = after;
  let last = after;
  if (groupOf(after) === after && after !== '') from = after + LAST_CHARACTER;
  let exclusive = from !== '';
  if (Buffer.compare(Buffer.from(from), Buffer.from(prefix)) < 0) {
    from = prefix;
    exclusive = false;
  }

  for (let more = true; more; ) {
    more = false;
    for (const object of index.scan(bucket, from, exclusive)) {
      if (!object.key.startsWith(prefix)) break;
      if (objects.length + commonPrefixes.length === limit) {
        return { objects, commonPrefixes, truncated: true, next: last };
      }
      const group = groupOf(object.key);
      if (group === undefined) {
        objects.push(object);
        last = object.key;
        continue;
      }
      commonPrefixes.push(group);
      last = group;
      from = group + LAST_CHARACTER; // all other keys of the group are behind us
      exclusive = true;
      more = true;
      break;
    }
  }
  return { objects, commonPrefixes, truncated: false };
};
