import { createHash } from 'node:crypto';
import type { Lake, LakeContent, LakeObject } from '#aws/lake.ts';
import type { Warehouse } from '#aws/redshift.ts';
import { eraseFailed } from '#core/erase/failed.ts';
import { eraseLanded } from '#core/erase/landed.ts';
import type { Person } from '#core/erase/person.ts';
import { canStandInStatement } from '#core/sql-text.ts';
import { literal, operation } from '../pipeline/sql.ts';
import { toBytes, toText } from './text-object.ts';
import { inChunks, transact } from './transact.ts';

interface Work {
  readonly lake: Lake;
  readonly warehouse: Warehouse;
  readonly person: Person;
  /** Told of each object that is written. */
  onWritten(): void;
}

interface Anew {
  readonly key: string;
  readonly before: LakeContent;
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** Objects whose new contents are held at once: a landed object has some megabytes at most, compressed. */
const objectsAtOnce = 20;

/** The ETag of what one PUT writes under SSE-S3 is its MD5 (Amazon S3 API reference, "Object"). */
const etagOf = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

const ledgerOf = ({ key, before, etag }: Anew, written = etag): string =>
  operation('erase-ledger', {
    object_key: literal(key),
    old_etag: literal(before.etag),
    new_etag: literal(written),
  });

/**
 * Writes landed objects anew under their keys. The ledger knows the new content before it is there, so that the loader, told of it
 * by S3, leaves it alone; what was never loaded is not in the ledger, and is loaded.
 */
export const rewriteLanded = async (work: Work, objects: readonly LakeObject[]): Promise<void> => {
  for (const chunk of inChunks(objects, objectsAtOnce)) {
    const anew = (await Promise.all(chunk.map(({ key }) => prepare(work, key)))).flatMap((each) => each ?? []);
    if (anew.length === 0) continue;
    // No load and no check names another key, so no table knows it.
    const named = anew.filter(({ key }) => canStandInStatement(key));
    if (named.length > 0)
      await record(
        work,
        named.map((each) => ledgerOf(each)),
      );
    for (const each of anew) {
      const etag = await put(work, each);
      if (etag !== each.etag && canStandInStatement(each.key)) await record(work, [ledgerOf(each, etag)]);
    }
  }
};

const record = async ({ warehouse }: Work, statements: readonly string[]): Promise<void> => {
  await transact(warehouse, 'millrace erase: ledger', [operation('lock'), ...statements]);
};

const prepare = async ({ lake, person }: Work, key: string): Promise<Anew | undefined> => {
  const before = await lake.get(key);
  if (before === undefined) return undefined;
  const text = toText(before) ?? '';
  const erased = eraseLanded(text, person);
  if (erased.text === text) return undefined;
  const bytes = toBytes(erased.text, before);
  return { key, before, bytes, etag: etagOf(bytes) };
};

const put = async ({ lake, onWritten }: Work, { key, before, bytes }: Omit<Anew, 'etag'>): Promise<string> => {
  const { contentType, contentEncoding } = before;
  const etag = await lake.put(key, bytes, { contentType, contentEncoding });
  onWritten();
  return etag;
};

/** Nothing is told of these, and no ledger knows them; the reconciler's rows of records that are gone go too. */
export const rewriteFailed = async (work: Work, objects: readonly LakeObject[]): Promise<void> => {
  for (const { key } of objects) {
    const before = await work.lake.get(key);
    if (before === undefined) continue;
    const erased = eraseFailed(toText(before) ?? '', work.person);
    if (erased.events === 0) continue;
    if (erased.emptied.length > 0 && canStandInStatement(key))
      await transact(work.warehouse, 'millrace erase: failed records', [
        operation('erase-failed-records', { object_key: literal(key), lines: erased.emptied.join(', ') }),
      ]);
    await put(work, { key, before, bytes: toBytes(erased.text, before) });
  }
};
