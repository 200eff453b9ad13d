import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { SQSBatchResponse } from 'aws-lambda';
import type { Pause } from '#aws/backoff.ts';
import type { Stream } from '#aws/firehose.ts';
import type { Lake } from '#aws/lake.ts';
import type { Ended, Row, Warehouse } from '#aws/redshift.ts';
import type { DatedMeter } from '#aws/telemetry.ts';
import { parseConfig } from '#functions/loader/config.ts';
import { createHandler as createLoader } from '#functions/loader/handler.ts';
import { views } from '#functions/migrator/views.ts';
import { createHandler as createProducer } from '#functions/producer/handler.ts';
import { parseConfig as parseReconcilerConfig } from '#functions/reconciler/config.ts';
import { createHandler as createReconciler } from '#functions/reconciler/handler.ts';
import { createHandler as createTransformer } from '#functions/transformer/handler.ts';
import type { Redshift } from '#local/redshift/redshift.ts';
import type { Stack } from '#local/template/stack.ts';
import { context, httpRequest, quietLog } from '#tests/functions/support.ts';
import {
  createTestLake,
  openRedshift,
  role,
  rowsOf,
  run,
  submit,
  type TestLake,
} from '#tests/local/redshift/support.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';
import type { Datum } from './alarm.ts';
import { variablesOf } from './stacks.ts';

/** How the world is to one call of a function. */
export interface World {
  /** Whether the stream takes records. */
  readonly streamTakes?: boolean;
  readonly secretIsThere?: boolean;
  /** Bytes that the transformer may answer with. */
  readonly responseBytes?: number;
  /** What becomes of a load; else the warehouse does it. */
  readonly load?: 'refused' | 'unreachable' | 'unfinished' | Fault;
  /** What the stream does with records, in place of keeping them in `onStream`. */
  readonly put?: Stream['put'];
}

/** `conflict`: another transaction was in the way. `killed`: the caller dies while the load runs. `left`: it runs past the deadline. */
type Fault = 'conflict' | 'killed' | 'left';

interface PipelineSettings {
  /** Of producers and events that bring no id. */
  readonly random?: (bytes: number) => Uint8Array;
  readonly pause?: Pause;
}

/**
 * The real handlers one behind the other, over a lake in a folder and the laptop's Redshift, on a clock that stands still. What
 * they emit is taken where CloudWatch would take it: in embedded metric format, under the template's own names.
 */
