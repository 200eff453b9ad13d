import type { Clock } from '../clock.ts';
import { numberOf, optionalNumberOf, type Row, rowOf, type Store, textOf } from '../store.ts';
import { createTimers } from '../timers.ts';
import { combine, type Datum, type Dimension, type MetricId, type Statistics, toMetricId } from './datum.ts';

export interface MetricsSettings {
  readonly store: Store;
  readonly clock: Clock;
  /** Hears of what could not be kept; it is tried again. */
  readonly onError?: (error: unknown) => void;
}

/** A metric that has been published, and when last: the epoch minute of its newest value. */
export interface KnownMetric {
  readonly metric: MetricId;
  readonly lastMinute: number;
}

export interface Point {
  /** Minutes since the epoch. */
  readonly minute: number;
  readonly statistics: Statistics;
}

export interface PointsWanted {
  readonly metric: MetricId;
  /** Values of every unit unless given. */
  readonly unit: string | undefined;
  /** Epoch minutes; the first belongs to them, the last does not. */
  readonly from: number;
  readonly to: number;
}

/** Metrics as CloudWatch keeps them: statistics per minute, of each metric by its namespace, name and whole dimension set. */
export interface Metrics {
  /** Adds values; those outside the times that CloudWatch takes (`isTimely`) are left out. */
  publish(data: readonly Datum[]): void;
  /** Oldest first; minutes without a value are not there. */
  points(wanted: PointsWanted): readonly Point[];
  /** By namespace, name and dimensions. */
  known(): readonly KnownMetric[];
  /** Keeps what is still in memory. Later values are dropped. */
  stop(): void;
}

export const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** How long values of one minute are kept ("Metrics retention" in the CloudWatch user guide). */
const RETENTION_MS = 15 * DAY_MS;
const SWEEP_MS = 3_600_000;
/** A function writes a line per request: values are added up in memory and written down together. */
const FLUSH_MS = 250;

