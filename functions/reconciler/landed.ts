import type { Lake, LakeObject } from '#aws/lake.ts';
import type { Queue } from '#aws/sqs.ts';
import { toLandedNotice } from '#core/landed-notice.ts';
import { canStandInStatement } from '#core/sql-text.ts';

/** The key before the first that an hour can have: objects lie under the hour in which their oldest record arrived. */
export const keyBefore = (epochMs: number): string =>
  `landed/${new Date(epochMs).toISOString().slice(0, 13).replace(/[-T]/g, '/')}/`;

/** Objects after a key that landed after a time (epoch ms), and whose names the loader can take. */
export const listLanded = async (lake: Lake, afterKey: string, after: number): Promise<readonly LakeObject[]> => {
  const found: LakeObject[] = [];
  for await (const object of lake.list('landed/', afterKey))
    if (object.lastModified >= after && canStandInStatement(object.key)) found.push(object);
  return found;
};

/** An object as the ledger names it. */
export const nameOf = ({ key, etag }: LakeObject): string => `${key} ${etag}`;

/** The queue gives an object five tries in 65 minutes (template.yaml, LandedQueue): after them it is told of anew. */
const againMs = 90 * 60_000;

export interface Unloaded {
  readonly objects: readonly LakeObject[];
  /** Keys that Redshift refused: they are in the dead-letter queue, for a person to look at. */
  readonly refused: ReadonlySet<string>;
  readonly requeued: Readonly<Record<string, number>>;
}

/** Messages that one check sends; the next one goes on. */
const messagesAtOnce = 1000;

/** Those that no message may be under way for any more, the oldest first. */
export const toQueueAgain = (
  { objects, refused, requeued }: Unloaded,
  { now, requeueMs }: { readonly now: number; readonly requeueMs: number },
): readonly LakeObject[] =>
  objects
    .filter((object) => {
      const toldAt = requeued[nameOf(object)];
      if (refused.has(object.key)) return false;
      return toldAt === undefined ? object.lastModified < now - requeueMs : toldAt < now - againMs;
    })
    .sort((left, right) => left.lastModified - right.lastModified)
    .slice(0, messagesAtOnce);

/** One message for each object, so that one that is refused takes no other along. Throws `Fault`. */
export const queueAgain = (queue: Pick<Queue, 'send'>, bucket: string, objects: readonly LakeObject[]): Promise<void> =>
  queue.send(objects.map((object) => toLandedNotice(bucket, [object])));
