import { isRecord } from '#local/template/template.ts';
import type { MetricUse } from './alarm.ts';

/** A widget of a CloudWatch dashboard (Amazon CloudWatch API reference, "Dashboard body structure and syntax"). */
export interface Widget {
  readonly type: string;
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly region: unknown;
  readonly metrics: readonly MetricUse[];
  readonly expressions: readonly string[];
  /** Values of its horizontal lines. */
  readonly lines: readonly number[];
  readonly alarms: readonly string[];
}

/** Widgets of a dashboard's body; throws where it is no JSON or not of the form. */
export const parseDashboard = (body: string): readonly Widget[] => {
  const dashboard: unknown = JSON.parse(body);
  if (!isRecord(dashboard) || !Array.isArray(dashboard.widgets)) throw new Error('a dashboard is {"widgets":[…]}');
  return dashboard.widgets.map(parseWidget);
};

const parseWidget = (raw: unknown): Widget => {
  const widget = isRecord(raw) ? raw : {};
  const properties = isRecord(widget.properties) ? widget.properties : {};
  const number = (name: string): number => {
    const value = widget[name];
    if (typeof value !== 'number') throw new Error(`${properties.title}: ${name} is no number`);
    return value;
  };
  const rows = listOf(properties.metrics).map((row) => listOf(row));
  const annotations = isRecord(properties.annotations) ? listOf(properties.annotations.horizontal) : [];
  return {
    type: String(widget.type),
    title: String(properties.title ?? ''),
    x: number('x'),
    y: number('y'),
    width: number('width'),
    height: number('height'),
    region: properties.region,
    metrics: rows.filter((row) => typeof row[0] === 'string').map((row) => parseMetric(row, properties)),
    expressions: rows.flatMap(([first]) => (isRecord(first) ? [String(first.expression)] : [])),
    lines: annotations.map((line) => (isRecord(line) ? Number(line.value) : Number.NaN)),
    alarms: listOf(properties.alarms).map(String),
  };
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** `[namespace, name, dimension, value, options]`, without the shorthands that CloudWatch takes too. */
const parseMetric = (row: readonly unknown[], widget: Readonly<Record<string, unknown>>): MetricUse => {
  const [namespace, name, dimension, value, options = {}, ...rest] = row;
  if (rest.length > 0 || !isRecord(options)) throw new Error(`${widget.title}: a metric is not of the one form`);
  return {
    id: String(options.id ?? ''),
    namespace: String(namespace),
    name: String(name),
    dimensions: { [String(dimension)]: String(value) },
    statistic: String(options.stat ?? widget.stat),
  };
};
