import { randomInt } from 'node:crypto';
import type { TrafficMix } from '#core/traffic/traffic.ts';
import type { Given } from '../command.ts';
import { UsageError } from '../errors.ts';
import { parseChoice, parseDuration, parseNumber, parseUrl, parseWhole } from '../values.ts';

export interface SimulateSettings {
  readonly url: string;
  readonly writeKey: string;
  /** Events a second. */
  readonly rate: number;
  /** Events a request. */
  readonly batch: number;
  /** Events in all. */
  readonly count: number;
  /** Sending ends here even when the collector could not keep up; milliseconds. */
  readonly longestMs: number;
  readonly concurrency: number;
  readonly seed: string;
  readonly mix: TrafficMix;
  /** From 0 to 1, of all that is sent. */
  readonly shares: {
    readonly duplicates: number;
    readonly late: number;
    readonly malformed: number;
    readonly refused: number;
  };
  readonly waits: boolean;
  readonly waitMs: number;
  readonly isJson: boolean;
}

const mixes: readonly TrafficMix[] = ['tutorial', 'shop', 'both'];
const defaultDuration = '30s';
/** --for may be exceeded by so much, to send what is a moment late. */
const graceMs = 1000;

const amountOf = (given: Given, rate: number): Pick<SimulateSettings, 'count' | 'longestMs'> => {
  const count = given.value('count');
  const duration = given.value('for');
  if (count !== undefined && duration !== undefined)
    throw new UsageError('--count and --for both say how much to send: give one of them');
  if (count !== undefined)
    return { count: parseWhole('count', count, { low: 1, high: 1_000_000_000 }), longestMs: Number.POSITIVE_INFINITY };
  const durationMs = parseDuration('for', duration ?? defaultDuration);
  return { count: Math.max(1, Math.floor((rate * durationMs) / 1000)), longestMs: durationMs + graceMs };
};

/** Throws UsageError that names the option. */
export const parseSettings = (given: Given): SimulateSettings => {
  const text = (option: string): string => given.value(option) ?? '';
  const percent = (option: string): number => parseNumber(option, text(option), { low: 0, high: 100 }) / 100;
  const rate = parseNumber('rate', text('rate'), { low: 0.01, high: 1_000_000 });
  const shares = {
    duplicates: percent('duplicates'),
    late: percent('late'),
    malformed: percent('malformed'),
    refused: percent('refused'),
  };
  if (shares.duplicates + shares.late + shares.malformed + shares.refused > 1 + 1e-9) {
    throw new UsageError(
      '--duplicates, --late, --malformed and --refused are shares of all that is sent: together at most 100',
    );
  }
  const batch = parseWhole('batch', text('batch'), { low: 1, high: 10_000 });
  return {
    url: parseUrl('url', text('url')),
    writeKey: text('write-key'),
    rate,
    batch: Math.min(batch, Math.max(1, Math.floor(rate))),
    ...amountOf(given, rate),
    concurrency: parseWhole('concurrency', text('concurrency'), { low: 1, high: 1000 }),
    seed: given.value('seed') ?? String(randomInt(1, 2 ** 32)),
    mix: parseChoice('traffic', text('traffic'), mixes),
    shares,
    waits: !given.has('no-wait'),
    waitMs: parseNumber('wait-seconds', text('wait-seconds'), { low: 0, high: 86_400 }) * 1000,
    isJson: given.has('json'),
  };
};
