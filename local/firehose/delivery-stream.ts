import type { Clock } from '../clock.ts';
import type { Invoke } from '../invoke.ts';
import type { Random } from '../random.ts';
import type { Store } from '../store.ts';
import { createTimers } from '../timers.ts';
import { createBacklog } from './backlog.ts';
import { type Batch, rangesOf } from './batch.ts';
import { createDestination, toPortion } from './destination.ts';
import { toErrorLines } from './error-lines.ts';
import type { IdRange } from './id-ranges.ts';
import { type CreateObjectBody, createObjectBody } from './object-body.ts';
import { objectName } from './object-key.ts';
import { dataPrefix, errorPrefix } from './prefix.ts';
import { createProcessor } from './processor.ts';
import { createRecordBuffer } from './record-buffer.ts';
import type { Stream } from './settings.ts';

/** Puts one finished object into S3; the headers are those S3 keeps with it. */
export type PutObject = (object: {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}) => Promise<unknown>;

export interface DeliveryStreamStats {
  /** Records accepted and not yet in S3 (nor dropped). */
  readonly queued: number;
  /** Epoch milliseconds at which the oldest of them arrived. */
  readonly oldest: number | undefined;
  readonly counts: {
    readonly records: number;
    readonly bytes: number;
    readonly invocations: number;
    /** Invocations and writes tried again. */
    readonly retries: number;
    readonly objects: number;
    readonly dropped: number;
    /** Records written under the error prefix. */
    readonly failed: number;
  };
  readonly lastError: { readonly at: number; readonly message: string } | undefined;
}

export interface DeliveryStream {
  readonly stream: Stream;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Accepts the records: when this returns they are in the store. */
  put(records: readonly Uint8Array[]): void;
  /** Delivers what has been accepted so far, without waiting for buffers to fill; resolves when it is in S3. */
  flush(): Promise<void>;
  stats(): DeliveryStreamStats;
  /** Ends at once, as a crash would. */
  stop(): void;
}

export interface DeliveryStreamSettings {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly invoke: Invoke;
  readonly putObject: PutObject;
  readonly region: string;
  readonly stream: Stream;
  readonly createBody?: CreateObjectBody;
  /** Hears of each invocation and each write that fails. */
  readonly onFailure?: (error: unknown, at: 'function' | 'bucket') => void;
}

/** ("Amazon Data Firehose quota"): outstanding invocations of one stream. */
const MAX_INVOCATIONS = 5;
const ERROR_TYPE = 'processing-failed';
/** What a stream without a function moves at once from the store towards S3. */
const PLAIN_BATCH = { bufferBytes: 1024 * 1024, bufferMs: 0 };
const REPAIR_MS = 1_000;

