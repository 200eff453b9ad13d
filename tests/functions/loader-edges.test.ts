import {
  BatchExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { beforeEach, describe, expect, it } from 'vitest';
import { createWarehouse } from '#aws/redshift.ts';
import { createHandler } from '#functions/loader/handler.ts';
import { createFakeDataApi } from './fake-data-api.ts';
import { context, createTally, quietLog } from './support.ts';

const clock = { now: 0 };
let api: ReturnType<typeof createFakeDataApi>;
let counted = createTally();
/** What S3 was asked for, and what it answers instead of an answer. */
const asked: string[] = [];
let s3Fault: Error | undefined;
/** How long S3 takes to answer. */
let s3Ms = 0;
const manifests: unknown[] = [];

beforeEach(() => {
  clock.now = Date.UTC(2026, 10, 22, 10);
  api = createFakeDataApi(clock);
  asked.length = 0;
  manifests.length = 0;
  s3Fault = undefined;
  s3Ms = 0;
});

interface Told {
  readonly key: string;
  /** Undefined: the notification tells no size. */
  readonly size?: number;
  readonly bucket?: string;
}
const toS3 = ({ key, size, bucket = 'lake' }: Told) => ({
  eventSource: 'aws:s3',
  s3: { bucket: { name: bucket }, object: { key, size, eTag: 'e' } },
});
const toEvent = (told: readonly Told[]) => ({
  Records: told.map((each) => ({ messageId: each.key, body: JSON.stringify({ Records: [toS3(each)] }) })),
});

/** Answers with the keys that are handed back. */
const invoke = async (event: unknown): Promise<string[]> => {
  counted = createTally();
  const settings = { workgroup: 'wg', cluster: undefined, database: 'db', secretArn: undefined };
  const pace = { clock: () => clock.now, random: () => 0.5, sleep: async () => undefined };
  const answer = await createHandler({
    config: { ...settings, lakeBucket: 'lake', copyRoleArn: 'arn:aws:iam::1:role/copy', dedupeDays: 7 },
    bucket: {
      putJson: async (_key, value) => void manifests.push(value),
      has: async (key) => {
        asked.push(key);
        clock.now += s3Ms;
        if (s3Fault !== undefined) throw s3Fault;
        return !api.gone.has(key);
      },
    },
    warehouse: createWarehouse(settings, new RedshiftDataClient({ region: 'us-east-1' }), pace),
    clock: pace.clock,
    pause: async () => false,
    logger: quietLog,
    metrics: counted.meter,
  })(event, context(65_000));
  return answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
};
const run = (...told: readonly (Told | string)[]): Promise<string[]> =>
  invoke(toEvent(told.map((each) => (typeof each === 'string' ? { key: each, size: 10 } : each))));
const keysOf = (count: number): string[] => Array.from({ length: count }, (_, at) => `landed/${at}.gz`);
const submitted = (): string[][] =>
  api.client.commandCalls(BatchExecuteStatementCommand).map(({ args }) => args[0].input.Sqls ?? []);
const copies = (): number => submitted().filter((sqls) => sqls.some((sql) => sql.includes('COPY staging'))).length;

describe('objects of zero bytes', () => {
  it('are in the ledger and not in the manifest', async () => {
    expect(await run('landed/a', { key: 'landed/empty', size: 0 })).toEqual([]);
    expect(manifests).toEqual([{ entries: [{ url: 's3://lake/landed/a', mandatory: true }] }]);
    expect(api.loaded).toEqual(['landed/a e', 'landed/empty e']);
  });

  it('make a load without a manifest and without COPY when there is no other, and its counts are read', async () => {
    const empty = ['landed/1', 'landed/2'].map((key) => ({ key, size: 0 }));
    expect(await run(...empty)).toEqual([]);
    expect([manifests, copies(), submitted().length]).toEqual([[], 0, 1]);
    expect(api.loaded).toEqual(['landed/1 e', 'landed/2 e']);
    const [result] = api.client.commandCalls(GetStatementResultCommand);
    expect(result?.args[0].input.Id).toBe(`b0:${submitted()[0]?.length}`);
    expect(counted.tally).toMatchObject({ ObjectsLoaded: [2], LoadsFailed: [0] });
  });

  it('are refused by the ledger when they are told again', async () => {
    const empty = { key: 'landed/1', size: 0 };
    await run(empty);
    expect(await run(empty, 'landed/a')).toEqual([]);
    expect(api.loaded).toEqual(['landed/1 e', 'landed/a e']);
  });

  it('are not those whose size the notification does not tell', async () => {
    await run({ key: 'landed/a' });
    expect(manifests).toEqual([{ entries: [{ url: 's3://lake/landed/a', mandatory: true }] }]);
    expect(submitted()[0]?.join('\n')).not.toContain('undefined');
  });
});

describe('an object that was deleted before it was loaded', () => {
  it('is written down and done, and the 63 others load in one go', async () => {
    api.gone.add('landed/41.gz');
    expect(await run(...keysOf(64))).toEqual([]);
    expect(api.transactions.map(({ length }) => length)).toEqual([64, 63]);
    expect(api.written).toEqual(['landed/41.gz']);
    expect(api.loaded).toHaveLength(63);
    expect(counted.tally).toMatchObject({ ObjectsGone: [1], ObjectsLoaded: [63], LoadsFailed: [0] });
  });

  it('is done, alone as well, when S3 itself told of it', async () => {
    api.gone.add('landed/a');
    expect(await invoke({ Records: [toS3({ key: 'landed/a', size: 10 })] })).toEqual([]);
    expect(api.written).toEqual(['landed/a']);
    expect(api.transactions).toHaveLength(1);
  });

  it('is one of many: they are written down forty at a time', async () => {
    for (const key of keysOf(100)) api.gone.add(key);
    expect(await run(...keysOf(101))).toEqual([]);
    expect(api.written).toHaveLength(100);
    expect(submitted().map(({ length }) => length)).toEqual([expect.any(Number), 40, 40, 20, expect.any(Number)]);
    expect(api.loaded).toEqual(['landed/100.gz e']);
  });

  it('comes again when its row cannot be written, and holds back no other', async () => {
    api.gone.add('landed/a');
    api.unwritable.push('permission denied for relation load_errors');
    expect(await run('landed/a', 'landed/b')).toEqual(['landed/a']);
    expect(api.loaded).toEqual(['landed/b e']);
    expect(counted.tally).toMatchObject({ LoadsFailed: [1] });
    expect(counted.tally).not.toHaveProperty('ObjectsGone');
  });

  it('is neither written down nor asked for when the ledger has it', async () => {
    await run('landed/a');
    api.gone.add('landed/a');
    expect(await run('landed/a', 'landed/b')).toEqual([]);
    expect(api.loaded).toEqual(['landed/a e', 'landed/b e']);
    expect([asked, api.written]).toEqual([[], []]);
  });

  it('stands beside one whose rows Redshift refuses: that one alone comes back', async () => {
    api.gone.add('landed/1.gz');
    api.poisoned.push('landed/2.gz');
    expect(await run(...keysOf(4))).toEqual(['landed/2.gz']);
    expect(api.loaded).toEqual(['landed/0.gz e', 'landed/3.gz e']);
    expect(api.written.toSorted()).toEqual(['landed/1.gz', 'landed/2.gz']);
  });

  it('is looked for before halves are, where Redshift blames rows of no object by name', async () => {
    api.gone.add('landed/1.gz');
    api.fates.push({ error: "Load into table 'staging' failed. Check 'sys_load_error_detail'.", statement: 4 });
    expect(await run(...keysOf(4))).toEqual([]);
    expect(api.transactions.map(({ length }) => length)).toEqual([4, 3]);
  });
});

describe('a load that fails while all its objects are there', () => {
  const refusal = { error: 'S3ServiceException:Access Denied,Status 403,Error AccessDenied', statement: 4 };

  it('hands all back, and writes nothing down', async () => {
    api.fates.push(refusal);
    expect(await run('landed/a', 'landed/b')).toEqual(['landed/a', 'landed/b']);
    expect(asked).toEqual(['landed/a', 'landed/b']);
    expect([api.transactions.length, api.written]).toEqual([1, []]);
  });

  it('hands all back when S3 does not tell which are there', async () => {
    api.gone.add('landed/a');
    s3Fault = api.fault('AccessDenied');
    expect(await run('landed/a', 'landed/b')).toEqual(['landed/a', 'landed/b']);
    expect([api.transactions.length, api.written]).toEqual([1, []]);
  });

  it('asks S3 no longer than it has time', async () => {
    s3Ms = 2500;
    api.fates.push(refusal);
    expect(await run(...keysOf(64))).toHaveLength(64);
    expect(asked).toHaveLength(40);
  });

  it('asks S3 nothing when what failed reads no object', async () => {
    api.fates.push({ error: 'permission denied for relation events', statement: 7 });
    expect(await run('landed/a')).toEqual(['landed/a']);
    expect(asked).toEqual([]);
  });

  it('asks for no empty object: nothing of it was to be read', async () => {
    api.fates.push(refusal);
    await run({ key: 'landed/empty', size: 0 }, 'landed/a');
    expect(asked).toEqual(['landed/a']);
  });
});

describe('an object of another bucket', () => {
  it('comes back, and its neighbours load', async () => {
    const theirs = { key: 'landed/theirs', size: 10, bucket: 'theirs' };
    expect(await run(theirs, 'landed/a')).toEqual(['landed/theirs']);
    expect(await run(theirs)).toEqual(['landed/theirs']);
    expect(api.transactions).toEqual([['landed/a e']]);
    expect(asked).toEqual([]);
  });
});

describe('a batch of a thousand objects', () => {
  const folder = 'landed/2026/11/22/10/';
  const name = 'millrace-production-events-1-2026-11-22-10-00-30-5f1a9a5e-8f4d-4c8f-9a55-3d1b7c2e9f10.json.gz';
  const keys = Array.from({ length: 1000 }, (_, at) => `${folder}${String(at).padStart(4, '0')}-${name}`);

  it('is loaded in one call, in as few loads as the length of a statement allows', async () => {
    expect(await run(...keys)).toEqual([]);
    expect(api.transactions.map(({ length }) => length)).toEqual([250, 250, 250, 250]);
    expect(new Set(api.loaded).size).toBe(1000);
    const longest = Math.max(...submitted().flatMap((sqls) => sqls.map((sql) => Buffer.byteLength(sql))));
    expect(longest).toBeLessThanOrEqual(100_000);
  });
});
