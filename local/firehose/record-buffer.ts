import type { Clock } from '../clock.ts';
import type { Random } from '../random.ts';
import { bytesOf, numberOf, optionalNumberOf, rowOf, type Store, textOf } from '../store.ts';
import type { IdRange } from './id-ranges.ts';

export interface BufferedRecord {
  readonly id: number;
  /** Epoch milliseconds. */
  readonly arrivedAt: number;
  readonly data: Buffer;
}

/** The records that a stream has accepted and not yet delivered, oldest first, in the store. */
export interface RecordBuffer {
  append(records: readonly Uint8Array[]): void;
  /** Records behind `after`, until `takes` refuses one. */
  read(after: number, takes: (record: BufferedRecord) => boolean): void;
  data(id: number): Buffer;
  remove(ranges: readonly IdRange[]): void;
  /** Number and bytes of the records behind `after`, and when the first of them arrived. */
  behind(after: number): { readonly count: number; readonly bytes: number };
  first(after: number): { readonly id: number; readonly arrivedAt: number } | undefined;
  last(): number;
  /** The `recordId` that the function sees: the same on every try and after every restart. */
  recordId(id: number): string;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS firehose_stream (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE NOT NULL, record_prefix TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS firehose_record (
    id INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL, arrived_at INTEGER NOT NULL, data BLOB NOT NULL);
  CREATE INDEX IF NOT EXISTS firehose_record_stream ON firehose_record (stream, id);`;

/** Firehose's own ids look like sequence numbers: decimal digits, 56 of them. */
const ID_DIGITS = 17;

export const createRecordBuffer = ({
  store,
  clock,
  random,
  streamName,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly streamName: string;
}): RecordBuffer => {
  store.exec(SCHEMA);
  const prefix = `49${BigInt(`0x${random.bytes(15).toString('hex')}`)
    .toString()
    .padStart(37, '0')}`;
  store.prepare('INSERT OR IGNORE INTO firehose_stream (name, record_prefix) VALUES (?, ?)').run(streamName, prefix);
  const row = rowOf(store.prepare('SELECT id, record_prefix FROM firehose_stream WHERE name = ?').get(streamName));
  const stream = numberOf(row, 'id');
  const recordPrefix = textOf(row, 'record_prefix');

  const insert = store.prepare('INSERT INTO firehose_record (stream, arrived_at, data) VALUES (?, ?, ?)');
  const read = store.prepare(
    'SELECT id, arrived_at, data FROM firehose_record WHERE stream = ? AND id > ? ORDER BY id',
  );
  const data = store.prepare('SELECT data FROM firehose_record WHERE id = ?');
  const remove = store.prepare('DELETE FROM firehose_record WHERE stream = ? AND id BETWEEN ? AND ?');
  const behind = store.prepare(
    'SELECT count(*) AS count, coalesce(sum(length(data)), 0) AS bytes FROM firehose_record WHERE stream = ? AND id > ?',
  );
  const first = store.prepare(
    'SELECT id, arrived_at FROM firehose_record WHERE stream = ? AND id > ? ORDER BY id LIMIT 1',
  );
  const last = store.prepare('SELECT max(id) AS id FROM firehose_record WHERE stream = ?');

  return {
    append: (records) => {
      const now = clock.now();
      store.transaction(() => {
        for (const record of records) insert.run(stream, now, record);
      });
    },
    read: (after, takes) => {
      for (const found of read.iterate(stream, after)) {
        const record = {
          id: numberOf(found, 'id'),
          arrivedAt: numberOf(found, 'arrived_at'),
          data: bytesOf(found, 'data'),
        };
        if (!takes(record)) return;
      }
    },
    data: (id) => bytesOf(rowOf(data.get(id)), 'data'),
    remove: (ranges) => {
      store.transaction(() => {
        for (const { from, to } of ranges) remove.run(stream, from, to);
      });
    },
    behind: (after) => {
      const found = rowOf(behind.get(stream, after));
      return { count: numberOf(found, 'count'), bytes: numberOf(found, 'bytes') };
    },
    first: (after) => {
      const found = first.get(stream, after);
      return found === undefined ? undefined : { id: numberOf(found, 'id'), arrivedAt: numberOf(found, 'arrived_at') };
    },
    last: () => optionalNumberOf(rowOf(last.get(stream)), 'id') ?? 0,
    recordId: (id) => `${recordPrefix}${String(id).padStart(ID_DIGITS, '0')}`,
  };
};
