import { createHash } from 'node:crypto';
import type { Lake } from '#aws/lake.ts';
import type { Row } from '#aws/redshift.ts';
import type { Queue, QueueMessage } from '#aws/sqs.ts';
import type { Pipeline } from '#cli/pipeline/open.ts';

/** What a fake pipeline holds; tests change it. */
export interface FakeParts {
  readonly objects: Map<string, { readonly bytes: Uint8Array; readonly lastModified: number }>;
  /** Records that the stream took. */
  readonly taken: string[];
  /** Whether the stream refuses a record. */
  refuses: (record: string) => boolean;
  /** Called after each call of the stream. */
  afterPut: () => void;
  /** Rows of a query. */
  rows: (sql: string) => readonly Row[];
  /** Statements that change something, and all others. */
  readonly changes: string[];
  readonly queries: string[];
  /** Messages of the two queues. */
  readonly landed: QueueMessage[];
  readonly dead: QueueMessage[];
}

export const etagOf = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex');

/** All parts of a pipeline in memory. A message that was received is not seen again until it is released. */
export const createFakePipeline = (): FakeParts & { readonly pipeline: Pipeline } => {
  const parts: FakeParts = {
    objects: new Map(),
    taken: [],
    refuses: () => false,
    afterPut: () => undefined,
    rows: () => [],
    changes: [],
    queries: [],
    landed: [],
    dead: [],
  };
  const lake: Lake = {
    bucket: 'lake',
    async *list(prefix, startAfter = '') {
      const keys = [...parts.objects.keys()].sort().filter((key) => key.startsWith(prefix) && key > startAfter);
      for (const key of keys) {
        const { bytes, lastModified } = parts.objects.get(key) ?? { bytes: new Uint8Array(), lastModified: 0 };
        yield { key, etag: etagOf(bytes), bytes: bytes.byteLength, lastModified };
      }
    },
    async get(key) {
      const found = parts.objects.get(key);
      if (found === undefined) return undefined;
      return { bytes: found.bytes, etag: etagOf(found.bytes), contentType: undefined, contentEncoding: undefined };
    },
    async put(key, bytes) {
      parts.objects.set(key, { bytes, lastModified: Date.now() });
      return etagOf(bytes);
    },
    async remove(key) {
      parts.objects.delete(key);
    },
  };
  const toQueue = (name: string, messages: QueueMessage[]): Queue => {
    const hidden = new Set<string>();
    const seen = (message: QueueMessage): boolean => !hidden.has(message.id);
    return {
      url: `https://sqs/1/${name}`,
      depth: async () => ({ waiting: messages.filter(seen).length, inFlight: hidden.size, delayed: 0 }),
      async send(bodies) {
        for (const body of bodies)
          messages.push({ id: `${name}-${messages.length}`, receipt: 'r', body, receiveCount: 0, sentAt: Date.now() });
      },
      async receive() {
        const found = messages.filter(seen).slice(0, 10);
        for (const { id } of found) hidden.add(id);
        return found.map((message) => ({ ...message, receiveCount: message.receiveCount + 1 }));
      },
      async remove(gone) {
        for (const { id } of gone) {
          messages.splice(
            messages.findIndex((message) => message.id === id),
            1,
          );
          hidden.delete(id);
        }
      },
      async release(back) {
        for (const { id } of back) hidden.delete(id);
      },
    };
  };
  const finished = { status: 'FINISHED', id: 'id' } as const;
  const pipeline: Pipeline = {
    name: 'the laptop',
    flags: '',
    lake,
    stream: {
      async put(records) {
        const texts = records.map((record) => Buffer.from(record).toString());
        const stored = texts.map((text) => !parts.refuses(text));
        parts.taken.push(...texts.filter((_, at) => stored[at]));
        parts.afterPut();
        return { stored, ...(stored.includes(false) && { lastError: 'ServiceUnavailableException' }) };
      },
    },
    queue: toQueue('landed', parts.landed),
    deadLetters: toQueue('dead', parts.dead),
    warehouse: {
      async transact(statements) {
        parts.changes.push(...statements);
        return finished;
      },
      async execute(sql) {
        parts.changes.push(sql);
        return finished;
      },
      results: async () => [],
      async query(sql) {
        parts.queries.push(sql);
        return parts.rows(sql);
      },
    },
    close: () => undefined,
  };
  return Object.assign(parts, { pipeline });
};

/** Never asked to stop. */
export const goOn = { asked: () => false, release: () => undefined };
