import type { CopyStatement } from '../sql/statements.ts';
import type { TypeKind } from '../sql/types.ts';
import { codes, type Refusal } from './load-error.ts';

const badTimestamp: Refusal = {
  code: codes.timestamp,
  message: 'Invalid timestamp format or value [YYYY-MM-DD HH24:MI:SS]',
};
const badDate: Refusal = { code: codes.date, message: 'Invalid date format or value [YYYY-MM-DD]' };

const iso =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?$/;
const compact = /^(\d{4})(\d{2})(\d{2})(?: (\d{2})(\d{2})(\d{2}))?$/;

/**
 * A date or time as DuckDB reads it. TIMEFORMAT 'auto' knows ISO 8601, MM/DD/YYYY and YYYYMMDD here ("Using automatic recognition
 * with DATEFORMAT and TIMEFORMAT", Amazon Redshift Database Developer Guide, has a few more). A zone moves TIMESTAMPTZ only.
 */
export const readTime = (text: string, kind: TypeKind, format: CopyStatement['timeFormat']): string | Refusal => {
  const bad = kind === 'date' ? badDate : badTimestamp;
  if (kind === 'time') return /^\d{1,2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/.test(text) ? text : bad;
  if (format !== 'auto' && kind !== 'date') return readEpoch(text, kind, format === 'epochsecs' ? 1000 : 1) ?? bad;
  const parts = readParts(text);
  if (parts === undefined || !isReal(parts)) return bad;
  const { year, month, day, hour, minute, second, fraction, zone } = parts;
  const date = `${year}-${month}-${day}`;
  if (kind === 'date') return date;
  const time = `${hour}:${minute}:${second}${fraction === '' ? '' : `.${fraction.slice(0, 6)}`}`;
  return kind === 'timestamptz' ? `${date} ${time}${toOffset(zone)}` : `${date} ${time}`;
};

interface Parts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  readonly fraction: string;
  readonly zone: string;
}

const readParts = (text: string): Parts | undefined => {
  const two = (digits: string | undefined): string => (digits ?? '0').padStart(2, '0');
  const of = (year = '', month = '', day = '', rest: readonly (string | undefined)[]): Parts => ({
    year,
    month: two(month),
    day: two(day),
    hour: two(rest[0]),
    minute: two(rest[1]),
    second: two(rest[2]),
    fraction: rest[3] ?? '',
    zone: rest[4] ?? '',
  });
  const asIso = iso.exec(text);
  if (asIso !== null) return of(asIso[1], asIso[2], asIso[3], asIso.slice(4));
  const asAmerican = american.exec(text);
  if (asAmerican !== null) return of(asAmerican[3], asAmerican[1], asAmerican[2], asAmerican.slice(4));
  const asCompact = compact.exec(text);
  return asCompact === null ? undefined : of(asCompact[1], asCompact[2], asCompact[3], asCompact.slice(4));
};

const isReal = ({ year, month, day, hour, minute, second }: Parts): boolean => {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const last = m >= 1 && m <= 12 ? new Date(Date.UTC(y, m, 0)).getUTCDate() : 0;
  return d >= 1 && d <= last && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
};

const toOffset = (zone: string): string => (/^[+-]/.test(zone) ? zone : '+00');

const readEpoch = (text: string, kind: TypeKind, unit: number): string | undefined => {
  if (!/^-?\d{1,15}(\.\d+)?$/.test(text)) return undefined;
  const time = new Date(Number(text) * unit);
  if (Number.isNaN(time.getTime())) return undefined;
  return time
    .toISOString()
    .replace('T', ' ')
    .replace('Z', kind === 'timestamptz' ? '+00' : '');
};
