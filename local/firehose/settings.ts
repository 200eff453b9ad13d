import { invalidArgument } from './errors.ts';
import { checkPrefixes } from './prefix.ts';

/** A Direct PUT stream with one extended S3 destination; members mean what CreateDeliveryStream's do. */
export interface StreamSettings {
  readonly name: string;
  readonly arn: string;
  readonly bucket: string;
  /** Role that the stream takes to write and to invoke. */
  readonly roleArn: string;
  /** May hold `!{timestamp:…}` and `!{firehose:random-string}`. */
  readonly prefix?: string;
  readonly errorOutputPrefix?: string;
  /** Replaces the extension that the compression has, such as `.json.gz`. */
  readonly fileExtension?: string;
  /** Default UNCOMPRESSED. */
  readonly compressionFormat?: 'UNCOMPRESSED' | 'GZIP';
  readonly bufferingHints?: {
    /** MiB before compression, 1..128, default 5. */
    readonly sizeInMBs?: number;
    /** 0..900, default 300. */
    readonly intervalInSeconds?: number;
  };
  readonly processor?: ProcessorSettings;
  /** Where errors are written down, in CloudWatch Logs. */
  readonly logging?: LoggingSettings;
}

export interface LoggingSettings {
  readonly group: string;
  readonly stream: string;
}

/** The Lambda processor. */
export interface ProcessorSettings {
  readonly lambdaArn: string;
  /** Default: the stream's. */
  readonly roleArn?: string;
  /** Tries after the first one; default 3. */
  readonly numberOfRetries?: number;
  /** MiB, 0.2..3, default 1. */
  readonly bufferSizeInMBs?: number;
  /** 0..900, default 60. */
  readonly bufferIntervalInSeconds?: number;
}

/** Settings with every default filled in; sizes in bytes, times in milliseconds. */
export interface Stream {
  readonly name: string;
  readonly arn: string;
  readonly bucket: string;
  readonly roleArn: string;
  readonly prefix: string;
  /** Undefined puts errors under the prefix of the data. */
  readonly errorOutputPrefix: string | undefined;
  readonly extension: string;
  readonly compression: 'UNCOMPRESSED' | 'GZIP';
  readonly bufferBytes: number;
  readonly bufferMs: number;
  readonly processor:
    | {
        readonly lambdaArn: string;
        readonly roleArn: string | undefined;
        readonly retries: number;
        readonly bufferBytes: number;
        readonly bufferMs: number;
      }
    | undefined;
  readonly logging: LoggingSettings | undefined;
}

const MIB = 1024 * 1024;

/** Checks against the limits of the Firehose API reference; throws InvalidArgumentException. */
export const toStream = (settings: StreamSettings): Stream => {
  const {
    name,
    arn,
    bucket,
    roleArn,
    prefix = '',
    errorOutputPrefix,
    fileExtension = '',
    compressionFormat = 'UNCOMPRESSED',
  } = settings;
  const { sizeInMBs = 5, intervalInSeconds = 300 } = settings.bufferingHints ?? {};
  if (!/^[a-zA-Z0-9_.-]{1,64}$/.test(name)) throw invalidArgument(`The name '${name}' is not valid.`);
  if (compressionFormat !== 'UNCOMPRESSED' && compressionFormat !== 'GZIP') {
    throw invalidArgument(`CompressionFormat ${compressionFormat} is not supported here.`);
  }
  if (!/^$|^\.[0-9a-z!\-_.*'()]+$/.test(fileExtension) || fileExtension.length > 128) {
    throw invalidArgument("FileExtension must start with a period and hold only 0-9a-z!-_.*'().");
  }
  checkRange('SizeInMBs', sizeInMBs, 1, 128);
  checkRange('IntervalInSeconds', intervalInSeconds, 0, 900);
  checkPrefixes(prefix, errorOutputPrefix);
  return {
    name,
    arn,
    bucket,
    roleArn,
    prefix,
    errorOutputPrefix,
    extension: fileExtension !== '' ? fileExtension : compressionFormat === 'GZIP' ? '.gz' : '',
    compression: compressionFormat,
    bufferBytes: sizeInMBs * MIB,
    bufferMs: intervalInSeconds * 1_000,
    processor: settings.processor === undefined ? undefined : toProcessor(settings.processor),
    logging: settings.logging,
  };
};

const toProcessor = ({
  lambdaArn,
  roleArn,
  numberOfRetries = 3,
  bufferSizeInMBs = 1,
  bufferIntervalInSeconds = 60,
}: ProcessorSettings) => {
  checkRange('NumberOfRetries', numberOfRetries, 0, Number.MAX_SAFE_INTEGER);
  checkRange('BufferSizeInMBs', bufferSizeInMBs, 0.2, 3);
  checkRange('BufferIntervalInSeconds', bufferIntervalInSeconds, 0, 900);
  return {
    lambdaArn,
    roleArn,
    retries: numberOfRetries,
    bufferBytes: Math.round(bufferSizeInMBs * MIB),
    bufferMs: bufferIntervalInSeconds * 1_000,
  };
};

const checkRange = (name: string, value: number, min: number, max: number): void => {
  if (!(value >= min && value <= max))
    throw invalidArgument(`${name} must be between ${min} and ${max}, not ${value}.`);
};
