let cachedMinute = Number.NaN;
let minutePrefix = '';

/**
 * A moment as the warehouse's TIMESTAMP columns take it: `2026-11-22 10:00:00.123`, UTC, milliseconds. The last minute's text
 * is remembered, as events come in the order of time; years 1 to 9999.
 */
export const toTimestamp = (epochMs: number): string => {
  const minute = Math.floor(epochMs / 60_000);
  if (minute !== cachedMinute) {
    const iso = new Date(minute * 60_000).toISOString();
    minutePrefix = `${iso.slice(0, 10)} ${iso.slice(11, 17)}`;
    cachedMinute = minute;
  }
  const rest = epochMs - minute * 60_000;
  const second = Math.floor(rest / 1000);
  const ms = rest - second * 1000;
  return `${minutePrefix}${second < 10 ? '0' : ''}${second}.${ms < 10 ? '00' : ms < 100 ? '0' : ''}${ms}`;
};

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/;

/**
 * Epoch milliseconds of a time as clients write it, or undefined. Takes ISO 8601 with or without a zone (without: UTC, as
 * Python's `isoformat()` writes it; up to nine digits of fraction, cut to milliseconds), and epoch seconds, milliseconds or
 * microseconds as a number or its text, told apart by size. The calendar is checked: 30 February is undefined.
 */
export const parseTime = (value: unknown): number | undefined => {
  if (typeof value === 'string') return parseTimeText(value);
  if (typeof value === 'number') return parseEpoch(value);
  return JSON.isRawJSON(value) ? parseEpoch(Number(JSON.stringify(value))) : undefined;
};

const parseTimeText = (text: string): number | undefined => {
  const fast = parseCanonical(text);
  if (fast !== undefined) return fast;
  const found = iso.exec(text);
  if (found === null) return /^\d{9,16}(\.\d+)?$/.test(text) ? parseEpoch(Number(text)) : undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), ms);
  if (!sameCalendar(time, Number(month), Number(day), Number(hour), Number(minute), Number(second))) return undefined;
  const moment = time - offsetMs(zone);
  return moment >= firstMoment && moment <= lastMoment ? moment : undefined;
};

/** Years of four digits, 1000 to 9999: what a TIMESTAMP is written with. */
const firstMoment = Date.UTC(1000, 0, 1);
const lastMoment = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** `2026-11-22T10:00:00.123Z`, which is what almost every client sends, read without a pattern. */
const parseCanonical = (text: string): number | undefined => {
  if (
    text.length !== 24 ||
    text.charCodeAt(23) !== 0x5a ||
    text.charCodeAt(10) !== 0x54 ||
    text.charCodeAt(19) !== 0x2e
  )
    return undefined;
  if (
    text.charCodeAt(4) !== 0x2d ||
    text.charCodeAt(7) !== 0x2d ||
    text.charCodeAt(13) !== 0x3a ||
    text.charCodeAt(16) !== 0x3a
  )
    return undefined;
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const ms = digits(text, 20, 3);
  const year = digits(text, 0, 4);
  const isInRange =
    year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour < 24 && minute < 60 && second < 60;
  return isInRange && ms >= 0 ? Date.UTC(year, month - 1, day, hour, minute, second, ms) : undefined;
};

/** Value of `count` digits; NaN when one is none, which no comparison lets pass. */
const digits = (text: string, from: number, count: number): number => {
  let value = 0;
  for (let at = from; at < from + count; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
};

const sameCalendar = (
  time: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): boolean => {
  const date = new Date(time);
  return date.getUTCMonth() + 1 === month && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
};

const offsetMs = (zone: string): number => {
  const sign = zone.charCodeAt(0);
  if (sign !== 0x2b && sign !== 0x2d) return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (sign === 0x2b ? minutes : -minutes) * 60_000;
};

/** 1e8..1e11 are seconds (1973 to 5138), up to 1e14 milliseconds, up to 1e17 microseconds. */
const parseEpoch = (value: number): number | undefined => {
  if (value >= 1e8 && value < 1e11) return Math.trunc(value * 1000);
  if (value >= 1e11 && value < 1e14) return Math.trunc(value);
  if (value >= 1e14 && value < 1e17) return Math.trunc(value / 1000);
  return undefined;
};
