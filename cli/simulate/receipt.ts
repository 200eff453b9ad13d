import { isRecord, listOf, numberOf, parseJson, textOf } from '../json.ts';

export interface Refusal {
  readonly index: number;
  readonly code: string;
  readonly message: string;
}

/** The collector's word on one batch. */
export interface Receipt {
  readonly accepted: number;
  readonly rejected: readonly Refusal[];
}

/** undefined where the body is not of the collector's form. */
export const parseReceipt = (body: string): Receipt | undefined => {
  const value = parseJson(body);
  if (!isRecord(value) || typeof value.accepted !== 'number') return undefined;
  const rejected = listOf(value.rejected).filter(isRecord);
  return {
    accepted: value.accepted,
    rejected: rejected.map((each) => ({
      index: numberOf(each.index),
      code: textOf(each.code),
      message: textOf(each.message),
    })),
  };
};

const longestWaitMs = 30_000;

/** Milliseconds that a Retry-After header asks for (RFC 9110: seconds or an HTTP date), at most 30 s; undefined without one. */
export const parseRetryAfter = (header: unknown, now: number): number | undefined => {
  if (typeof header !== 'string' || header.trim() === '') return undefined;
  const asked = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isFinite(asked) ? Math.min(longestWaitMs, Math.max(0, asked)) : undefined;
};