export const createPipeline = async (
  stack: Stack,
  { random = randomBytes, pause = async () => false }: PipelineSettings = {},
) => {
  const clock = createVirtualClock();
  const lake = createDatedLake(clock.now);
  const redshift = await openRedshift(lake, { clock });
  await run(redshift, 'CREATE SCHEMA millrace', ...tables());
  const emitted: Datum[] = [];
  const onStream: Uint8Array[] = [];
  let world: World = {};
  let objects = 0;

  const meter = (logicalId: string): DatedMeter => {
    const variables = variablesOf(stack, logicalId);
    const metrics = new Metrics({
      namespace: String(variables.POWERTOOLS_METRICS_NAMESPACE),
      serviceName: String(variables.POWERTOOLS_SERVICE_NAME),
    });
    return {
      addMetric: (name, unit, value) => metrics.addMetric(name, unit, value),
      // The clock stands still while a request is answered: it is published at its own moment.
      setTimestamp: () => undefined,
      publishStoredMetrics: () => {
        if (!metrics.hasStoredMetrics()) throw new Error(`${logicalId} has nothing to emit: Powertools would warn`);
        emitted.push(...parseEmbedded(metrics.serializeMetrics(), clock.now()));
        metrics.clearMetrics();
      },
    };
  };
  const common = { clock: clock.now, logger: quietLog };
  const newProducer = () =>
    createProducer({
      ...common,
      stream: {
        put: async (records, deadline) => {
          if (world.put !== undefined) return world.put(records, deadline);
          if (world.streamTakes !== false) onStream.push(...records);
          return { stored: records.map(() => world.streamTakes !== false) };
        },
      },
      readWriteKey: async () => {
        if (world.secretIsThere === false) throw new Error('no secret');
        return '{"write_key":"key"}';
      },
      sourceName: 'web',
      random,
      metrics: meter('ProducerFunction'),
    });
  const transformerMetrics = meter('TransformerFunction');
  const loader = createLoader({
    ...common,
    config: parseConfig({
      LAKE_BUCKET: 'lake',
      WORKGROUP_NAME: 'w',
      DATABASE: 'millrace',
      COPY_ROLE_ARN: role,
    }),
    bucket: {
      putJson: async (key, value) => lake.put(key, JSON.stringify(value)),
      has: async (key) => lake.fileOf('lake', key) !== undefined,
    },
    warehouse: toWarehouse(redshift, () => world.load),
    pause,
    metrics: meter('LoaderFunction'),
  });
  let producer = newProducer();
  const requeued: string[] = [];
  const lakeOfFunctions = toLake(lake, lake.writtenAt);
  const reconciler = createReconciler({
    ...common,
    config: parseReconcilerConfig({
      LAKE_BUCKET: 'lake',
      LANDED_QUEUE_URL: 'queue',
      WORKGROUP_NAME: 'w',
      DATABASE: 'millrace',
      ...variablesOf(stack, 'ReconcilerFunction'),
    }),
    lake: lakeOfFunctions,
    queue: { send: async (bodies) => void requeued.push(...bodies) },
    warehouse: toWarehouse(redshift, () => world.load),
    metricData: {
      sumPerMinute: async ({ metric }, from, to) => {
        const sums = new Map<number, number>();
        for (const { name, at, value } of emitted) {
          const minute = Math.floor(at / 60_000) * 60_000;
          if (name === metric && minute >= from && minute < to) sums.set(minute, (sums.get(minute) ?? 0) + value);
        }
        return sums;
      },
    },
    sleep: (ms) => clock.advance(ms),
    metrics: meter('ReconcilerFunction'),
  });

  return {
    lake,
    /** The lake and the warehouse as an operator's commands have them. */
    parts: { lake: lakeOfFunctions, warehouse: toWarehouse(redshift, () => undefined) },
    /** Bodies of the messages by which the reconciler queued objects again. */
    requeued,
    reconcile: () => reconciler({}, context(60_000)),
    rows: (sql: string) => rowsOf(redshift, sql),
    /** Rows of a report, whose view is made when it is first asked for. */
    report: async (view: string, columns: string): Promise<unknown[][]> => {
      await run(redshift, ...views.map(({ sql }) => sql));
      return rowsOf(redshift, `SELECT ${columns} FROM millrace.${view} ORDER BY 1, 2`);
    },
    clock,
    emitted,
    /** Envelopes and records that the stream holds and has not given on; a test may lose some. */
    onStream,
    setWorld: (next: World): void => {
      world = next;
    },
    /** Another execution environment, which numbers its envelopes from 0. */
    startProducer: (): void => {
      producer = newProducer();
    },
    send: async (body: string, key = 'key'): Promise<number | undefined> =>
      (await producer(httpRequest(body, { 'x-write-key': key }), context())).statusCode,
    /**
     * Gives what is on the stream to the transformer, lands it as one object, named after the time at which its oldest record arrived,
     * and answers with its key.
     */
    land: async (arrivedAt = clock.now()): Promise<string> => {
      const { responseBytes = 6_291_556 } = world;
      const transformer = createTransformer({
        ...common,
        hash: (text) => createHash('sha256').update(text).digest('hex'),
        responseBytes,
        metrics: transformerMetrics,
      });
      const records = onStream.splice(0).map((data, at) => ({
        recordId: `r${at}`,
        approximateArrivalTimestamp: clock.now(),
        data: Buffer.from(data).toString('base64'),
      }));
      const answer = await transformer(
        { invocationId: 'i', deliveryStreamArn: 'arn', region: 'r', records },
        context(),
      );
      const rows = answer.records.map(({ data }) => Buffer.from(data ?? '', 'base64'));
      objects += 1;
      const key = toLandedKey(arrivedAt, objects);
      lake.put(key, gzipSync(Buffer.concat(rows)));
      return key;
    },
    /** An object that Redshift refuses. */
    putBroken: (): string => {
      lake.put('landed/broken.json.gz', gzipSync('{"kind":"event"'));
      return 'landed/broken.json.gz';
    },
    load: async (...keys: readonly string[]): Promise<SQSBatchResponse> =>
      loader({ Records: keys.map((key) => toMessage(key, lake.fileOf('lake', key)?.etag ?? '')) }, context(60_000)),
    /** Messages of the queue, as they are. */
    deliver: async (messages: readonly { readonly id: string; readonly body: string }[]): Promise<SQSBatchResponse> =>
      loader(
        { Records: messages.map(({ id, body }) => ({ ...toMessage('', ''), messageId: id, body })) },
        context(60_000),
      ),
    stop: async (): Promise<void> => {
      await redshift.close();
      lake.remove();
    },
  };
};

/** A key as Firehose makes it. */
const toLandedKey = (at: number, number: number): string => {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  const [hour = '', minute = '', second = ''] = time.slice(0, 8).split(':');
  const folder = `landed/${day.replaceAll('-', '/')}/${hour}`;
  return `${folder}/events-1-${day}-${hour}-${minute}-${second}-${String(number).padStart(8, '0')}.json.gz`;
};

interface DatedLake extends TestLake {
  readonly writtenAt: ReadonlyMap<string, number>;
}

