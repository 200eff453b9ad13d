import { readFileSync } from 'node:fs';
import type { Random } from '#core/traffic/random.ts';
import type { Pipeline } from '#tests/house/operations/pipeline.ts';
import type { Account } from './account.ts';
import type { Faults } from './kinds.ts';
import { shuffle } from './shuffle.ts';

const minute = 60_000;

interface Held {
  readonly record: Uint8Array;
  readonly arrivedAt: number;
  readonly dueAt: number;
  /** What is put back by an operator meets no second fault. */
  readonly isSafe: boolean;
}

interface World {
  readonly pipeline: Pipeline;
  readonly faults: Faults;
  readonly random: Random;
  readonly account: Account;
  /** Told of each object that landed. */
  readonly notify: (key: string) => void;
}

/** The stream: it keeps records, and lands them through the transformer as objects of the lake. */
export const createDelivery = ({ pipeline, faults, random, account, notify }: World) => {
  const { clock, lake } = pipeline;
  let held: Held[] = [];
  /** Objects whose bytes were spoilt, and the bytes that they had. */
  const poisoned = new Map<string, Uint8Array>();
  let objects = 0;

  const keep = (record: Uint8Array, isSafe = false): void => {
    const now = clock.now();
    held.push({ record, arrivedAt: now, dueAt: now, isSafe });
  };

  /** What goes on from here now. */
  const sift = (each: Held): readonly Held[] => {
    if (each.isSafe) return [each];
    if (faults.strikes('recordLost')) {
      account.note(each.record).destroyed = true;
      return [];
    }
    if (faults.strikes('recordLate')) {
      held.push({ ...each, isSafe: true, dueAt: clock.now() + random.integer(20, 180) * minute });
      return [];
    }
    if (faults.strikes('recordFails')) {
      putFailed(each);
      return [];
    }
    if (!faults.strikes('recordTwice')) return [each];
    if (random.chance(0.5)) return [each, each];
    held.push({ ...each, isSafe: true, dueAt: clock.now() + random.integer(1, 90) * minute });
    return [each];
  };

  const putFailed = ({ record, arrivedAt }: Held): void => {
    const line = {
      attemptsMade: 4,
      arrivalTimestamp: arrivedAt,
      errorCode: 'Lambda.FunctionError',
      errorMessage: "The Lambda function's answer was an error",
      attemptEndingTimestamp: clock.now(),
      rawData: Buffer.from(record).toString('base64'),
      lambdaARN: 'arn:aws:lambda:us-east-1:000000000000:function:transformer',
    };
    lake.put(
      `failed/processing-failed/2026/11/22/10/${String(objects++).padStart(6, '0')}`,
      `${JSON.stringify(line)}\n`,
    );
  };

  const land = async (batch: readonly Held[]): Promise<string> => {
    pipeline.onStream.push(...batch.map(({ record }) => record));
    return pipeline.land(Math.min(...batch.map(({ arrivedAt }) => arrivedAt)));
  };

  const harm = (key: string, batch: readonly Held[]): void => {
    if (faults.strikes('objectDeleted')) {
      for (const { record } of batch) account.note(record).destroyed = true;
      lake.delete(key);
    } else if (faults.strikes('objectPoisoned')) {
      const file = lake.fileOf('lake', key);
      const bytes = file === undefined ? Buffer.alloc(0) : readFileSync(file.path);
      poisoned.set(key, bytes);
      lake.put(key, random.chance(0.5) ? bytes.subarray(0, Math.floor(bytes.length / 2)) : Buffer.from('no gzip'));
    }
  };

  const landAll = async (batch: readonly Held[]): Promise<void> => {
    const times = faults.strikes('batchUnderTwoKeys') ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const key = await land(batch);
      const notice = () => notify(key);
      // Deleted or spoilt after S3 has told of it, or before.
      if (random.chance(0.5)) notice();
      else {
        harm(key, batch);
        notice();
        continue;
      }
      harm(key, batch);
    }
  };

  return {
    keep,
    /** Gives on what is due. */
    flush: async (): Promise<void> => {
      const due = held.filter(({ dueAt }) => dueAt <= clock.now());
      held = held.filter(({ dueAt }) => dueAt > clock.now());
      let batch = due.flatMap(sift);
      if (faults.strikes('recordsReordered')) batch = shuffle(random, batch);
      const middle = random.chance(0.3) ? random.integer(0, batch.length) : 0;
      for (const part of [batch.slice(0, middle), batch.slice(middle)])
        for (const some of toInvocations(part)) await landAll(some);
      if (faults.strikes('objectEmpty')) {
        const key = `landed/2026/11/22/10/empty-${String(objects++).padStart(6, '0')}.json.gz`;
        lake.put(key, '');
        notify(key);
      }
    },
    holds: (): number => held.length,
    /** An operator puts the right bytes in the place of those that Redshift refuses. */
    repair: (): void => {
      for (const [key, bytes] of poisoned) {
        lake.put(key, bytes);
        notify(key);
      }
      poisoned.clear();
    },
  };
};

/** Firehose gives its transformer at most 3 MB at once. */
const invocationBytes = 3_000_000;

const toInvocations = (batch: readonly Held[]): Held[][] => {
  const all: Held[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const each of batch) {
    bytes += each.record.length;
    if (bytes > invocationBytes) {
      all.push([]);
      bytes = each.record.length;
    }
    all.at(-1)?.push(each);
  }
  return all;
};
