import { isRecord } from '../aws-wire.ts';

/** Why a record ends under the error prefix: `errorCode` and `errorMessage` there. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** What became of a batch; places are indexes into it. */
export interface Transformed {
  /** The data of all `ok` records, in the batch's order, nothing between them. */
  readonly output: Buffer;
  readonly ok: readonly number[];
  readonly dropped: readonly number[];
  readonly failed: ReadonlyMap<number, Failure>;
}

export const FUNCTION_ERROR: Failure = {
  code: 'Lambda.FunctionError',
  message: 'The Lambda function was successfully invoked but it returned an error result.',
};
export const LIMIT_EXCEEDED: Failure = {
  code: 'Lambda.InvokeLimitExceeded',
  message: 'The Lambda function invocation was throttled or the function was not available.',
};
export const INVOKE_DENIED: Failure = {
  code: 'Lambda.InvokeAccessDenied',
  message: 'Access was denied. Ensure that the access policy allows access to the Lambda function.',
};
const NOT_JSON: Failure = {
  code: 'Lambda.JsonProcessingException',
  message:
    'There was an error parsing returned records from the Lambda function. Ensure that the returned records follow the status model required by Firehose.',
};
const INVALID_RESULT: Failure = {
  code: 'Lambda.FunctionError',
  message:
    'Check your function and make sure the output is in required format. In addition to that, make sure the processed records contain valid result status of Dropped, Ok, or ProcessingFailed',
};
const PROCESSING_FAILED: Failure = {
  code: 'Lambda.ProcessingFailedStatus',
  message: 'ProcessingFailed status set for record',
};
const MISSING_ID: Failure = {
  code: 'Lambda.MissingRecordId',
  message: 'One or more record Ids were not returned. Ensure that the Lambda function returns all received record Ids.',
};
const DUPLICATED_ID: Failure = {
  code: 'Lambda.DuplicatedRecordId',
  message:
    'Multiple records were returned with the same record Id. Ensure that the Lambda function returns a unique record Id for each record.',
};
const NO_DATA: Failure = {
  code: 'Lambda.InvalidReturnFormat',
  message: 'The data of a record with result Ok cannot be null.',
};

export const failAll = (count: number, failure: Failure): Transformed => ({
  output: Buffer.alloc(0),
  ok: [],
  dropped: [],
  failed: new Map(Array.from({ length: count }, (_, place) => [place, failure])),
});

/**
 * Reads a function's answer for the records with these ids ("Required parameters for data transformation", Firehose developer
 * guide). Never throws: what the function got wrong fails its record, or the batch where no record can be told.
 */
export const parseTransformation = (payload: string, recordIds: readonly string[]): Transformed => {
  let response: unknown;
  try {
    response = JSON.parse(payload);
  } catch {
    return failAll(recordIds.length, NOT_JSON);
  }
  const records: unknown = isRecord(response) ? response.records : undefined;
  const places = new Map(recordIds.map((id, place) => [id, place]));
  const data = new Map<number, string>();
  const dropped: number[] = [];
  const failed = new Map<number, Failure>();
  const seen = new Set<number>();

  for (const record of Array.isArray(records) ? records : []) {
    if (!isRecord(record)) return failAll(recordIds.length, INVALID_RESULT);
    const place = typeof record.recordId === 'string' ? places.get(record.recordId) : undefined;
    if (place === undefined) continue;
    if (seen.has(place)) {
      failed.set(place, DUPLICATED_ID);
      continue;
    }
    seen.add(place);
    const { result, data: encoded } = record;
    if (result === 'Dropped') dropped.push(place);
    else if (result === 'ProcessingFailed') failed.set(place, PROCESSING_FAILED);
    else if (result !== 'Ok') return failAll(recordIds.length, INVALID_RESULT);
    else if (typeof encoded === 'string') data.set(place, encoded);
    else failed.set(place, NO_DATA);
  }
  for (const place of recordIds.keys()) if (!seen.has(place)) failed.set(place, MISSING_ID);

  const ok = [...data.keys()].filter((place) => !failed.has(place)).sort((a, b) => a - b);
  const output = decode(ok.map((place) => data.get(place) ?? ''));
  if (output === undefined) return failAll(recordIds.length, FUNCTION_ERROR);
  return { output, ok, dropped: dropped.filter((place) => !failed.has(place)), failed };
};

/** All texts as one run of bytes; undefined when one of them is not base64. */
const decode = (texts: readonly string[]): Buffer | undefined => {
  const lengths = texts.map(decodedLength);
  const output = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + Math.max(0, length), 0));
  let at = 0;
  for (const [place, text] of texts.entries()) {
    const length = lengths[place] ?? -1;
    if (length < 0 || output.write(text, at, length, 'base64') !== length) return undefined;
    at += length;
  }
  return output;
};

/** Bytes that a padded base64 text stands for; -1 when it cannot be one. Node itself would take `-` and `_` too. */
const decodedLength = (text: string): number => {
  if (text.length % 4 !== 0 || text.includes('-') || text.includes('_')) return -1;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
};
