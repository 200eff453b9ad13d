import type { Batch } from './batch.ts';
import type { Processed } from './processor.ts';
import type { RecordBuffer } from './record-buffer.ts';

/**
 * What Firehose writes under the error prefix: one JSON object a line for every failed record, with its bytes as they came
 * ("Handle failure in data transformation", Firehose developer guide; the service writes `lambdaARN` where that page
 * says `lambdaArn`, and numbers where it shows strings).
 */
export const toErrorLines = ({
  batch,
  processed,
  buffer,
  lambdaArn,
}: {
  readonly batch: Batch;
  readonly processed: Processed;
  readonly buffer: RecordBuffer;
  readonly lambdaArn: string;
}): Buffer => {
  const lines = [...processed.failed].map(([place, { code, message }]) => {
    const line = {
      attemptsMade: processed.attempts,
      arrivalTimestamp: batch.arrivedAt[place],
      errorCode: code,
      errorMessage: message,
      attemptEndingTimestamp: processed.endedAt,
      rawData: buffer.data(batch.ids[place] ?? 0).toString('base64'),
      lambdaARN: lambdaArn,
    };
    return `${JSON.stringify(line)}\n`;
  });
  return Buffer.from(lines.join(''));
};