const createDatedLake = (now: () => number): DatedLake => {
  const lake = createTestLake();
  const writtenAt = new Map<string, number>();
  return {
    ...lake,
    writtenAt,
    put: (key, body) => {
      writtenAt.set(key, now());
      lake.put(key, body);
    },
  };
};

const toLake = (lake: TestLake, writtenAt: ReadonlyMap<string, number>): Lake => ({
  bucket: 'lake',
  async *list(prefix, startAfter = '') {
    for (const key of (lake.list?.('lake', prefix) ?? []).toSorted()) {
      const { etag = '', size = 0 } = lake.fileOf('lake', key) ?? {};
      if (key > startAfter) yield { key, etag, bytes: size, lastModified: writtenAt.get(key) ?? 0 };
    }
  },
  get: async (key) => {
    const file = lake.fileOf('lake', key);
    if (file === undefined) return undefined;
    return { bytes: readFileSync(file.path), etag: file.etag, contentType: undefined, contentEncoding: undefined };
  },
  put: async (key, bytes) => {
    lake.put(key, bytes);
    return lake.fileOf('lake', key)?.etag ?? '';
  },
  remove: () => Promise.reject(new Error('the reconciler removes nothing')),
});

export type Pipeline = Awaited<ReturnType<typeof createPipeline>>;

const tables = (): string[] => {
  const folder = join(import.meta.dirname, '../../../warehouse/tables');
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
};

/** Figures of one line in embedded metric format (Amazon CloudWatch user guide, "Embedded metric format specification"). */
const parseEmbedded = (line: ReturnType<Metrics['serializeMetrics']>, at: number): Datum[] =>
  line._aws.CloudWatchMetrics.flatMap(({ Namespace: namespace, Dimensions: sets, Metrics: metrics }) =>
    sets.flatMap((set) =>
      metrics.flatMap(({ Name: name, Unit: unit }) => {
        const dimensions = Object.fromEntries(set.map((dimension) => [dimension, String(line[dimension])]));
        return [line[name]].flat().map((value) => ({ namespace, name, unit, dimensions, at, value: Number(value) }));
      }),
    ),
  );

const toWarehouse = (redshift: Redshift, fate: () => World['load']): Warehouse => {
  const finish = async (sqls: readonly string[], isBatch: boolean, clientToken?: string): Promise<Ended> => {
    const statement = submit(redshift, sqls, { isBatch, clientToken });
    await redshift.idle();
    const { id, status, createdAt, parts, error = 'no reason' } = statement;
    if (status === 'FINISHED') return { status, id, createdAt };
    const failed = parts.findIndex((part) => part.status === 'FAILED');
    return { status: 'FAILED', id, createdAt, error, ...(failed >= 0 && { statement: failed + 1 }) };
  };
  const results = async (id: string, statement?: number): Promise<readonly Row[]> => {
    const { result } = redshift.api.find(statement === undefined ? id : `${id}:${statement}`).run;
    return (result?.rows ?? []).map((row) => row.map((value) => (value === null ? null : toPlain(value))));
  };
  return {
    transact: async (sqls, { token }) => {
      const ends = fate();
      if (ends === 'unreachable') throw new Error('the warehouse cannot be reached');
      if (ends === 'unfinished') return { status: 'RUNNING', id: 'running' };
      if (ends === 'refused') return { status: 'FAILED', id: 'refused', error: 'not authorized to assume the role' };
      if (ends === 'conflict') return { status: 'FAILED', id: 'conflict', error: 'ERROR: 1023' };
      if (ends === 'killed' || ends === 'left') {
        const { id, createdAt } = submit(redshift, sqls, { isBatch: true, clientToken: token });
        if (ends === 'left') return { status: 'RUNNING', id, createdAt };
        throw new Error('the loader is no more');
      }
      return finish(sqls, true, token);
    },
    execute: (sql) => finish([sql], false),
    results,
    query: async (sql) => {
      const ended = await finish([sql], false);
      if (ended.status === 'FAILED') throw new Error(ended.error);
      return results(ended.id);
    },
  };
};

/** As the Data API gives values: whole numbers as numbers, everything else that is no number as text. */
const toPlain = (value: unknown): string | number => (typeof value === 'bigint' ? Number(value) : String(value));

const toMessage = (key: string, eTag: string) => ({
  messageId: key,
  receiptHandle: key,
  body: JSON.stringify({ Records: [{ s3: { bucket: { name: 'lake' }, object: { key, size: 1, eTag } } }] }),
  attributes: {
    ApproximateReceiveCount: '1',
    SentTimestamp: '1',
    SenderId: 's',
    ApproximateFirstReceiveTimestamp: '1',
  },
  messageAttributes: {},
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:landed',
  awsRegion: 'us-east-1',
});
