import { gunzipSync } from 'node:zlib';
import { createPipelineParts, type PipelineParts } from '#aws/pipeline.ts';
import { atLaptop, createWarehouse } from '#cli/query/warehouse.ts';
import { eventually, type Laptop } from '#tests/pipeline/laptop.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

/** What a laptop holds, asked inside this process: a test that compares whole tables asks often. */
export interface State {
  readonly parts: PipelineParts;
  query(sql: string): Promise<Rows>;
  tables(): Promise<Tables>;
  /** Every object of the lake by key: its ETag, headers and text, and what stands in it in base64. */
  lake(): Promise<ReadonlyMap<string, string>>;
  /** Waits until nothing is under way and the ledger has every landed object. */
  settle(): Promise<void>;
  close(): void;
}

export const openState = async (laptop: Laptop): Promise<State> => {
  const { resources } = await laptop.health();
  const names = { ...resources, cluster: undefined, secretArn: undefined };
  const parts = createPipelineParts({ laptop: resources.aws }, names);
  const warehouse = await createWarehouse(atLaptop(resources));
  const query = async (sql: string): Promise<Rows> => {
    const { columns, pages } = await warehouse.run(sql);
    const rows: Record<string, unknown>[] = [];
    for await (const page of pages())
      for (const row of page) rows.push(Object.fromEntries(columns.map(({ name }, at) => [name, row[at]])));
    return rows;
  };
  return {
    parts,
    query,
    tables: () => tablesOf(query),
    lake: () => lakeOf(parts),
    settle: () => settle(laptop, parts, query),
    close: () => {
      parts.close();
      warehouse.close();
    },
  };
};

type Query = State['query'];

const keys = {
  events: 'event_id',
  rejected_events: 'event_id',
  batches: 'producer, seq',
  users: 'user_id',
  user_aliases: 'anonymous_id, user_id',
  failed_records: 'object_key, line_number',
  loaded_objects: 'object_key, etag',
} as const;

export type Tables = Readonly<Record<keyof typeof keys, Rows>>;

/** Every row of every table that can name a person. */
const tablesOf = async (query: Query): Promise<Tables> => {
  const rows = (table: keyof typeof keys) => query(`SELECT * FROM millrace.${table} ORDER BY ${keys[table]}`);
  return {
    events: await rows('events'),
    rejected_events: await rows('rejected_events'),
    batches: await rows('batches'),
    users: await rows('users'),
    user_aliases: await rows('user_aliases'),
    failed_records: await rows('failed_records'),
    loaded_objects: await rows('loaded_objects'),
  };
};

/** What a load makes of the same objects whenever it runs: all but when it ran and under which name. */
export const lasting = ({ events, rejected_events, batches, users, user_aliases }: Tables) => {
  const bare = (rows: Rows) => rows.map(({ load_id: _load, loaded_at: _at, ...row }) => row);
  return {
    events: bare(events),
    rejected_events: bare(rejected_events),
    batches: bare(batches),
    users: bare(users),
    user_aliases: bare(user_aliases),
  };
};

const unloaded = async ({ lake }: PipelineParts, query: Query): Promise<readonly string[]> => {
  const rows = await query("SELECT object_key || ' ' || etag AS name FROM millrace.loaded_objects");
  const known = new Set(rows.map(({ name }) => name));
  const left: string[] = [];
  for await (const { key, etag } of lake.list('landed/')) if (!known.has(`${key} ${etag}`)) left.push(key);
  return left;
};

const settle = async (laptop: Laptop, parts: PipelineParts, query: Query): Promise<void> => {
  // Between two stages an item is in neither for a moment.
  let calm = 0;
  const left = await eventually(
    async () => {
      const { stages } = await laptop.health();
      const busy = stages.filter(({ queued }) => queued > 0);
      const found = [...busy.map(({ name }) => name), ...(await unloaded(parts, query))];
      calm = found.length === 0 ? calm + 1 : 0;
      return found;
    },
    () => calm >= 3,
  );
  if (calm < 3) throw new Error(`still under way: ${left.join(', ')}`);
};

const base64 = /"([A-Za-z0-9+/]{16,}={0,2})"/g;

const readable = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString('utf8');
  return text + [...text.matchAll(base64)].map(([, found = '']) => Buffer.from(found, 'base64').toString()).join('\n');
};

const lakeOf = async ({ lake }: PipelineParts): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>();
  for await (const { key, etag } of lake.list('')) {
    const content = await lake.get(key);
    if (content === undefined) continue;
    const { bytes, contentType, contentEncoding } = content;
    found.set(key, `${etag} ${contentType} ${contentEncoding}\n${readable(bytes)}`);
  }
  return found;
};
