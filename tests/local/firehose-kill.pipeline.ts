import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock as clock } from '#local/clock.ts';
import { createFirehose } from '#local/firehose/firehose.ts';
import { systemRandom as random } from '#local/random.ts';
import { createS3 } from '#local/s3/s3.ts';
import { createSqs } from '#local/sqs/sqs.ts';
import { openStore } from '#local/store.ts';

/** Firehose to S3 to SQS over one folder, with buffers so small that every hop is busy all the time. */
export const bootPipeline = (folder: string) => {
  const store = openStore(join(folder, 'store.sqlite'));
  const base = { store, clock, random, region: 'us-east-1', accountId: '000000000000' };
  const sqs = createSqs(base);
  const arn = 'arn:aws:sqs:us-east-1:000000000000:landed';
  const queue = sqs.createQueue({
    name: 'landed',
    arn,
    url: 'landed',
    visibilityTimeoutSeconds: 30,
    messageRetentionSeconds: 3_600,
  });
  const s3 = createS3({
    ...base,
    folder: join(folder, 's3'),
    notify: (to, body) => void sqs.queueByArn(to).send({ body }),
  });
  s3.createBucket('lake', { notifications: [{ queueArn: arn, events: ['s3:ObjectCreated:*'], prefix: 'landed/' }] });
  const firehose = createFirehose({
    ...base,
    putObject: s3.putObject,
    invoke: async (_name, event) => {
      const { records } = JSON.parse(event);
      return { payload: JSON.stringify({ records: records.map((record: object) => ({ ...record, result: 'Ok' })) }) };
    },
  });
  firehose.createStream({
    name: 'stream',
    arn: 'arn:aws:firehose:us-east-1:000000000000:deliverystream/stream',
    bucket: 'lake',
    roleArn: 'arn:aws:iam::000000000000:role/stream',
    prefix: 'landed/',
    errorOutputPrefix: 'failed/',
    compressionFormat: 'GZIP',
    bufferingHints: { sizeInMBs: 1, intervalInSeconds: 0 },
    processor: { lambdaArn: 'transformer', bufferSizeInMBs: 0.2, bufferIntervalInSeconds: 0 },
  });
  const stop = (): void => {
    firehose.stop();
    sqs.stop();
    s3.stop();
    store.close();
  };
  return { s3, sqs, queue, firehose, stop };
};

/** Puts records for as long as it lives, and says on its standard output which have been acknowledged. */
const putForever = (folder: string, from: number): void => {
  const { firehose } = bootPipeline(folder);
  let next = from;
  const putSome = (): void => {
    const numbers = Array.from({ length: 20 }, () => next++);
    firehose.putRecords(
      'stream',
      numbers.map((number) => Buffer.from(`${number}${' '.repeat(number % 3_000)}\n`)),
    );
    writeSync(1, `${numbers.join('\n')}\n`);
    setImmediate(putSome);
  };
  putSome();
};

if (import.meta.main) putForever(process.argv[2] ?? '', Number(process.argv[3]));
