import { UsageError } from './errors.ts';

interface Range {
  readonly low: number;
  readonly high: number;
}

const inWords = ({ low, high }: Range): string => `from ${low} to ${high}`;

/** A decimal number in the range, both ends included; throws UsageError. */
export const parseNumber = (flag: string, text: string, range: Range): number => {
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= range.low && value <= range.high))
    throw new UsageError(`--${flag} ${text} is not a number ${inWords(range)}`);
  return value;
};

/** A whole number in the range, both ends included; throws UsageError. */
export const parseWhole = (flag: string, text: string, range: Range): number => {
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= range.low && value <= range.high))
    throw new UsageError(`--${flag} ${text} is not a whole number ${inWords(range)}`);
  return value;
};

export const parseChoice = <T extends string>(flag: string, text: string, choices: readonly T[]): T => {
  const found = choices.find((choice) => choice === text);
  if (found === undefined)
    throw new UsageError(
      `--${flag} ${text} is not known: choose ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`,
    );
  return found;
};

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `500ms`, `30s`, `5m` or `1h` as milliseconds. */
export const parseDuration = (flag: string, text: string): number => {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? [];
  const duration = Number(amount) * (units[unit] ?? 0);
  if (!(duration > 0)) throw new UsageError(`--${flag} ${text} is not a duration: write 30s, 5m or 1h`);
  return duration;
};

/** An http or https address without trailing slash. */
export const parseUrl = (flag: string, text: string): string => {
  const url = URL.parse(text);
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new UsageError(`--${flag} ${text} is not an address: write it in full, such as http://localhost:8787`);
  }
  return url.href.replace(/\/+$/, '');
};
