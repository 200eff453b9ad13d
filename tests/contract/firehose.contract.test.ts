import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import {
  DescribeDeliveryStreamCommand,
  FirehoseClient,
  ListDeliveryStreamsCommand,
  PutRecordBatchCommand,
  PutRecordCommand,
} from '@aws-sdk/client-firehose';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFirehoseService } from '#local/firehose/wire.ts';
import { describeWire } from '../models/suite.ts';
import { type StandIns, startStandIns } from './stand-ins.ts';

const DeliveryStreamName = 'millrace-local';
const LAMBDA = 'arn:aws:lambda:us-east-1:000000000000:function:transformer:$LATEST';
let standIns: StandIns;
let client: FirehoseClient;
let s3: S3Client;
beforeAll(async () => {
  standIns = await startStandIns({
    invoke: async (name, event) => {
      expect(name).toBe(LAMBDA);
      const records = JSON.parse(event).records.map(({ recordId, data }: { recordId: string; data: string }) => ({
        recordId,
        data,
        result: Buffer.from(data, 'base64').toString().includes('bad') ? 'ProcessingFailed' : 'Ok',
      }));
      return { payload: JSON.stringify({ records }) };
    },
  });
  standIns.s3.createBucket('lake');
  standIns.firehose.createStream({
    name: DeliveryStreamName,
    arn: `arn:aws:firehose:us-east-1:000000000000:deliverystream/${DeliveryStreamName}`,
    bucket: 'lake',
    roleArn: 'arn:aws:iam::000000000000:role/stream',
    prefix: 'landed/!{timestamp:yyyy/MM/dd/HH}/',
    errorOutputPrefix: 'failed/!{firehose:error-output-type}/',
    compressionFormat: 'GZIP',
    fileExtension: '.json.gz',
    bufferingHints: { sizeInMBs: 128, intervalInSeconds: 0 },
    processor: { lambdaArn: LAMBDA, bufferIntervalInSeconds: 0 },
  });
  client = new FirehoseClient(standIns.client);
  s3 = new S3Client({ ...standIns.client, forcePathStyle: true });
});
afterAll(async () => {
  client.destroy();
  s3.destroy();
  await standIns.stop();
});

