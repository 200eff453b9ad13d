/** Numbers and times as the page writes them. Times are local on the page; the UTC text goes into the title. */

const integer = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const clock = new Intl.DateTimeFormat(undefined, {
  hourCycle: 'h23',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const hourMinute = new Intl.DateTimeFormat(undefined, { hourCycle: 'h23', hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });

export const formatCount = (count: number): string => integer.format(count);

export const formatShare = (part: number, whole: number): string => (whole > 0 ? percent.format(part / whole) : '–');

/** Per second; one decimal below ten. A dash before two polls have been seen. */
export const formatRate = (perSecond: number | null, word = ''): string => {
  if (perSecond === null) return '–';
  if (word === 'bytes') return `${formatBytes(perSecond)}/s`;
  return `${(perSecond < 9.95 ? tenth : integer).format(perSecond)}/s`;
};

const BYTE_UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

const formatBytes = (bytes: number): string => {
  const power = Math.min(BYTE_UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  const size = bytes / 1000 ** power;
  return `${(power > 0 && size < 99.95 ? tenth : integer).format(size)} ${BYTE_UNITS[power]}`;
};

/** `deadLettered` and `dead_letters` as one says them. */
export const toWords = (name: string): string =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();

/** A stage's count: nine digits of bytes help nobody. */
export const formatCounted = (count: number, word: string): string =>
  word === 'bytes' ? formatBytes(count) : formatCount(count);

/** `0 s`, `4.2 s`, `1 min 12 s`, `2 h 3 min`, `3 d 4 h`. */
export const formatDuration = (seconds: number): string => {
  if (seconds < 9.95) return `${tenth.format(Math.max(0, seconds))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
};

/** Milliseconds since 1970; NaN when it is not a time. Redshift's and DuckDB's `YYYY-MM-DD hh:mm:ss` has no zone and means UTC. */
export const parseTime = (text: string): number =>
  Date.parse(/^\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d(\.\d+)?)?$/.test(text) ? `${text.replace(' ', 'T')}Z` : text);

/** Local wall-clock time, with the day in front when it is not today; the text itself when it is not a time. */
export const formatTime = (text: string, now: number = Date.now()): string => {
  const time = parseTime(text);
  if (Number.isNaN(time)) return text;
  const isToday = new Date(time).toDateString() === new Date(now).toDateString();
  return isToday ? clock.format(time) : `${day.format(time)} ${clock.format(time)}`;
};

export const formatMinute = (time: number): string => hourMinute.format(time);

/** `2026-11-22 10:42:07.123 UTC`. */
export const formatUtc = (text: string): string => {
  const time = parseTime(text);
  return Number.isNaN(time) ? text : `${new Date(time).toISOString().replace('T', ' ').replace('Z', '')} UTC`;
};

/** One line of JSON, cut: thousands of characters of one event would only slow the table down. */
export const compactJson = (value: unknown, limit = 240): string => {
  const text = JSON.stringify(value) ?? '';
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
};

export const prettyJson = (value: unknown): string => JSON.stringify(value, null, 2) ?? '';
