import type { LakeObject } from '#aws/lake.ts';
import { parseTime } from '#core/time.ts';

/**
 * Landed objects in the order in which they landed: by the time in their name, which an object that `erase` has written anew
 * still bears (Amazon Data Firehose developer guide, "Amazon S3 object name format"), else by when they were written.
 */
export const inOrder = (objects: readonly LakeObject[]): readonly LakeObject[] =>
  objects
    .map((object) => ({ object, at: timeOf(object) }))
    .sort(
      (a, b) => a.at - b.at || a.object.lastModified - b.object.lastModified || (a.object.key < b.object.key ? -1 : 1),
    )
    .map(({ object }) => object);

const named = /-(\d{4}-\d\d-\d\d)-(\d\d)-(\d\d)-(\d\d)-[0-9a-f-]{36}[^/]*$/;

const timeOf = ({ key, lastModified }: LakeObject): number => {
  const [, day = '', hour = '', minute = '', second = ''] = named.exec(key) ?? [];
  return parseTime(`${day}T${hour}:${minute}:${second}Z`) ?? Math.floor(lastModified / 1000) * 1000;
};

/** The loader takes a chunk as one load: as many objects as it takes of the queue at once, and no more than a load is done with in minutes. */
const chunkObjects = 100;
const chunkBytes = 256 * 1024 * 1024;
/** Keys stand in one message and twice in one statement, which hold 256 and 100 KB. */
const chunkKeyCharacters = 30_000;

export const toChunks = (objects: readonly LakeObject[]): readonly (readonly LakeObject[])[] => {
  const chunks: LakeObject[][] = [];
  let [bytes, characters] = [0, 0];
  for (const object of objects) {
    const last = chunks.at(-1);
    bytes += object.bytes;
    characters += object.key.length;
    if (last !== undefined && last.length < chunkObjects && bytes <= chunkBytes && characters <= chunkKeyCharacters)
      last.push(object);
    else {
      chunks.push([object]);
      [bytes, characters] = [object.bytes, object.key.length];
    }
  }
  return chunks;
};
