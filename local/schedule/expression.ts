import { parseCron } from './cron.ts';

/** A schedule expression: when it comes after `now`, for a schedule made at `madeAt`. Epoch milliseconds. */
export interface Expression {
  readonly kind: 'rate' | 'cron';
  next(now: number, madeAt: number): number | undefined;
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** `rate(5 minutes)` or `cron(0 12 * * ? *)`, or what is wrong with it (EventBridge user guide, "Rate expressions"). */
export const parseExpression = (text: string): Expression | string => {
  const [, kind, content = ''] = /^(rate|cron)\(([^()]*)\)$/.exec(text) ?? [];
  if (kind === 'rate') return parseRate(content);
  if (kind !== 'cron') return `"${text}" is no schedule that the laptop knows: say rate(…) or cron(…)`;
  const cron = parseCron(content);
  return typeof cron === 'string' ? cron : { kind, next: cron.next };
};

const parseRate = (content: string): Expression | string => {
  const [, number, unit = '', plural] = /^(\d+) (\w+?)(s?)$/.exec(content) ?? [];
  const ms = Object.hasOwn(unitMs, unit) ? unitMs[unit] : undefined;
  const count = Number(number);
  if (ms === undefined || !(count >= 1))
    return `rate(${content}): say a whole number from 1 and minutes, hours or days, such as rate(5 minutes)`;
  if ((count === 1) !== (plural === ''))
    return `rate(${content}): AWS wants ${count === 1 ? `rate(1 ${unit})` : `rate(${count} ${unit}s)`}`;
  const period = count * ms;
  return {
    kind: 'rate',
    next: (now, madeAt) => madeAt + (Math.floor((now - madeAt) / period) + 1) * period,
  };
};
