import type { Random } from '../random.ts';
import { invalidArgument } from './errors.ts';

/** ("Custom prefixes for Amazon S3 objects", Firehose developer guide.) */
const EXPRESSION = /!\{([^}:]*):([^}]*)\}/g;
const RANDOM_LENGTH = 11;
const DEFAULT_TIME = 'yyyy/MM/dd/HH/';
const MAX_LENGTH = 512;
/** Base-62 digits. */
const RANDOM_CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

const hasExpression = (prefix: string): boolean => prefix.includes('!{');

/** Refuses, with InvalidArgumentException, what Firehose would refuse when the stream is made. */
export const checkPrefixes = (prefix: string, errorOutputPrefix: string | undefined): void => {
  const evaluate = (text: string): unknown =>
    substitute(text, { at: 0, errorType: 'processing-failed', random: { bytes: Buffer.alloc, uuid: () => '' } });
  if (prefix.includes('!{firehose:error-output-type}')) {
    throw invalidArgument('Prefix cannot contain the expression !{firehose:error-output-type}.');
  }
  evaluate(prefix);
  if (errorOutputPrefix === undefined || errorOutputPrefix === '') {
    if (hasExpression(prefix))
      throw invalidArgument('ErrorOutputPrefix cannot be null or empty when Prefix contains expressions.');
    return;
  }
  evaluate(errorOutputPrefix);
  if (hasExpression(errorOutputPrefix) && !errorOutputPrefix.includes('!{firehose:error-output-type}')) {
    throw invalidArgument(
      'ErrorOutputPrefix must contain the expression !{firehose:error-output-type} when it contains expressions.',
    );
  }
};

/** The prefix of one object of data whose oldest record arrived at `at` (epoch milliseconds). */
export const dataPrefix = (prefix: string, at: number, random: Random): string =>
  substitute(hasExpression(prefix) ? prefix : `${prefix}!{timestamp:${DEFAULT_TIME}}`, { at, random });

/** The same for records that failed with `errorType`; where no ErrorOutputPrefix is set, the type goes behind Prefix. */
export const errorPrefix = (
  { prefix, errorOutputPrefix }: { readonly prefix: string; readonly errorOutputPrefix: string | undefined },
  { at, errorType, random }: { readonly at: number; readonly errorType: string; readonly random: Random },
): string => {
  const explicit =
    errorOutputPrefix === undefined || errorOutputPrefix === '' ? `${prefix}${errorType}/` : errorOutputPrefix;
  const text = hasExpression(explicit) ? explicit : `${explicit}!{timestamp:${DEFAULT_TIME}}`;
  return substitute(text, { at, errorType, random });
};

const substitute = (
  text: string,
  { at, errorType, random }: { readonly at: number; readonly errorType?: string; readonly random: Random },
): string => {
  const evaluated = text.replace(EXPRESSION, (expression, namespace: string, value: string) => {
    if (namespace === 'timestamp') return formatTime(value, at);
    if (namespace === 'firehose' && value === 'random-string') return randomString(random);
    if (namespace === 'firehose' && value === 'error-output-type' && errorType !== undefined) return errorType;
    throw invalidArgument(`The expression ${expression} is not supported.`);
  });
  if (evaluated.length > MAX_LENGTH)
    throw invalidArgument(`The evaluated prefix is longer than ${MAX_LENGTH} characters.`);
  return evaluated;
};

const randomString = (random: Random): string =>
  Array.from(random.bytes(RANDOM_LENGTH), (byte) => RANDOM_CHARACTERS.charAt(byte % RANDOM_CHARACTERS.length)).join('');

/** A pattern of Java's DateTimeFormatter, in UTC: runs of one letter, text in single quotes, everything else as it is. */
const formatTime = (pattern: string, at: number): string =>
  pattern.replace(/'((?:[^']|'')*)'|([A-Za-z])\2*/g, (run, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted === '' ? "'" : quoted.replaceAll("''", "'");
    return formatField(run, new Date(at));
  });

const formatField = (run: string, date: Date): string => {
  const digits = (value: number): string => String(value).padStart(run.length, '0');
  switch (run.charAt(0)) {
    case 'y':
    case 'u':
      return run.length === 2 ? String(date.getUTCFullYear() % 100).padStart(2, '0') : digits(date.getUTCFullYear());
    case 'M':
    case 'L':
      return run.length > 2 ? monthName(date, run.length) : digits(date.getUTCMonth() + 1);
    case 'd':
      return digits(date.getUTCDate());
    case 'D':
      return digits(Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0)) / 86_400_000) + 1);
    case 'H':
      return digits(date.getUTCHours());
    case 'm':
      return digits(date.getUTCMinutes());
    case 's':
      return digits(date.getUTCSeconds());
    case 'S':
      return String(date.getUTCMilliseconds()).padStart(3, '0').padEnd(run.length, '0').slice(0, run.length);
    default:
      throw invalidArgument(`The timestamp pattern letter '${run}' is not supported.`);
  }
};

const monthName = (date: Date, length: number): string =>
  date.toLocaleString('en-US', { month: length === 3 ? 'short' : 'long', timeZone: 'UTC' });