describe('Firehose through its SDK', () => {
  it('delivers records to S3, compressed, and failed ones under the error prefix', async () => {
    const one = await client.send(
      new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from('{"n":0}\n') } }),
    );
    expect(one).toMatchObject({ RecordId: expect.any(String), Encrypted: false });
    const Records = Array.from({ length: 500 }, (_, n) => ({
      Data: Buffer.from(n === 250 ? 'bad' : `{"n":${n + 1}}\n`),
    }));
    const many = await client.send(new PutRecordBatchCommand({ DeliveryStreamName, Records }));
    expect(many.FailedPutCount).toBe(0);
    expect(new Set(many.RequestResponses?.map(({ RecordId }) => RecordId)).size).toBe(500);

    await standIns.firehose.flush();
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: 'landed/' }));
    const lines: string[] = [];
    for (const { Key } of Contents) {
      expect(Key).toMatch(
        /^landed\/\d{4}\/\d\d\/\d\d\/\d\d\/millrace-local-1-\d{4}(-\d\d){5}-[0-9a-f-]{36}\.json\.gz$/,
      );
      const object = await s3.send(new GetObjectCommand({ Bucket: 'lake', Key }));
      expect(object).toMatchObject({ ContentType: 'application/octet-stream', ContentEncoding: 'gzip' });
      const body = gunzipSync((await object.Body?.transformToByteArray()) ?? '');
      lines.push(...body.toString().trimEnd().split('\n'));
    }
    expect(lines.map((line) => JSON.parse(line).n).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 501 }, (_, n) => n).filter((n) => n !== 251),
    );
    const failed = await s3.send(new ListObjectsV2Command({ Bucket: 'lake', Prefix: 'failed/processing-failed/' }));
    expect(failed.KeyCount).toBe(1);
  });

  it('delivers by itself', async () => {
    const before = standIns.firehose.stream(DeliveryStreamName).stats().counts.objects;
    await client.send(new PutRecordCommand({ DeliveryStreamName, Record: { Data: Buffer.from('x') } }));
    while (standIns.firehose.stream(DeliveryStreamName).stats().queued > 0) await sleep(5);
    expect(standIns.firehose.stream(DeliveryStreamName).stats().counts.objects).toBe(before + 1);
  });

  it('describes and lists streams', async () => {
    const { DeliveryStreamDescription } = await client.send(new DescribeDeliveryStreamCommand({ DeliveryStreamName }));
    expect(DeliveryStreamDescription).toMatchObject({
      DeliveryStreamStatus: 'ACTIVE',
      DeliveryStreamType: 'DirectPut',
      CreateTimestamp: expect.any(Date),
      Destinations: [
        {
          ExtendedS3DestinationDescription: {
            BucketARN: 'arn:aws:s3:::lake',
            BufferingHints: { SizeInMBs: 128, IntervalInSeconds: 0 },
            CompressionFormat: 'GZIP',
            ProcessingConfiguration: {
              Processors: [
                { Parameters: expect.arrayContaining([{ ParameterName: 'LambdaArn', ParameterValue: LAMBDA }]) },
              ],
            },
          },
        },
      ],
    });
    expect(await client.send(new ListDeliveryStreamsCommand({}))).toMatchObject({
      DeliveryStreamNames: [DeliveryStreamName],
      HasMoreDeliveryStreams: false,
    });
  });

  it.each([
    [
      'a missing stream',
      'nope',
      1,
      1,
      'ResourceNotFoundException',
      'Firehose nope under account 000000000000 not found.',
    ],
    [
      '501 records',
      DeliveryStreamName,
      501,
      1,
      'ValidationException',
      'Member must have length less than or equal to 500',
    ],
    ['a record too long', DeliveryStreamName, 1, 1_024_001, 'ValidationException', 'less than or equal to 1024000'],
    [
      'a call over 4 MiB',
      DeliveryStreamName,
      5,
      900_000,
      'InvalidArgumentException',
      'Records size exceeds 4 MB limit',
    ],
  ])('refuses %s', async (_what, name, count, size, code, message) => {
    const Records = Array.from({ length: count }, () => ({ Data: Buffer.alloc(size, 'x') }));
    await expect(client.send(new PutRecordBatchCommand({ DeliveryStreamName: name, Records }))).rejects.toMatchObject({
      name: code,
      message: expect.stringContaining(message),
      $metadata: { httpStatusCode: 400, attempts: 1 },
    });
  });

  it('answers what is no request as AWS does', async () => {
    const post = async (target: string, body: string) => {
      const response = await fetch(standIns.client.endpoint, {
        method: 'POST',
        headers: { 'x-amz-target': target },
        body,
      });
      return [response.status, await response.json()];
    };
    expect(await post('Firehose_20150804.Fly', '{}')).toMatchObject([400, { __type: 'UnknownOperationException' }]);
    expect(await post('Nowhere.PutRecord', '{}')).toMatchObject([400, { __type: 'UnknownOperationException' }]);
    expect(await post('Firehose_20150804.toString', '{}')).toMatchObject([
      400,
      { __type: 'UnknownOperationException' },
    ]);
    expect(await post('Firehose_20150804.PutRecord', '{')).toMatchObject([400, { __type: 'SerializationException' }]);
    expect(await post('Firehose_20150804.PutRecord', '{"DeliveryStreamName":7}')).toMatchObject([
      400,
      { __type: 'SerializationException' },
    ]);
    expect(await post('Firehose_20150804.PutRecord', '{}')).toMatchObject([400, { __type: 'ValidationException' }]);
    expect(standIns.faults).toEqual([]);
  });
});

describeWire('firehose', () => Object.keys(createFirehoseService(standIns.firehose).operations));
