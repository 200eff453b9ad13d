import { hash } from 'node:crypto';
import { toEnvelope } from '#core/envelope.ts';
import { createHandler } from '#functions/transformer/handler.ts';
import { makeEvents } from './workload.ts';

export interface Ratio {
  readonly name: string;
  readonly goal: number;
  /** Times as fast as the floor: above 1 is faster than it. */
  readonly ratio: number;
  readonly eventsPerSecond: number;
  readonly floorPerSecond: number;
}

interface Batch {
  readonly records: readonly {
    readonly recordId: string;
    readonly data: string;
    readonly approximateArrivalTimestamp: number;
  }[];
  readonly events: number;
}

/** Per record: base64 decode, JSON.parse, JSON.stringify and a newline, base64 encode; nothing else. */
const floor = (batch: Batch): number => {
  let bytes = 0;
  for (const record of batch.records) {
    const value: unknown = JSON.parse(Buffer.from(record.data, 'base64').toString('utf8'));
    bytes += Buffer.from(`${JSON.stringify(value)}\n`, 'utf8').toString('base64').length;
  }
  return bytes;
};

const nothing = () => undefined;
const quiet = { addContext: nothing, info: nothing, warn: nothing, error: nothing };
const unmetered = { addMetric: nothing, publishStoredMetrics: nothing };
const handler = createHandler({
  hash: (text) => hash('sha256', text),
  clock: Date.now,
  responseBytes: Number.MAX_SAFE_INTEGER,
  logger: quiet,
  metrics: unmetered,
});

/** Medians of interleaved rounds of the transformer's handler and the floor on the same records in the same process. */
export const benchTransformer = async (rounds = 15): Promise<Ratio[]> => [
  await measure('P1 transformer, envelopes of 100', 1, envelopes(makeEvents(20_000, 1)), rounds),
  await measure('P2 transformer, one event a record', 1, bare(makeEvents(20_000, 2)), rounds),
  await measure(
    'P4 transformer, only bad input',
    0.75,
    bare(makeEvents(20_000, 3).map((event) => event.replace('"event_name"', '"name"'))),
    rounds,
  ),
];

const measure = async (name: string, goal: number, batches: readonly Batch[], rounds: number): Promise<Ratio> => {
  const events = batches.reduce((sum, batch) => sum + batch.events, 0);
  const ours: number[] = [];
  const floors: number[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(
      await time(async () => {
        for (const batch of batches) await handler(toInvocation(batch), context);
      }),
    );
    floors.push(
      await time(async () => {
        for (const batch of batches) floor(batch);
      }),
    );
  }
  const [us, them] = [median(ours.slice(2)), median(floors.slice(2))];
  return { name, goal, ratio: them / us, eventsPerSecond: events / us, floorPerSecond: events / them };
};

const envelopes = (events: readonly string[]): Batch[] => {
  const arrival = {
    producer: '0199aa00-0000-7000-8000-000000000000',
    receivedAt: '2026-11-22T10:00:00.123Z',
    source: 'web',
    protocol: 'native',
    client: { ip: '203.0.113.7' },
  } as const;
  const texts = Array.from({ length: Math.ceil(events.length / 100) }, (_, at) =>
    toEnvelope(arrival, at, events.slice(at * 100, at * 100 + 100)),
  );
  return toBatches(texts, 100, 60);
};

const bare = (events: readonly string[]): Batch[] => toBatches(events, 1, 6000);

const toBatches = (texts: readonly string[], eventsEach: number, recordsEach: number): Batch[] => {
  const batches: Batch[] = [];
  for (let at = 0; at < texts.length; at += recordsEach) {
    const records = texts.slice(at, at + recordsEach).map((text, index) => ({
      recordId: `${at + index}`.padStart(20, '0'),
      data: Buffer.from(text, 'utf8').toString('base64'),
      approximateArrivalTimestamp: 1_795_100_000_000,
    }));
    batches.push({ records, events: records.length * eventsEach });
  }
  return batches;
};

const toInvocation = (batch: Batch) => ({
  invocationId: 'bench',
  deliveryStreamArn: 'arn',
  region: 'us-east-1',
  records: [...batch.records],
});

const context = {
  callbackWaitsForEmptyEventLoop: true,
  functionName: 'bench',
  functionVersion: '1',
  invokedFunctionArn: 'arn',
  memoryLimitInMB: '512',
  awsRequestId: 'bench',
  logGroupName: 'bench',
  logStreamName: 'bench',
  getRemainingTimeInMillis: () => 60_000,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
};

const time = async (work: () => Promise<void>): Promise<number> => {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
};

const median = (values: readonly number[]): number =>
  [...values].sort((left, right) => left - right)[values.length >> 1] ?? 0;
