import type { Clock } from '../clock.ts';
import { numberOf, type Row, type Store, textOf } from '../store.ts';
import { noSuchBucket } from './errors.ts';
import type { BucketNotification } from './notifications.ts';

export interface Bucket {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly notifications: readonly BucketNotification[];
}

export interface Buckets {
  find(name: string): Bucket | undefined;
  /** Throws NoSuchBucket. */
  get(name: string): Bucket;
  all(): readonly Bucket[];
  /** Creates the bucket or replaces its notifications; false when nothing changed. */
  save(name: string, notifications: readonly BucketNotification[]): boolean;
}

export const createBuckets = ({ store, clock }: { readonly store: Store; readonly clock: Clock }): Buckets => {
  store.exec(`CREATE TABLE IF NOT EXISTS s3_bucket (
    name TEXT PRIMARY KEY, created_at INTEGER NOT NULL, notifications TEXT NOT NULL) WITHOUT ROWID`);
  const select = store.prepare('SELECT name, created_at, notifications FROM s3_bucket ORDER BY name');
  const save = store.prepare(`INSERT INTO s3_bucket (name, created_at, notifications) VALUES (?, ?, ?)
    ON CONFLICT (name) DO UPDATE SET notifications = excluded.notifications`);
  const known = new Map(select.all().map((row) => [textOf(row, 'name'), toBucket(row)]));

  return {
    find: (name) => known.get(name),
    get: (name) => {
      const bucket = known.get(name);
      if (bucket === undefined) throw noSuchBucket(name);
      return bucket;
    },
    all: () => [...known.values()],
    save: (name, notifications) => {
      const before = known.get(name);
      if (before !== undefined && JSON.stringify(before.notifications) === JSON.stringify(notifications)) return false;
      const bucket = { name, createdAt: before?.createdAt ?? clock.now(), notifications };
      save.run(name, bucket.createdAt, JSON.stringify(notifications));
      known.set(name, bucket);
      return true;
    },
  };
};

const toBucket = (row: Row): Bucket => ({
  name: textOf(row, 'name'),
  createdAt: numberOf(row, 'created_at'),
  notifications: parseNotifications(textOf(row, 'notifications')),
});

const parseNotifications = (text: string): readonly BucketNotification[] => JSON.parse(text) as BucketNotification[];