/** CloudWatch takes values up to two weeks old and two hours ahead ("PutMetricData" in the CloudWatch API reference). */
export const isTimely = (at: number, now: number): boolean => at >= now - 14 * DAY_MS && at <= now + 2 * 3_600_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS metric (
    id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, name TEXT NOT NULL, dimensions TEXT NOT NULL, unit TEXT NOT NULL,
    UNIQUE (namespace, name, dimensions, unit));
  CREATE TABLE IF NOT EXISTS metric_minute (
    metric INTEGER NOT NULL, minute INTEGER NOT NULL, sum REAL NOT NULL, samples REAL NOT NULL, minimum REAL NOT NULL,
    maximum REAL NOT NULL, PRIMARY KEY (metric, minute)) WITHOUT ROWID;`;

interface Pending {
  readonly metric: MetricId;
  readonly unit: string;
  readonly minute: number;
  statistics: Statistics;
}

export const createMetrics = ({ store, clock, onError }: MetricsSettings): Metrics => {
  store.exec(SCHEMA);
  const findId = store.prepare(
    'SELECT id FROM metric WHERE namespace = ? AND name = ? AND dimensions = ? AND unit = ?',
  );
  const addId = store.prepare(
    'INSERT INTO metric (namespace, name, dimensions, unit) VALUES (?, ?, ?, ?) RETURNING id',
  );
  const add = store.prepare(`INSERT INTO metric_minute VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
    sum = sum + excluded.sum, samples = samples + excluded.samples, minimum = min(minimum, excluded.minimum),
    maximum = max(maximum, excluded.maximum)`);
  const select = store.prepare(`SELECT minute, sum(sum) AS sum, sum(samples) AS samples, min(minimum) AS minimum,
    max(maximum) AS maximum FROM metric_minute JOIN metric ON id = metric_minute.metric
    WHERE namespace = ?1 AND name = ?2 AND dimensions = ?3 AND (?4 IS NULL OR unit = ?4) AND minute >= ?5 AND minute < ?6
    GROUP BY minute ORDER BY minute`);
  const selectKnown = store.prepare(`SELECT namespace, name, dimensions,
    max((SELECT max(minute) FROM metric_minute WHERE metric_minute.metric = metric.id)) AS last_minute
    FROM metric GROUP BY namespace, name, dimensions ORDER BY namespace, name, dimensions`);
  const sweep = store.prepare('DELETE FROM metric_minute WHERE minute < ?');

  const timers = createTimers(clock);
  let pending = new Map<string, Pending>();
  let sweptAt = Number.NEGATIVE_INFINITY;
  let isFlushDue = false;
  let isStopped = false;

  const idOf = ({ metric, unit }: Pending): number => {
    const key = [metric.namespace, metric.name, toKey(metric.dimensions), unit] as const;
    return numberOf(rowOf(findId.get(...key) ?? addId.get(...key)), 'id');
  };

  const flush = (): void => {
    if (pending.size === 0) return;
    store.transaction(() => {
      for (const each of pending.values()) {
        const { sum, samples, minimum, maximum } = each.statistics;
        add.run(idOf(each), each.minute, sum, samples, minimum, maximum);
      }
      if (clock.now() - sweptAt >= SWEEP_MS) sweep.run(toMinute(clock.now() - RETENTION_MS));
    });
    if (clock.now() - sweptAt >= SWEEP_MS) sweptAt = clock.now();
    pending = new Map();
  };

  const flushSoon = (): void => {
    if (isFlushDue) return;
    isFlushDue = true;
    timers.after(FLUSH_MS, () => {
      isFlushDue = false;
      try {
        flush();
      } catch (error) {
        onError?.(error);
        flushSoon();
      }
    });
  };

  return {
    publish(data) {
      for (const { metric, unit, at, statistics } of data) {
        if (isStopped || !isTimely(at, clock.now())) continue;
        const minute = toMinute(at);
        const key = toPendingKey(metric, unit, minute);
        const before = pending.get(key);
        if (before === undefined) pending.set(key, { metric, unit, minute, statistics });
        else before.statistics = combine(before.statistics, statistics);
        flushSoon();
      }
    },
    points({ metric, unit, from, to }) {
      flush();
      const key = [metric.namespace, metric.name, toKey(metric.dimensions)] as const;
      return select.all(...key, unit ?? null, from, to).map(toPoint);
    },
    known() {
      flush();
      return selectKnown.all().flatMap((row) => {
        const lastMinute = optionalNumberOf(row, 'last_minute');
        return lastMinute === undefined ? [] : [{ metric: toMetric(row), lastMinute }];
      });
    },
    stop() {
      flush();
      isStopped = true;
      timers.stop();
    },
  };
};

export const toMinute = (at: number): number => Math.floor(at / MINUTE_MS);

/** Names one sum in memory. Lengths keep parts apart, at less than the price of JSON. */
const toPendingKey = ({ namespace, name, dimensions }: MetricId, unit: string, minute: number): string => {
  let key = `${minute} ${unit} ${namespace.length} ${namespace} ${name.length} ${name}`;
  for (const each of dimensions) key += ` ${each.name.length} ${each.name} ${each.value.length} ${each.value}`;
  return key;
};

const toKey = (dimensions: readonly Dimension[]): string =>
  JSON.stringify(dimensions.map(({ name, value }) => [name, value]));

const toMetric = (row: Row): MetricId => {
  const dimensions = parseKey(textOf(row, 'dimensions')).map(([name, value]) => ({ name, value }));
  return toMetricId(textOf(row, 'namespace'), textOf(row, 'name'), dimensions);
};

const parseKey = (text: string): readonly (readonly [string, string])[] => JSON.parse(text) as [string, string][];

const toPoint = (row: Row): Point => ({
  minute: numberOf(row, 'minute'),
  statistics: {
    sum: numberOf(row, 'sum'),
    samples: numberOf(row, 'samples'),
    minimum: numberOf(row, 'minimum'),
    maximum: numberOf(row, 'maximum'),
  },
});
