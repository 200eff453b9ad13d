import { AwsError } from '../aws-error.ts';
import { checkLimits } from '../aws-limits.ts';
import { createInput, type Input, type Refuse } from '../aws-wire.ts';
import type { JsonService, Needs, Operation } from '../operations.ts';
import { account, region } from '../template/resource-names.ts';
import type { DeliveryStream } from './delivery-stream.ts';
import type { Firehose } from './firehose.ts';
import { firehoseLimits } from './limits.ts';
import { STREAM_VERSION } from './object-key.ts';
import type { Stream } from './settings.ts';

const MIB = 1024 * 1024;

const refuse: Refuse = (kind, name, detail) => {
  if (kind === 'invalid') return new AwsError('SerializationException', detail);
  const [value, constraint] = kind === 'missing' ? ['Value null', 'Member must not be null'] : ['Value', detail];
  const member = `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
  return new AwsError(
    'ValidationException',
    `1 validation error detected: ${value} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
};

/** Firehose's AWS JSON 1.1 protocol over the behaviour. */
export const createFirehoseService = (firehose: Firehose): JsonService => {
  const withInput =
    (operation: (input: Input) => unknown): Operation =>
    (members) => {
      checkLimits(members, firehoseLimits, refuse);
      return operation(createInput(members, refuse));
    };

  return {
    target: 'Firehose_20150804',
    protocol: '1.1',
    messageMember: 'message',
    operations: {
      PutRecord: withInput((input) => {
        const RecordId = firehose.putRecord(input.text('DeliveryStreamName'), toData(input.input('Record')));
        return { RecordId, Encrypted: false };
      }),
      PutRecordBatch: withInput((input) => {
        const name = input.text('DeliveryStreamName');
        const ids = firehose.putRecords(name, input.inputs('Records').map(toData));
        return { FailedPutCount: 0, Encrypted: false, RequestResponses: ids.map((RecordId) => ({ RecordId })) };
      }),
      DescribeDeliveryStream: withInput((input) => ({
        DeliveryStreamDescription: describe(firehose.stream(input.text('DeliveryStreamName'))),
      })),
      ListDeliveryStreams: withInput((input) => {
        const limit = input.optionalInteger('Limit', { min: 1, max: 10_000 }) ?? 10;
        const after = input.optionalText('ExclusiveStartDeliveryStreamName') ?? '';
        const type = input.optionalText('DeliveryStreamType') ?? 'DirectPut';
        const names = firehose
          .streams()
          .map(({ stream }) => stream.name)
          .sort();
        const wanted = type === 'DirectPut' ? names.filter((name) => name > after) : [];
        return { DeliveryStreamNames: wanted.slice(0, limit), HasMoreDeliveryStreams: wanted.length > limit };
      }),
    },
    needs: {
      PutRecord: onStream('PutRecord'),
      PutRecordBatch: onStream('PutRecordBatch'),
      DescribeDeliveryStream: onStream('DescribeDeliveryStream'),
      ListDeliveryStreams: () => [{ action: 'firehose:ListDeliveryStreams', resource: '*' }],
    },
  };
};

const onStream =
  (action: string): Needs =>
  ({ DeliveryStreamName: name }) => [
    { action: `firehose:${action}`, resource: `arn:aws:firehose:${region}:${account}:deliverystream/${name}` },
  ];

const toData = (record: Input): Buffer => {
  const text = record.text('Data');
  const data = Buffer.from(text, 'base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  if (text.length % 4 !== 0 || data.length !== (text.length / 4) * 3 - padding) {
    throw new AwsError('SerializationException', 'The value of Data is not base64.');
  }
  return data;
};

const describe = ({ stream, createdAt }: DeliveryStream): Readonly<Record<string, unknown>> => {
  const destination = {
    RoleARN: stream.roleArn,
    BucketARN: `arn:aws:s3:::${stream.bucket}`,
    Prefix: stream.prefix,
    ErrorOutputPrefix: stream.errorOutputPrefix,
    BufferingHints: { SizeInMBs: stream.bufferBytes / MIB, IntervalInSeconds: stream.bufferMs / 1_000 },
    CompressionFormat: stream.compression,
    EncryptionConfiguration: { NoEncryptionConfig: 'NoEncryption' },
    CloudWatchLoggingOptions:
      stream.logging === undefined
        ? { Enabled: false }
        : { Enabled: true, LogGroupName: stream.logging.group, LogStreamName: stream.logging.stream },
  };
  return {
    DeliveryStreamName: stream.name,
    DeliveryStreamARN: stream.arn,
    DeliveryStreamStatus: 'ACTIVE',
    DeliveryStreamType: 'DirectPut',
    VersionId: String(STREAM_VERSION),
    CreateTimestamp: createdAt / 1_000,
    HasMoreDestinations: false,
    Destinations: [
      {
        DestinationId: 'destinationId-000000000001',
        S3DestinationDescription: destination,
        ExtendedS3DestinationDescription: {
          ...destination,
          FileExtension: stream.extension,
          CustomTimeZone: 'UTC',
          S3BackupMode: 'Disabled',
          ProcessingConfiguration: toProcessing(stream.processor),
        },
      },
    ],
  };
};

const toProcessing = (processor: Stream['processor']): Readonly<Record<string, unknown>> => {
  if (processor === undefined) return { Enabled: false, Processors: [] };
  const parameters = {
    LambdaArn: processor.lambdaArn,
    NumberOfRetries: processor.retries,
    BufferSizeInMBs: Number((processor.bufferBytes / MIB).toFixed(2)),
    BufferIntervalInSeconds: processor.bufferMs / 1_000,
  };
  const Parameters = Object.entries(parameters).map(([ParameterName, value]) => ({
    ParameterName,
    ParameterValue: String(value),
  }));
  return { Enabled: true, Processors: [{ Type: 'Lambda', Parameters }] };
};
