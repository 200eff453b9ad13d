import { beforeEach, describe, expect, it } from 'vitest';
import type { Row, Warehouse } from '#aws/redshift.ts';
import { createGapCount } from '#functions/loader/gaps.ts';
import { createTally, quietLog } from './support.ts';

const noCall = async (): Promise<never> => {
  throw new Error('only asks');
};
const minute = 60_000;
let now = Date.UTC(2026, 10, 22, 10);
let asked: string[] = [];
let warned: string[] = [];
let counted = createTally();

const gapCount = (answer: () => Promise<readonly Row[]>) => {
  const warehouse: Warehouse = {
    transact: noCall,
    execute: noCall,
    results: noCall,
    query: (sql) => {
      asked.push(sql);
      return answer();
    },
  };
  const logger = { ...quietLog, warn: (message: string) => void warned.push(message) };
  return createGapCount({ warehouse, clock: () => now, logger, metrics: counted.meter });
};

beforeEach(() => {
  now = Date.UTC(2026, 10, 22, 10);
  asked = [];
  warned = [];
  counted = createTally();
});

describe('counting of missing envelopes', () => {
  it('asks about a day that ended two hours ago, and about producers that began in it', async () => {
    await gapCount(async () => [[3]])(now + minute);
    expect(counted.tally).toEqual({ EnvelopesMissing: [3] });
    const [sql = ''] = asked;
    expect(sql).toContain("received_at >= '2026-11-21 08:00:00.000'");
    expect(sql).toContain("received_at < '2026-11-22 08:00:00.000'");
    const [first = '', last = ''] = [...sql.matchAll(/'([0-9a-f]{8}-[0-9a-f-]{27})'/g)].map(([, name]) => name);
    const timeOf = (uuid: string): number => Number.parseInt(uuid.replace('-', '').slice(0, 12), 16);
    expect([timeOf(first), timeOf(last)]).toEqual([now - 26 * 60 * minute, now]);
    expect(sql).not.toContain('{{');
  });

  it('asks again after ten minutes, however many loads there are', async () => {
    const count = gapCount(async () => [[0]]);
    for (const wait of [0, 1, 8, 1, 9]) {
      now += wait * minute;
      await count(now + minute);
    }
    expect(asked).toHaveLength(2);
    expect(counted.tally).toEqual({ EnvelopesMissing: [0, 0] });
  });

  it('is no fault of the load when it fails: the log says so and nothing is counted', async () => {
    await gapCount(() => Promise.reject(new Error('no such table')))(now + minute);
    expect(counted.tally).toEqual({});
    expect(warned).toEqual(['gaps in the numbering could not be counted']);
  });
});
