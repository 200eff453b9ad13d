import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, isUnreachable, messageOf } from '../errors.ts';
import { createHttpClient, type HttpAnswer } from '../http.ts';
import { parseReceipt, parseRetryAfter, type Receipt, type Refusal } from './receipt.ts';

export interface Sender {
  /**
   * Posts events (JSON texts) until the collector has answered for each. Throws Failure when it never does, or refuses the
   * request for good. A retry carries the same bytes and so the same ids: what arrives twice is dropped as a duplicate.
   */
  send(texts: readonly string[]): Promise<Receipt>;
  /** Requests that were sent again. */
  retries(): number;
  close(): void;
}

/** Doubling from 100 ms to 5 s, half of it by chance so that batches do not come back together. */
const backoffMs = (attempt: number): number => Math.min(5000, 100 * 2 ** attempt) * (0.5 + Math.random() / 2);

/** A batch that nobody answered for in this time is given up. */
const patienceMs = 60_000;

/** Of one event: the stream did not take it this time. Any other code is final. */
const passingCode = 'stream_unavailable';

type Verdict = { readonly receipt: Receipt } | { readonly pause: string; readonly waitMs: number | undefined };

export interface SenderSettings {
  /** Its whole address. */
  readonly collector: string;
  readonly writeKey: string;
  /** What a key is called that the collector does not know, and what to do; a key from a vault is not shown. */
  readonly unknownKey: (status: number) => string;
  readonly concurrency: number;
}

/** A key that was typed may be shown. */
export const unknownTypedKey =
  (writeKey: string): SenderSettings['unknownKey'] =>
  (status) =>
    `the collector does not know the write key "${writeKey}" (${status}): give the right one with --write-key`;

export const createSender = ({ collector, writeKey, unknownKey, concurrency }: SenderSettings): Sender => {
  const refusal = ({ status, body }: HttpAnswer): Failure =>
    new Failure(
      status === 401 || status === 403
        ? unknownKey(status)
        : `the collector at ${collector} answers ${status}: ${body.slice(0, 300)}`,
    );
  const client = createHttpClient(concurrency);
  const headers = { 'content-type': 'application/json', 'x-write-key': writeKey, 'user-agent': 'millrace' };
  let retries = 0;

  const post = async (texts: readonly string[]): Promise<Verdict> => {
    const body = `[${texts.join(',')}]`;
    let answer: HttpAnswer;
    try {
      answer = await client.send(collector, { method: 'POST', headers, body, timeoutMs: 30_000 });
    } catch (error) {
      const pause = isUnreachable(error) ? 'it does not answer any more' : messageOf(error);
      return { pause, waitMs: undefined };
    }
    const { status } = answer;
    if (status === 429 || status >= 500) {
      return { pause: `it answers ${status}`, waitMs: parseRetryAfter(answer.headers['retry-after'], Date.now()) };
    }
    const receipt = status === 401 || status === 403 ? undefined : parseReceipt(answer.body);
    if (receipt === undefined) throw refusal(answer);
    return { receipt };
  };

  return {
    send: async (texts) => {
      const begun = Date.now();
      const rejected: Refusal[] = [];
      let accepted = 0;
      let left = texts.map((text, index) => ({ text, index }));
      for (let attempt = 0; ; attempt += 1) {
        const verdict = await post(left.map(({ text }) => text));
        let pause: string;
        let waitMs: number | undefined;
        if ('receipt' in verdict) {
          accepted += verdict.receipt.accepted;
          const again: typeof left = [];
          for (const each of verdict.receipt.rejected) {
            const sent = left[each.index];
            if (sent === undefined) rejected.push(each);
            else if (each.code === passingCode) again.push(sent);
            else rejected.push({ ...each, index: sent.index });
          }
          if (again.length === 0) return { accepted, rejected };
          left = again;
          pause = 'the stream is unavailable';
        } else {
          ({ pause, waitMs } = verdict);
        }
        waitMs ??= backoffMs(attempt);
        if (Date.now() + waitMs - begun > patienceMs) {
          throw new Failure(`the collector at ${collector} took nothing for ${patienceMs / 1000} s: ${pause}`);
        }
        retries += 1;
        await sleep(waitMs);
      }
    },
    retries: () => retries,
    close: client.close,
  };
};
