import type { Lake } from '#aws/lake.ts';
import { type LineRanges, parseReplayMarker, replayMarkerKey } from '#core/line-ranges.ts';
import { Failure } from '../errors.ts';

/**
 * Which lines of a failed object have been put back: an object beside it in the lake, written after each call that put some.
 * The table `failed_records` says the same, but has its rows only once the reconciler has seen the object.
 */
export const readMarker = async (lake: Lake, objectKey: string): Promise<LineRanges> => {
  const key = replayMarkerKey(objectKey);
  const content = await lake.get(key);
  if (content === undefined) return [];
  const marker = parseReplayMarker(Buffer.from(content.bytes).toString('utf8'));
  if (marker === undefined)
    throw new Failure(
      `s3://${lake.bucket}/${key} does not say which lines were replayed: put it right, or remove it to replay them all`,
    );
  return marker.lines;
};

export const writeMarker = async (lake: Lake, objectKey: string, lines: LineRanges): Promise<void> => {
  const text = JSON.stringify({ object_key: objectKey, lines, replayed_at: new Date().toISOString() });
  await lake.put(replayMarkerKey(objectKey), Buffer.from(text), { contentType: 'application/json' });
};
