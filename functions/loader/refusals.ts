import type { Failure, Row } from '#aws/redshift.ts';
import { shorten } from '#core/text.ts';
import { toTimestamp } from '#core/time.ts';
import type { LandedObject } from './landed-objects.ts';
import { type LoadErrorDetail, refusedName, toErrorLookup, toLoadError } from './statements.ts';
import { clockSkewMs, type Work } from './work.ts';

/** An object that Redshift refused, and why. */
export interface Refusal {
  readonly object: LandedObject;
  readonly detail: LoadErrorDetail;
}

/**
 * The objects that a failed load blames by name, by one question. None where Redshift wrote nothing down, or a name, cut to 256
 * characters, fits several objects.
 */
export const findRefused = async (
  { deps, begunAt, deadline }: Work,
  objects: readonly LandedObject[],
  failure: Failure,
): Promise<readonly Refusal[]> => {
  const since = toTimestamp((failure.createdAt ?? begunAt) - clockSkewMs);
  const byName = Map.groupBy(objects, refusedName);
  const refusals = new Map<LandedObject, Refusal>();
  for (const row of await rowsOrNone(deps, toErrorLookup(objects, since), deadline)) {
    const [object, another] = byName.get(String(row[0])) ?? [];
    if (object === undefined || another !== undefined || refusals.has(object)) continue;
    refusals.set(object, { object, detail: toDetail(row, failure) });
  }
  return [...refusals.values()];
};

/** A refusal of which Redshift wrote no row: the failure of the load is all that is known. */
export const toRefusal = (object: LandedObject, failure: Failure): Refusal => ({
  object,
  detail: toDetail([], failure),
});

const rowsOrNone = async (
  { warehouse, logger }: Work['deps'],
  sql: string,
  deadline: number,
): Promise<readonly Row[]> => {
  try {
    return await warehouse.query(sql, deadline);
  } catch (error) {
    logger.warn('Redshift does not tell which objects it refused', { error: String(error) });
    return [];
  }
};

const toDetail = ([, line, column, code, message]: Row, { error }: Failure): LoadErrorDetail => ({
  line: toNumber(line),
  column: typeof column === 'string' ? printable(column, 127) : undefined,
  code: toNumber(code),
  message: printable(String(message ?? error), 1024),
});

const toNumber = (value: Row[number] | undefined): number | undefined =>
  value === undefined || value === null ? undefined : Number(value);

const printable = (text: string, bytes: number): string => shorten(text.replace(/[^\x20-\x7e]|\\/g, ' '), bytes);

/**
 * A line in the log and a row of `load_errors`. When the row cannot be written the log says so; the object comes back all the same, and
 * the good ones beside it are not held back.
 */
export const writeDown = async (
  { deps: { warehouse, logger }, deadline }: Work,
  { object, detail }: Refusal,
  loadId: string,
): Promise<void> => {
  logger.error('Redshift refuses an object', { object_key: object.key, load_id: loadId, ...detail });
  try {
    const ended = await warehouse.execute(toLoadError(object, loadId, detail), deadline);
    if (ended.status !== 'FINISHED') throw new Error('error' in ended ? ended.error : 'did not end in time');
  } catch (cause) {
    logger.error('a load error could not be written down', { object_key: object.key, error: String(cause) });
  }
};