export const createDeliveryStream = (settings: DeliveryStreamSettings): DeliveryStream => {
  const { store, clock, random, invoke, putObject, region, stream, createBody = createObjectBody } = settings;
  const { name, bucket, processor } = stream;
  const timers = createTimers(clock);
  const buffer = createRecordBuffer({ store, clock, random, streamName: name });
  const counts = { records: 0, bytes: 0, invocations: 0, retries: 0, objects: 0, dropped: 0, failed: 0 };
  const running = new Set<Batch>();
  let lastError: DeliveryStreamStats['lastError'];
  let stopped = false;
  let queued = buffer.behind(0).count;
  const backlog = createBacklog({ buffer, clock, forFunction: processor !== undefined, ...(processor ?? PLAIN_BATCH) });
  let flushes: { readonly upTo: number; readonly resolve: () => void }[] = [];
  let cancelTimer = (): void => {};

  const fail = (error: unknown, where: string, at?: 'function' | 'bucket'): void => {
    lastError = { at: clock.now(), message: `${where}: ${error instanceof Error ? error.message : String(error)}` };
    if (at !== undefined) settings.onFailure?.(error, at);
  };

  const forget = (ranges: readonly IdRange[], records: number): void => {
    if (stopped) return;
    buffer.remove(ranges);
    queued -= records;
  };

  const createTo = (keyOf: (oldest: number) => string, compression: Stream['compression']) =>
    createDestination({
      timers,
      bufferBytes: stream.bufferBytes,
      bufferMs: stream.bufferMs,
      createBody: () => createBody(compression),
      keyOf,
      write: async (key, body) => {
        const headers = {
          'content-type': 'application/octet-stream',
          ...(compression === 'GZIP' ? { 'content-encoding': 'gzip' } : {}),
        };
        if (stopped) return;
        await putObject({ bucket, key, body, headers });
        counts.objects += 1;
      },
      forget,
      onRoom: () => pump(),
      onFailure: (error) => {
        counts.retries += 1;
        fail(error, `s3://${bucket}`, 'bucket');
      },
    });
  const data = createTo(
    (at) => dataPrefix(stream.prefix, at, random) + objectName(name, at, random.uuid(), stream.extension),
    stream.compression,
  );
  const errors = createTo(
    (at) => errorPrefix(stream, { at, errorType: ERROR_TYPE, random }) + objectName(name, at, random.uuid(), ''),
    'UNCOMPRESSED',
  );

  const transform =
    processor === undefined
      ? undefined
      : createProcessor({
          clock,
          timers,
          random,
          invoke,
          region,
          lambdaArn: processor.lambdaArn,
          streamArn: stream.arn,
          retries: processor.retries,
          onInvocation: (attempt) => {
            counts.invocations += 1;
            if (attempt > 1) counts.retries += 1;
          },
          onFailure: (error) => fail(error, processor.lambdaArn, 'function'),
        });

  const deliver = async (batch: Batch): Promise<void> => {
    if (processor === undefined || transform === undefined) {
      return data.append(toPortion(batch, [...batch.ids.keys()], Buffer.concat(batch.data)));
    }
    const processed = await transform(batch, batch.ids.map(buffer.recordId));
    if (stopped) return;
    const { output, ok, dropped, failed } = processed;
    const lines = toErrorLines({ batch, processed, buffer, lambdaArn: processor.lambdaArn });
    forget(rangesOf(batch, dropped), dropped.length);
    counts.dropped += dropped.length;
    counts.failed += failed.size;
    await Promise.all([
      ok.length > 0 ? data.append(toPortion(batch, ok, output)) : undefined,
      failed.size > 0 ? errors.append(toPortion(batch, [...failed.keys()], lines)) : undefined,
    ]);
  };

  const run = async (batch: Batch): Promise<void> => {
    running.add(batch);
    try {
      await deliver(batch);
    } catch (error) {
      fail(error, 'delivery');
      timers.after(REPAIR_MS, () => void run(batch));
      return;
    }
    running.delete(batch);
    pump();
  };

  /** Takes batches as long as one is due and there is room for it, then sets the timer for when the next will be. */
  const pump = (): void => {
    cancelTimer();
    if (stopped) return;
    try {
      takeDue();
      advanceFlushes();
    } catch (error) {
      fail(error, 'store');
      cancelTimer = timers.after(REPAIR_MS, pump);
    }
  };

  const takeDue = (): void => {
    while (running.size < MAX_INVOCATIONS && data.accepts() && errors.accepts()) {
      const dueIn = backlog.dueIn();
      if (dueIn === Number.POSITIVE_INFINITY) return;
      if (dueIn > 0 && !flushes.some(({ upTo }) => backlog.holds(upTo))) {
        cancelTimer = timers.after(dueIn, pump);
        return;
      }
      void run(backlog.take());
    }
  };

  /** Closes the open objects once all that a flush asks for is in them, and ends the flushes whose records are delivered. */
  const advanceFlushes = (): void => {
    if (flushes.length === 0) return;
    const upTo = Math.max(...flushes.map((flush) => flush.upTo));
    if (!backlog.holds(upTo) && ![...running].some(({ ids }) => (ids[0] ?? 0) <= upTo)) {
      data.seal();
      errors.seal();
    }
    const first = buffer.first(0)?.id ?? Number.POSITIVE_INFINITY;
    const ended = flushes.filter((flush) => flush.upTo < first);
    flushes = flushes.filter((flush) => flush.upTo >= first);
    for (const { resolve } of ended) resolve();
  };

  const now = clock.now();
  timers.after(0, pump);
  return {
    stream,
    createdAt: now,
    put: (records) => {
      if (stopped) throw new Error(`Delivery stream ${name} has stopped.`);
      buffer.append(records);
      const bytes = records.reduce((sum, record) => sum + record.byteLength, 0);
      backlog.added(records.length, bytes);
      queued += records.length;
      counts.records += records.length;
      counts.bytes += bytes;
      pump();
    },
    flush: () =>
      new Promise((resolve) => {
        flushes.push({ upTo: buffer.last(), resolve });
        pump();
      }),
    stats: () => ({ queued, oldest: buffer.first(0)?.arrivedAt, counts: { ...counts }, lastError }),
    stop: () => {
      stopped = true;
      timers.stop();
      for (const { resolve } of flushes.splice(0)) resolve();
    },
  };
};
