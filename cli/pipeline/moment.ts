import { parseTime } from '#core/time.ts';
import { UsageError } from '../errors.ts';

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Epoch milliseconds of an ISO time (without zone: UTC), or of `7d`, `3h`, `30m`, `90s` before `now`. Throws UsageError. */
export const parseMoment = (flag: string, text: string, now: number): number => {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  const moment = amount === '' ? parseTime(text) : now - Number(amount) * (units[unit] ?? 0);
  if (moment === undefined || moment < 0)
    throw new UsageError(
      `--${flag} ${text} is no time: write 2026-11-22T10:00:00Z, or 7d, 3h or 30m for so long before now`,
    );
  return Math.trunc(moment);
};
