import type { Lake, LakeObject } from '#aws/lake.ts';
import { parseTime } from '#core/time.ts';
import type { Pipeline } from '../pipeline/open.ts';
import { literal, operation } from '../pipeline/sql.ts';
import { rowsOf } from '../pipeline/statements.ts';

/** Epoch milliseconds, `to` not included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const hourMs = 3_600_000;
/** Firehose tries for 24 hours to write an object, whose key has the hour of its oldest record. */
const latestMs = 25 * hourMs;
const pageObjects = 1000;

/** Landed objects of the range, by the hour in their key or by when they were written, in pages in the order of keys. */
export async function* listLanded(lake: Lake, range: Range): AsyncGenerator<readonly LakeObject[]> {
  const end = hourPrefix(range.to + hourMs);
  let page: LakeObject[] = [];
  for await (const object of lake.list('landed/', hourPrefix(range.from - latestMs))) {
    if (object.key >= end) break;
    if (!isWithin(object, range)) continue;
    page.push(object);
    if (page.length < pageObjects) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** `landed/2026/11/22/10`, as the template's prefix has it. */
const hourPrefix = (time: number): string =>
  `landed/${new Date(Math.max(0, time)).toISOString().slice(0, 13).replaceAll(/[-T]/g, '/')}`;

const isWithin = ({ key, lastModified }: LakeObject, { from, to }: Range): boolean => {
  if (lastModified >= from && lastModified < to) return true;
  const hour = hourOf(key);
  return hour !== undefined && hour < to && hour + hourMs > from;
};

const hourOf = (key: string): number | undefined => {
  const [, day = '', hour = ''] = /^landed\/(\d{4}\/\d\d\/\d\d)\/(\d\d)\//.exec(key) ?? [];
  return day === '' ? undefined : parseTime(`${day.replaceAll('/', '-')}T${hour}:00:00Z`);
};

/** Which of these objects, which are in the order of keys, the ledger has; another content under a key is another object. */
export const readLoaded = async (
  { warehouse }: Pipeline,
  objects: readonly LakeObject[],
): Promise<ReadonlySet<LakeObject>> => {
  const [first, last] = [objects[0], objects.at(-1)];
  if (first === undefined || last === undefined) return new Set();
  const keys = { first_key: literal(first.key), last_key: literal(last.key) };
  const names = new Set((await rowsOf(warehouse, operation('ledger-range', keys))).map(([name]) => String(name)));
  return new Set(objects.filter(({ key, etag }) => names.has(`${key} ${etag}`)));
};
