import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPause, type Pace } from '#aws/backoff.ts';
import { createWarehouse } from '#aws/redshift.ts';
import { createHandler } from '#functions/loader/handler.ts';
import { createFakeDataApi } from './fake-data-api.ts';
import { context, createTally, quietLog } from './support.ts';

const clock = { now: 0 };
let slept: number[] = [];
let api: ReturnType<typeof createFakeDataApi>;
let counted = createTally();
const manifests: unknown[] = [];

beforeEach(() => {
  clock.now = Date.UTC(2026, 10, 22, 10);
  slept = [];
  manifests.length = 0;
  api = createFakeDataApi(clock);
});

const pace: Pace = {
  clock: () => clock.now,
  random: () => 0.5,
  sleep: async (ms) => {
    slept.push(ms);
    clock.now += ms;
  },
};

const toEvent = (keys: readonly string[]) => ({
  Records: keys.map((key) => ({
    messageId: key,
    eventSource: 'aws:sqs',
    body: JSON.stringify({ Records: [toS3(key)] }),
  })),
});
const toS3 = (key: string) => ({
  eventSource: 'aws:s3',
  s3: { bucket: { name: 'lake' }, object: { key, size: 10, eTag: 'e' } },
});

/** Answers with the keys that are handed back. */
const invoke = async (event: unknown, dedupeDays = 7): Promise<string[]> => {
  counted = createTally();
  const settings = { workgroup: 'wg', cluster: undefined, database: 'db', secretArn: undefined };
  const answer = await createHandler({
    config: { ...settings, lakeBucket: 'lake', copyRoleArn: 'arn:aws:iam::1:role/copy', dedupeDays },
    bucket: { putJson: async (_key, value) => void manifests.push(value), has: async () => true },
    warehouse: createWarehouse(settings, new RedshiftDataClient({ region: 'us-east-1' }), pace),
    clock: pace.clock,
    pause: createPause(pace),
    logger: quietLog,
    metrics: counted.meter,
  })(event, context(65_000));
  return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
const run = (...keys: readonly string[]): Promise<string[]> => invoke(toEvent(keys));
/** The queue brings messages again after this long. */
const wait = (): void => {
  clock.now += 780_000;
};
const busy = (): Error => api.fault('ActiveStatementsExceededException');
const conflict = { error: 'ERROR: 1023\n  Detail: Serializable isolation violation on table', statement: 6 };
const keysOf = (count: number): string[] => Array.from({ length: count }, (_, at) => `landed/${at}.gz`);

describe('a load of objects that the ledger may have', () => {
  it('asks nothing before: a fresh load is two calls, three while it runs', async () => {
    expect(await run('landed/a', 'landed/b')).toEqual([]);
    expect(api.calls()).toEqual(['BatchExecuteStatement', 'GetStatementResult']);
    api.client.resetHistory();
    api.fates.push({ seconds: 3 });
    expect(await run('landed/c')).toEqual([]);
    expect(api.calls()).toEqual(['BatchExecuteStatement', 'DescribeStatement', 'GetStatementResult']);
  });

  it('is refused by itself when one is loaded; one question then, and the rest goes on', async () => {
    await run('landed/a', 'landed/b');
    expect(await run('landed/b', 'landed/c', 'landed/d')).toEqual([]);
    expect(api.transactions.at(-1)).toEqual(['landed/c e', 'landed/d e']);
    expect(api.transactions).toHaveLength(3);
    expect(api.lookups).toBe(1);
    expect(api.loaded.toSorted()).toEqual(['landed/a e', 'landed/b e', 'landed/c e', 'landed/d e']);
    expect(counted.tally).toMatchObject({ ObjectsLoaded: [2], LoadsFailed: [0] });
  });

  it('is done after one question when all are loaded', async () => {
    await run('landed/a', 'landed/b');
    expect(await run('landed/b')).toEqual([]);
    expect([api.transactions.length, api.lookups]).toEqual([2, 1]);
  });

  it('is no failure when its rows cannot be counted', async () => {
    api.faults.result.push(api.fault('AccessDeniedException'));
    expect(await run('landed/a')).toEqual([]);
    expect(counted.tally).toMatchObject({ ObjectsLoaded: [1], LoadsFailed: [0] });
  });

  it('is split where its statements would be too long to be sent', async () => {
    const keys = keysOf(60).map((key) => `${key}${'x'.repeat(950)}`);
    expect(await run(...keys)).toEqual([]);
    expect(api.transactions.length).toBe(2);
    expect(api.loaded).toHaveLength(60);
  });
});

describe('a load that was submitted before', () => {
  it('is one statement for two loaders with the same objects, in any order', async () => {
    const both = await Promise.all([run('landed/a', 'landed/b'), run('landed/b', 'landed/a')]);
    expect(both).toEqual([[], []]);
    expect(api.transactions).toHaveLength(1);
    expect(api.loaded).toHaveLength(2);
  });

  it('is joined after its loader died: the same token, the rows once', async () => {
    api.fates.push({ seconds: 900 });
    api.faults.describe.push(api.fault('AccessDeniedException'));
    await expect(run('landed/a')).rejects.toThrow('AccessDeniedException');
    wait();
    expect(await run('landed/a')).toEqual(['landed/a']);
    wait();
    expect(await run('landed/a')).toEqual([]);
    expect(new Set(api.tokens()).size).toBe(1);
    expect(api.tokens()[0]?.length).toBeLessThanOrEqual(64);
    expect(api.transactions).toHaveLength(1);
    expect(api.loaded).toEqual(['landed/a e']);
    expect(counted.tally).toMatchObject({ Freshness: [40], LoadsFailed: [0] });
    expect(counted.tally).not.toHaveProperty('ObjectsLoaded');
  });

  it('is left running at the deadline, and waited for by the next', async () => {
    api.fates.push({ seconds: 100 });
    expect(await run('landed/a')).toEqual(['landed/a']);
    expect(await run('landed/a')).toEqual([]);
    expect(api.transactions).toHaveLength(1);
  });

  it('is submitted again under a new token when it failed before', async () => {
    api.fates.push({ error: 'not authorized to assume IAM Role', statement: 4 });
    expect(await run('landed/a')).toEqual(['landed/a']);
    wait();
    expect(await run('landed/a')).toEqual([]);
    expect(new Set(api.tokens()).size).toBe(2);
    expect(api.loaded).toEqual(['landed/a e']);
  });

  it('is this call’s own though the Data API’s clock is behind: judged once, and counted', async () => {
    api.behindMs = 3000;
    const keys = keysOf(4);
    api.poisoned.push('landed/2.gz');
    expect(await run(...keys)).toEqual(['landed/2.gz']);
    expect(api.transactions.map(({ length }) => length)).toEqual([4, 3]);
    expect(counted.tally.ObjectsLoaded).toEqual([3]);
  });

  it('is submitted again when it finished and the ledger has been emptied since', async () => {
    await run('landed/a', 'landed/b');
    api.loaded.length = 0;
    wait();
    expect(await run('landed/a', 'landed/b')).toEqual([]);
    expect(api.loaded).toHaveLength(2);
    api.loaded.pop();
    wait();
    expect(await run('landed/a', 'landed/b')).toEqual([]);
    expect(api.loaded.toSorted()).toEqual(['landed/a e', 'landed/b e']);
  });

  it('is another request under other settings', async () => {
    api.fates.push({ seconds: 900 });
    await invoke(toEvent(['landed/a']), 7);
    await invoke(toEvent(['landed/a']), 8);
    expect(new Set(api.tokens()).size).toBe(2);
  });
});

describe('a busy warehouse', () => {
  it('is asked again later, under the same token', async () => {
    api.faults.batch.push(busy(), api.fault('ThrottlingException'));
    api.faults.describe.push(api.fault('ThrottlingException'));
    api.fates.push({ seconds: 2 });
    expect(await run('landed/a')).toEqual([]);
    expect(slept).toEqual([150, 300, 150]);
    expect(new Set(api.tokens()).size).toBe(1);
    expect(api.loaded).toHaveLength(1);
  });

  it('gets a load again that was in the way of another, under the next token', async () => {
    api.fates.push(conflict, conflict);
    expect(await run('landed/a')).toEqual([]);
    expect(slept).toEqual([150, 300]);
    expect(new Set(api.tokens()).size).toBe(3);
    expect(api.loaded).toEqual(['landed/a e']);
  });

  it.each(['busy', 'conflict'])('hands the messages back at the deadline and not before (%s)', async (why) => {
    const begun = clock.now;
    for (let at = 0; at < 100; at++) {
      if (why === 'busy') api.faults.batch.push(busy());
      else api.fates.push(conflict);
    }
    expect(await run('landed/a', 'landed/b')).toEqual(['landed/a', 'landed/b']);
    expect(clock.now - begun).toBeGreaterThanOrEqual(59_000);
    expect(clock.now - begun).toBeLessThanOrEqual(60_000);
    expect(api.loaded).toEqual([]);
  });

  it.each(['AccessDeniedException', 'ValidationException'])('is not asked again after %s', async (code) => {
    api.faults.batch.push(api.fault(code));
    await expect(run('landed/a')).rejects.toMatchObject({ code });
    expect(api.tokens()).toHaveLength(1);
    expect(slept).toEqual([]);
  });
});

describe('an object that Redshift refuses', () => {
  it('costs one transaction more: the 63 good ones beside it load in one go', async () => {
    api.poisoned.push('landed/41.gz');
    expect(await run(...keysOf(64))).toEqual(['landed/41.gz']);
    expect(api.transactions.map((objects) => objects.length)).toEqual([64, 63]);
    expect(api.loaded).toHaveLength(63);
    expect(api.lookups).toBe(1);
    expect(api.written).toEqual(['landed/41.gz']);
  });

  it('is one of several that one COPY blames: all are set aside at once', async () => {
    api.poisoned.push('landed/3.gz', 'landed/9.gz', 'landed/30.gz');
    api.blames = 2;
    expect(await run(...keysOf(64))).toEqual(expect.arrayContaining(['landed/3.gz', 'landed/9.gz', 'landed/30.gz']));
    expect(api.transactions.map((objects) => objects.length)).toEqual([64, 62, 61]);
    expect(api.written).toHaveLength(3);
  });

  it('is found by halves when Redshift blames nothing by name', async () => {
    api.poisoned.push('landed/5.gz');
    api.blames = 0;
    expect(await run(...keysOf(8))).toEqual(['landed/5.gz']);
    expect(api.transactions.map((objects) => objects.length)).toEqual([8, 4, 4, 2, 1, 1, 2]);
    expect(api.loaded).toHaveLength(7);
    expect(api.written).toEqual(['landed/5.gz']);
  });

  it('is found by halves when its name, cut short, fits another', async () => {
    const long = `landed/${'x'.repeat(260)}`;
    api.poisoned.push(`${long}-bad`);
    expect(await run(`${long}-good`, `${long}-bad`)).toEqual([`${long}-bad`]);
    expect(api.loaded).toEqual([`${long}-good e`]);
  });

  it('is tried again at each receive, and no good one is loaded twice', async () => {
    api.poisoned.push('landed/1.gz');
    expect(await run(...keysOf(3))).toEqual(['landed/1.gz']);
    wait();
    expect(await run('landed/1.gz')).toEqual(['landed/1.gz']);
    wait();
    api.poisoned.length = 0;
    expect(await run('landed/1.gz')).toEqual([]);
    expect(api.loaded.toSorted()).toEqual(['landed/0.gz e', 'landed/1.gz e', 'landed/2.gz e']);
  });
});

describe('notifications that S3 sends to the function itself', () => {
  const direct = (...keys: readonly string[]) => ({ Records: keys.map(toS3) });

  it('are loaded likewise', async () => {
    expect(await invoke(direct('landed/a', 'landed/b%20c'))).toEqual([]);
    expect(api.loaded).toEqual(['landed/a e', 'landed/b c e']);
  });

  it('fail the invocation while an object is not in the tables, and load the others', async () => {
    api.poisoned.push('landed/bad');
    await expect(invoke(direct('landed/a', 'landed/bad'))).rejects.toThrow(
      '1 of 2 objects are not in the tables, first s3://lake/landed/bad',
    );
    expect(api.loaded).toEqual(['landed/a e']);
    expect(counted.tally).toMatchObject({ LoadsFailed: [1] });
  });

  it('fail the invocation when they name nothing that can be read, and load the others', async () => {
    await expect(invoke(direct('landed/b%5Cc', 'landed/a'))).rejects.toThrow('cannot be read');
    expect(api.loaded).toEqual(['landed/a e']);
  });

  it('may be the test that S3 sends when the notification is set up', async () => {
    expect(await invoke({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'lake' })).toEqual([]);
    expect(api.client.calls()).toHaveLength(0);
  });

  it.each([{}, { Records: [{ Sns: {} }] }, 'text'])('are not anything else: %j', async (event) => {
    await expect(invoke(event)).rejects.toThrow('neither SQS messages nor S3 notifications');
  });
});
