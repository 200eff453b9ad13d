import { FirehoseClient } from '@aws-sdk/client-firehose';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createStream, type Stream } from './firehose.ts';
import { createLake, type Lake } from './lake.ts';
import { createWarehouse, type Warehouse, type WarehouseSettings } from './redshift.ts';
import { createQueue, type Queue } from './sqs.ts';

/** Where the services are. */
export interface PipelinePlace {
  /** Address of a laptop's AWS services; undefined for AWS itself. */
  readonly laptop?: string;
  /** undefined: as the AWS profile says. */
  readonly region?: string;
}

export interface PipelineNames extends WarehouseSettings {
  readonly stream: string;
  readonly bucket: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
}

/** The parts of a pipeline that an operator works on; each call throws `Fault`. */
export interface PipelineParts {
  readonly stream: Stream;
  readonly lake: Lake;
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly warehouse: Warehouse;
  close(): void;
}

/** Credentials are found as every AWS tool finds them; a laptop takes any, as those of its administrator. */
export const createPipelineParts = ({ laptop, region }: PipelinePlace, names: PipelineNames): PipelineParts => {
  const place =
    laptop === undefined
      ? { ...(region !== undefined && { region }) }
      : {
          endpoint: laptop,
          region: 'us-east-1',
          credentials: { accessKeyId: 'laptop', secretAccessKey: 'laptop' },
        };
  const firehose = new FirehoseClient(place);
  const s3 = new S3Client({ ...place, forcePathStyle: true });
  const sqs = new SQSClient({ ...place, useQueueUrlAsEndpoint: false });
  const redshift = new RedshiftDataClient(place);
  return {
    stream: createStream(names.stream, firehose),
    lake: createLake(names.bucket, s3),
    queue: createQueue(names.queueUrl, sqs),
    deadLetters: createQueue(names.deadLetterQueueUrl, sqs),
    warehouse: createWarehouse(names, redshift),
    close: () => {
      for (const client of [firehose, s3, sqs, redshift]) client.destroy();
    },
  };
};
