/** When a schedule comes next, in epoch milliseconds. */
export interface Cron {
  /** The first minute after `after`; undefined when there is none before the year 2200. */
  next(after: number): number | undefined;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Words for `min`, `min + 1` and so on. */
  readonly words?: readonly string[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** ("Cron expressions" in the EventBridge user guide; L, W and # are not supported here.) */
const fields: readonly Field[] = [
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day-of-month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, words: months },
  { name: 'day-of-week', min: 1, max: 7, words: weekdays },
  { name: 'year', min: 1970, max: 2199 },
];

type Values = ReadonlySet<number>;

/** Six fields of a cron expression of EventBridge, in UTC, or what is wrong with them. */
export const parseCron = (text: string): Cron | string => {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length)
    return `cron(${text}) has ${parts.length} fields: it needs ${fields.map(({ name }) => name).join(', ')}`;
  const read = fields.map((field, at) => parseField(field, parts[at] ?? ''));
  const fault = read.find((each) => typeof each === 'string');
  if (fault !== undefined) return `cron(${text}): ${fault}`;
  const [minutes, hours, days, monthsOfYear, daysOfWeek, years] = read.map((each) =>
    typeof each === 'string' ? undefined : each,
  );
  if ((days === undefined) === (daysOfWeek === undefined))
    return `cron(${text}): one of day-of-month and day-of-week must be ?, and only one`;
  if (minutes === undefined || hours === undefined || monthsOfYear === undefined || years === undefined)
    return `cron(${text}): only day-of-month or day-of-week may be ?`;

  const isDay = (date: Date): boolean =>
    years.has(date.getUTCFullYear()) &&
    monthsOfYear.has(date.getUTCMonth() + 1) &&
    (days?.has(date.getUTCDate()) ?? true) &&
    (daysOfWeek?.has(date.getUTCDay() + 1) ?? true);
  const times = [...hours].flatMap((hour) => [...minutes].map((minute) => (hour * 60 + minute) * MINUTE_MS));
  const sorted = times.toSorted((a, b) => a - b);
  const end = Date.UTC(2200, 0);
  return {
    next: (after) => {
      for (let day = after - (after % DAY_MS); day < end; day += DAY_MS) {
        const time = isDay(new Date(day)) ? sorted.find((each) => day + each > after) : undefined;
        if (time !== undefined) return day + time;
      }
      return undefined;
    },
  };
};

/** The values that a field stands for; undefined for `?`. */
const parseField = (field: Field, text: string): Values | undefined | string => {
  if (text === '?') return undefined;
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const range = parseItem(field, item);
    if (range === undefined)
      return `"${item}" is no ${field.name} that the laptop knows (${field.min} to ${field.max}, with , - * and /)`;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return values;
};

/** `*`, `3`, `3-7`, each with `/2` behind it or without; `3/2` goes on to the last value of the field. */
const parseItem = (
  field: Field,
  item: string,
): { readonly from: number; readonly to: number; readonly step: number } | undefined => {
  const [, range = '', stepText] = /^([^/]+)(?:\/([1-9]\d*))?$/.exec(item) ?? [];
  const step = Number(stepText ?? 1);
  if (range === '*') return { from: field.min, to: field.max, step };
  const [fromText = '', toText, ...rest] = range.split('-');
  const from = parseValue(field, fromText);
  const to = toText === undefined ? (stepText === undefined ? from : field.max) : parseValue(field, toText);
  if (from === undefined || to === undefined || from > to || rest.length > 0) return undefined;
  return { from, to, step };
};

const parseValue = ({ min, max, words = [] }: Field, text: string): number | undefined => {
  const word = words.indexOf(text.toUpperCase());
  const value = word >= 0 ? min + word : /^\d+$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= min && value <= max ? value : undefined;
};
