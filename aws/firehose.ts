import { setTimeout as sleep } from 'node:timers/promises';
import { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { codeOf } from './fault.ts';

/** PutRecordBatch takes at most this many records and bytes (Amazon Data Firehose API reference, PutRecordBatch). */
const recordsPerCall = 500;
const bytesPerCall = 4 * 1024 * 1024;

export interface Stream {
  /**
   * Puts records, at most 1,000 KiB each, in as few calls as fit; what the stream refuses is sent again, and only that, with
   * backoff until `deadline` (epoch ms). Answers for each record whether the stream holds it. Never throws for a refusal.
   */
  put(records: readonly Uint8Array[], deadline: number): Promise<PutResult>;
}

export interface PutResult {
  readonly stored: readonly boolean[];
  /** AWS's code of the last refusal, where there was one. */
  readonly lastError?: string;
}

export const createStream = (name: string, client: FirehoseClient = new FirehoseClient({})): Stream => ({
  async put(records, deadline) {
    const stored = records.map(() => false);
    let lastError: string | undefined;
    for (let attempt = 0; ; attempt++) {
      const missing = records.flatMap((_, at) => (stored[at] ? [] : [at]));
      if (missing.length === 0) break;
      if (attempt > 0) {
        const pause = backoffMs(attempt);
        if (Date.now() + pause >= deadline) break;
        await sleep(pause);
      }
      for (const group of toCalls(records, missing)) {
        const outcome = await putOnce(client, name, records, group, deadline);
        for (const at of outcome.stored) stored[at] = true;
        lastError = outcome.error ?? lastError;
      }
      if (lastError !== undefined && hopeless.has(lastError)) break;
    }
    return lastError === undefined ? { stored } : { stored, lastError };
  },
});

const putOnce = async (
  client: FirehoseClient,
  name: string,
  records: readonly Uint8Array[],
  group: readonly number[],
  deadline: number,
): Promise<{ stored: readonly number[]; error?: string }> => {
  try {
    const answer = await client.send(
      new PutRecordBatchCommand({
        DeliveryStreamName: name,
        Records: group.map((at) => ({ Data: records[at] ?? new Uint8Array() })),
      }),
      { abortSignal: AbortSignal.timeout(Math.max(1, deadline - Date.now())) },
    );
    const answers = answer.RequestResponses ?? [];
    const refused = answers.find((each) => each.ErrorCode !== undefined)?.ErrorCode;
    const stored = group.filter((_, at) => answers[at]?.RecordId !== undefined);
    return refused === undefined ? { stored } : { stored, error: refused };
  } catch (error) {
    return { stored: [], error: codeOf(error) };
  }
};

/** Groups of record numbers, each within the limits of one call. */
const toCalls = (records: readonly Uint8Array[], numbers: readonly number[]): number[][] => {
  const calls: number[][] = [];
  let call: number[] = [];
  let bytes = 0;
  for (const at of numbers) {
    const size = records[at]?.byteLength ?? 0;
    if (call.length === recordsPerCall || (call.length > 0 && bytes + size > bytesPerCall)) {
      calls.push(call);
      call = [];
      bytes = 0;
    }
    call.push(at);
    bytes += size;
  }
  if (call.length > 0) calls.push(call);
  return calls;
};

/** Refusals that another try cannot change. */
const hopeless = new Set([
  'ResourceNotFoundException',
  'InvalidArgumentException',
  'AccessDeniedException',
  'ValidationException',
]);

/** Up to 100 ms the first time, doubling to 2 s, with full jitter. */
const backoffMs = (attempt: number): number => Math.random() * Math.min(2000, 50 * 2 ** attempt);
