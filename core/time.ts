/** A moment as the warehouse's TIMESTAMP columns take it: `2026-11-22 10:00:00.123`, UTC, milliseconds. */
export const toTimestamp = (epochMs: number): string => {
  const iso = new Date(epochMs).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 23)}`;
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
  return undefined;
};

const parseTimeText = (text: string): number | undefined => {
  const found = iso.exec(text);
  if (found === null) return /^\d{9,16}(\.\d+)?$/.test(text) ? parseEpoch(Number(text)) : undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const time = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), ms);
  return sameCalendar(time, Number(month), Number(day), Number(hour), Number(minute), Number(second))
    ? time - offsetMs(zone)
    : undefined;
};

const sameCalendar = (time: number, month: number, day: number, hour: number, minute: number, second: number): boolean => {
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
