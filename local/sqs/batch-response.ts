import { isRecord } from '../aws-wire.ts';

/**
 * What a function with `ReportBatchItemFailures` says of its batch: the message ids that failed, or `undefined` when the whole
 * batch counts as failed ("Implementing partial batch responses", Lambda developer guide). No response, no list and an
 * empty list are full success; what is no JSON object, and an id that is empty, no string or not of the batch, is full failure.
 */
export const parseBatchResponse = (
  payload: string,
  messageIds: ReadonlySet<string>,
): ReadonlySet<string> | undefined => {
  let response: unknown;
  try {
    response = payload === '' ? null : JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (response === null) return new Set();
  if (!isRecord(response)) return undefined;
  const failures = response.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return undefined;
  const failed = new Set<string>();
  for (const failure of failures) {
    const id: unknown = isRecord(failure) ? failure.itemIdentifier : undefined;
    if (typeof id !== 'string' || !messageIds.has(id)) return undefined;
    failed.add(id);
  }
  return failed;
};
