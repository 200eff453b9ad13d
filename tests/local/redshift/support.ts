import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { administrator } from '#local/iam/principal.ts';
import { systemRandom } from '#local/random.ts';
import type { LakeReader } from '#local/redshift/copy/manifest.ts';
import type { Statement } from '#local/redshift/data/statement.ts';
import { createRedshift, type Redshift, type RedshiftSettings } from '#local/redshift/redshift.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';

export const role = 'arn:aws:iam::000000000000:role/copy';

/** Objects of one bucket as files in a folder of their own. */
export interface TestLake extends LakeReader {
  readonly folder: string;
  /** Writes an object as it is. */
  put(key: string, body: string | Uint8Array): void;
  /** Deletes one object. */
  delete(key: string): void;
  /** Writes lines as gzip. */
  lines(key: string, lines: readonly (string | Readonly<Record<string, unknown>>)[]): void;
  /** Writes a manifest of these keys and gives its URL. */
  manifest(keys: readonly string[], mandatory?: boolean): string;
  remove(): void;
}

export const createTestLake = (): TestLake => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-lake-'));
  const objects = new Map<string, { path: string; size: number; etag: string }>();
  let written = 0;
  const put = (key: string, body: string | Uint8Array): void => {
    const bytes = Buffer.from(body);
    const path = join(folder, `${written++}.object`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, bytes);
    objects.set(key, { path, size: bytes.length, etag: createHash('md5').update(bytes).digest('hex') });
  };
  return {
    folder,
    fileOf: (bucket, key) => (bucket === 'lake' ? objects.get(key) : undefined),
    list: (_bucket, prefix) => [...objects.keys()].filter((key) => key.startsWith(prefix)),
    put,
    delete: (key) => void objects.delete(key),
    lines: (key, lines) =>
      put(key, gzipSync(lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join(''))),
    manifest: (keys, mandatory = true) => {
      const key = `manifests/${objects.size}.json`;
      put(key, JSON.stringify({ entries: keys.map((each) => ({ url: `s3://lake/${each}`, mandatory })) }));
      return `s3://lake/${key}`;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
};

export const openRedshift = (lake: TestLake, settings: Partial<RedshiftSettings> = {}): Promise<Redshift> =>
  createRedshift({
    databaseFile: ':memory:',
    workgroup: 'millrace',
    database: 'millrace',
    lake,
    clock: createVirtualClock(),
    random: systemRandom,
    ...settings,
  });

/** Submits a batch as one transaction and waits for its end. */
export const transact = async (redshift: Redshift, ...sqls: readonly string[]): Promise<Statement> => {
  const statement = submit(redshift, sqls);
  await redshift.idle();
  return statement;
};

export const submit = (
  redshift: Redshift,
  sqls: readonly string[],
  more: Partial<Statement['submission']> = {},
): Statement =>
  redshift.api.submit({
    owner: administrator,
    sqls,
    isBatch: true,
    mode: 'TRANSACTION',
    parameters: new Map(),
    name: undefined,
    clientToken: undefined,
    secretArn: undefined,
    database: redshift.database,
    withEvent: false,
    resultFormat: 'JSON',
    sessionId: undefined,
    keepAliveSeconds: undefined,
    ...more,
  });

/** As `transact`; fails the test when the batch does. */
export const run = async (redshift: Redshift, ...sqls: readonly string[]): Promise<Statement> => {
  const statement = await transact(redshift, ...sqls);
  if (statement.status !== 'FINISHED') throw new Error(`${statement.status}: ${statement.error}`);
  return statement;
};

/** The rows of a query as arrays of values; integers as numbers while a number holds them. */
export const rowsOf = async (redshift: Redshift, sql: string): Promise<unknown[][]> => {
  const { parts } = await run(redshift, sql);
  const plain = (value: unknown): unknown =>
    typeof value === 'bigint' ? (Number.isSafeInteger(Number(value)) ? Number(value) : String(value)) : value;
  return (parts[0]?.result?.rows ?? []).map((row) => row.map(plain));
};

export const scalar = async (redshift: Redshift, expression: string): Promise<unknown> =>
  (await rowsOf(redshift, `SELECT ${expression} AS v`))[0]?.[0];

/** The error that a statement ends in. */
export const errorOf = async (redshift: Redshift, sql: string): Promise<string> => {
  try {
    await redshift.query(sql);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error(`no error from: ${sql}`);
};
