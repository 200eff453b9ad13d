import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Failure } from '#aws/redshift.ts';
import { isEmpty, type LandedObject } from './landed-objects.ts';
import { copyAt, toLoadError } from './statements.ts';
import type { Work } from './work.ts';

/** Questions to S3 under way at once. */
const questionsAtOnce = 20;

/** Most statements of one transaction (Amazon Redshift Data API, "Considerations"). */
const statementsAtOnce = 40;

/**
 * The objects of a failed load that the lake no longer has. S3 is asked, and not COPY's error: no page of AWS says how that is
 * worded. None when S3 does not tell, or when what failed read no object.
 */
export const findGone = async (
  { deps: { bucket, logger, clock }, deadline }: Work,
  objects: readonly LandedObject[],
  failure: Failure,
): Promise<readonly LandedObject[]> => {
  if ((failure.statement ?? copyAt) !== copyAt) return [];
  const asked = objects.filter((object) => !isEmpty(object));
  const gone: LandedObject[] = [];
  try {
    for (let at = 0; at < asked.length && clock() < deadline; at += questionsAtOnce) {
      const some = asked.slice(at, at + questionsAtOnce);
      const found = await Promise.all(some.map(({ key }) => bucket.has(key)));
      gone.push(...some.filter((_, place) => found[place] === false));
    }
  } catch (error) {
    logger.warn('S3 does not tell which objects are there', { error: String(error) });
  }
  return gone;
};

/**
 * A line in the log and a row of `load_errors` for each. No other try brings such an object back, so its messages are done; answers
 * with those whose row could not be written, which are to come again.
 */
export const writeDownGone = async (
  { deps: { warehouse, logger, metrics }, deadline }: Work,
  gone: readonly LandedObject[],
  loadId: string,
): Promise<readonly LandedObject[]> => {
  const message = 'the object was deleted before it was loaded';
  const detail = { line: undefined, column: undefined, code: undefined, message };
  for (const { key } of gone) logger.error(message, { object_key: key, load_id: loadId });
  const unwritten: LandedObject[] = [];
  for (let at = 0; at < gone.length; at += statementsAtOnce) {
    const some = gone.slice(at, at + statementsAtOnce);
    try {
      const rows = some.map((object) => toLoadError(object, loadId, detail));
      const ended = await warehouse.transact(rows, { name: `${loadId}-gone`, deadline });
      if (ended.status !== 'FINISHED') throw new Error('error' in ended ? ended.error : 'did not end in time');
    } catch (cause) {
      unwritten.push(...some);
      logger.error('load errors could not be written down', { objects: some.length, error: String(cause) });
    }
  }
  if (unwritten.length < gone.length)
    metrics.addMetric('ObjectsGone', MetricUnit.Count, gone.length - unwritten.length);
  return unwritten;
};
