import type { Resource, Stack } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';
import type { LoggingSettings, ProcessorSettings, StreamSettings } from './settings.ts';

/** Settings of a stream as `AWS::KinesisFirehose::DeliveryStream` declares it; a part that the laptop cannot run is an error. */
export const toStreamSettings = (stack: Stack, resource: Resource): StreamSettings => {
  const { DeliveryStreamType: type = 'DirectPut', ExtendedS3DestinationConfiguration: destination } =
    resource.properties;
  const path = [...resource.path, 'Properties'];
  if (type !== 'DirectPut')
    throw stack.template.fault(
      [...path, 'DeliveryStreamType'],
      `the laptop runs streams of type DirectPut, not ${type}`,
    );
  if (!isRecord(destination))
    throw stack.template.fault(path, 'the laptop runs streams with ExtendedS3DestinationConfiguration only');
  const hints = isRecord(destination.BufferingHints) ? destination.BufferingHints : {};
  const processor = toProcessor(destination.ProcessingConfiguration);
  const logging = toLogging(destination.CloudWatchLoggingOptions);
  return {
    name: resource.ref,
    arn: String(resource.attributes.Arn),
    bucket: String(destination.BucketARN).replace('arn:aws:s3:::', ''),
    roleArn: String(destination.RoleARN),
    prefix: String(destination.Prefix ?? ''),
    ...(destination.ErrorOutputPrefix !== undefined && { errorOutputPrefix: String(destination.ErrorOutputPrefix) }),
    ...(destination.FileExtension !== undefined && { fileExtension: String(destination.FileExtension) }),
    compressionFormat: toCompression(stack, resource, destination.CompressionFormat),
    bufferingHints: {
      sizeInMBs: Number(hints.SizeInMBs ?? 5),
      intervalInSeconds: Number(hints.IntervalInSeconds ?? 300),
    },
    ...(processor !== undefined && { processor }),
    ...(logging !== undefined && { logging }),
  };
};

const toLogging = (options: unknown): LoggingSettings | undefined =>
  isRecord(options) && options.Enabled === true
    ? { group: String(options.LogGroupName), stream: String(options.LogStreamName) }
    : undefined;

const toCompression = (stack: Stack, resource: Resource, format: unknown): 'UNCOMPRESSED' | 'GZIP' => {
  if (format === undefined || format === 'UNCOMPRESSED') return 'UNCOMPRESSED';
  if (format === 'GZIP') return 'GZIP';
  const path = [...resource.path, 'Properties', 'ExtendedS3DestinationConfiguration', 'CompressionFormat'];
  throw stack.template.fault(path, `the laptop compresses with GZIP, not ${format}`);
};

const toProcessor = (configuration: unknown): ProcessorSettings | undefined => {
  const processors = isRecord(configuration) && configuration.Enabled === true ? configuration.Processors : [];
  const lambda: unknown = Array.isArray(processors)
    ? processors.find((each) => isRecord(each) && each.Type === 'Lambda')
    : undefined;
  const listed = isRecord(lambda) && Array.isArray(lambda.Parameters) ? lambda.Parameters : undefined;
  if (listed === undefined) return undefined;
  const parameters = new Map<string, unknown>();
  for (const each of listed) if (isRecord(each)) parameters.set(String(each.ParameterName), each.ParameterValue);
  const number = (name: string): number | undefined =>
    parameters.has(name) ? Number(parameters.get(name)) : undefined;
  const [retries, megabytes, seconds] = [
    number('NumberOfRetries'),
    number('BufferSizeInMBs'),
    number('BufferIntervalInSeconds'),
  ];
  return {
    lambdaArn: String(parameters.get('LambdaArn')),
    ...(parameters.has('RoleArn') && { roleArn: String(parameters.get('RoleArn')) }),
    ...(retries !== undefined && { numberOfRetries: retries }),
    ...(megabytes !== undefined && { bufferSizeInMBs: megabytes }),
    ...(seconds !== undefined && { bufferIntervalInSeconds: seconds }),
  };
};
