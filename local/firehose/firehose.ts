import type { Clock } from '../clock.ts';
import type { Invoke } from '../invoke.ts';
import type { Random } from '../random.ts';
import type { Store } from '../store.ts';
import {
  createDeliveryStream,
  type DeliveryStream,
  type DeliveryStreamSettings,
  type PutObject,
} from './delivery-stream.ts';
import { invalidArgument, noSuchStream, validationError } from './errors.ts';
import type { CreateObjectBody } from './object-body.ts';
import { type Stream, type StreamSettings, toStream } from './settings.ts';

export interface Firehose {
  /** Throws InvalidArgumentException for settings that Firehose would refuse. Records left from an earlier run go on. */
  createStream(settings: StreamSettings): DeliveryStream;
  /** Throws ResourceNotFoundException. */
  stream(name: string): DeliveryStream;
  streams(): readonly DeliveryStream[];
  /** PutRecord: the record's id, when it is stored. Throws as `putRecords` does. */
  putRecord(streamName: string, record: Uint8Array): string;
  /**
   * PutRecordBatch: one id per record, when all are stored. Throws ResourceNotFoundException, and ValidationException or
   * InvalidArgumentException for what is over Firehose's limits.
   */
  putRecords(streamName: string, records: readonly Uint8Array[]): readonly string[];
  /** Delivers what all streams have accepted so far. */
  flush(): Promise<void>;
  /** Ends at once, as a crash would. */
  stop(): void;
}

export interface FirehoseSettings {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly invoke: Invoke;
  readonly putObject: PutObject;
  readonly region: string;
  readonly accountId: string;
  /** What a stream does in place of the above, with the roles that it has. */
  readonly actFor?: (stream: Stream) => Pick<DeliveryStreamSettings, 'invoke' | 'putObject' | 'onFailure'>;
  /** How objects are compressed; in threads unless given. */
  readonly createBody?: CreateObjectBody;
}

/** (API reference of PutRecordBatch and "Amazon Data Firehose quota"): bytes are counted before base64. */
const MAX_RECORDS = 500;
const MAX_RECORD_BYTES = 1_024_000;
const MAX_CALL_BYTES = 4 * 1024 * 1024;
const ID_BYTES = 120;

export const createFirehose = (settings: FirehoseSettings): Firehose => {
  const { random, accountId } = settings;
  const streams = new Map<string, DeliveryStream>();

  const find = (name: string): DeliveryStream => {
    const stream = streams.get(name);
    if (stream === undefined) throw noSuchStream(name, accountId);
    return stream;
  };

  return {
    stream: find,
    streams: () => [...streams.values()],
    createStream: (wanted) => {
      if (streams.has(wanted.name)) throw new Error(`Delivery stream ${wanted.name} exists already.`);
      const own = toStream(wanted);
      const stream = createDeliveryStream({ ...settings, ...settings.actFor?.(own), stream: own });
      streams.set(wanted.name, stream);
      return stream;
    },
    putRecord: (streamName, record) => {
      checkSize(record, 'record.data');
      find(streamName).put([record]);
      return random.bytes(ID_BYTES).toString('base64');
    },
    putRecords: (streamName, records) => {
      checkRecords(records);
      find(streamName).put(records);
      const id = random.bytes(ID_BYTES);
      return records.map((_, place) => {
        id.writeUInt16BE(place, id.length - 2);
        return id.toString('base64');
      });
    },
    flush: async () => {
      await Promise.all([...streams.values()].map((stream) => stream.flush()));
    },
    stop: () => {
      for (const stream of streams.values()) stream.stop();
    },
  };
};

const checkRecords = (records: readonly Uint8Array[]): void => {
  if (records.length < 1 || records.length > MAX_RECORDS) {
    const bound = records.length < 1 ? 'greater than or equal to 1' : `less than or equal to ${MAX_RECORDS}`;
    throw validationError('[...]', 'records', `Member must have length ${bound}`);
  }
  for (const [place, record] of records.entries()) checkSize(record, `records.${place + 1}.member.data`);
  const bytes = records.reduce((sum, { byteLength }) => sum + byteLength, 0);
  if (bytes > MAX_CALL_BYTES) throw invalidArgument('Records size exceeds 4 MB limit');
};

const checkSize = ({ byteLength }: Uint8Array, member: string): void => {
  if (byteLength <= MAX_RECORD_BYTES) return;
  const value = `java.nio.HeapByteBuffer[pos=0 lim=${byteLength} cap=${byteLength}]`;
  throw validationError(value, member, `Member must have length less than or equal to ${MAX_RECORD_BYTES}`);
};
