import type { Lake, LakeObject } from '#aws/lake.ts';
import { eraseFailed } from '#core/erase/failed.ts';
import { eraseLanded, type RejectedRow, type Thinned } from '#core/erase/landed.ts';
import type { Person } from '#core/erase/person.ts';
import { toText } from './text-object.ts';

/** What of the lake is the person's. */
export interface Finding {
  objects: number;
  bytes: number;
  events: number;
  failedEvents: number;
  /** Objects to be written anew. */
  readonly landed: LakeObject[];
  readonly failed: LakeObject[];
  /** Keys of objects that are cut short or no text. */
  readonly unreadable: string[];
  readonly rejected: RejectedRow[];
  /** By producer and number: an envelope that was delivered twice is one row in the tables. */
  readonly envelopes: Map<string, Thinned>;
}

export interface Scan {
  readonly lake: Lake;
  readonly person: Person;
  /** Objects written earlier, epoch milliseconds, are left out. */
  readonly since: number | undefined;
}

/** Objects read at once: one is unpacked while others are on their way. */
const concurrency = 8;

/**
 * Reads the lake. All of it: neither the ledger nor the hour in a key tells where duplicates, rejected events, replayed ones and
 * those that were never loaded are.
 */
export const scanLake = async (scan: Scan, finding: Finding): Promise<void> => {
  await forEach(objectsOf(scan, 'landed/'), async (object) => {
    const text = await readText(scan.lake, object, finding);
    const erased = eraseLanded(text, scan.person);
    if (erased.events + erased.rejected.length === 0) return;
    finding.landed.push(object);
    finding.events += erased.events;
    for (const row of erased.rejected) finding.rejected.push(row);
    for (const envelope of erased.envelopes) finding.envelopes.set(`${envelope.seq} ${envelope.producer}`, envelope);
  });
  await forEach(objectsOf(scan, 'failed/'), async (object) => {
    const erased = eraseFailed(await readText(scan.lake, object, finding), scan.person);
    if (erased.events === 0) return;
    finding.failed.push(object);
    finding.failedEvents += erased.events;
  });
};

export const emptyFinding = (): Finding => ({
  objects: 0,
  bytes: 0,
  events: 0,
  failedEvents: 0,
  landed: [],
  failed: [],
  unreadable: [],
  rejected: [],
  envelopes: new Map(),
});

const objectsOf = async function* ({ lake, since }: Scan, prefix: string): AsyncIterable<LakeObject> {
  for await (const object of lake.list(prefix))
    if (object.bytes > 0 && (since === undefined || object.lastModified >= since)) yield object;
};

/** Empty where there is nothing to find: the object was removed meanwhile, or nobody can read it. */
const readText = async (lake: Lake, object: LakeObject, finding: Finding): Promise<string> => {
  const content = await lake.get(object.key);
  finding.objects++;
  finding.bytes += object.bytes;
  if (content === undefined) return '';
  const text = toText(content);
  if (text === undefined) finding.unreadable.push(object.key);
  return text ?? '';
};

const forEach = async <Item>(items: AsyncIterable<Item>, work: (item: Item) => Promise<void>): Promise<void> => {
  const running = new Set<Promise<void>>();
  for await (const item of items) {
    const task: Promise<void> = work(item).then(() => void running.delete(task));
    running.add(task);
    // Whoever waits hears of a failure; until then it is no unhandled rejection.
    task.catch(() => undefined);
    if (running.size >= concurrency) await Promise.race(running);
  }
  await Promise.all(running);
};
