import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AwsServer, createAwsServer, type RawRoute } from '#local/aws-server.ts';
import { systemClock } from '#local/clock.ts';
import { createMetrics, type Metrics } from '#local/cloudwatch/metrics.ts';
import { createCloudWatchService } from '#local/cloudwatch/wire.ts';
import { createFirehose, type Firehose } from '#local/firehose/firehose.ts';
import { createFirehoseService } from '#local/firehose/wire.ts';
import { type Gate, openGate } from '#local/iam/gate.ts';
import type { Invoke } from '#local/invoke.ts';
import type { JsonService } from '#local/operations.ts';
import { systemRandom } from '#local/random.ts';
import { createUsageLimits } from '#local/redshift-serverless/usage-limits.ts';
import { createRedshiftServerlessService } from '#local/redshift-serverless/wire.ts';
import { createS3, type S3 } from '#local/s3/s3.ts';
import { createS3Handler } from '#local/s3/wire.ts';
import { createSecrets, type Secrets } from '#local/secrets/secrets.ts';
import { createSecretsService } from '#local/secrets/wire.ts';
import { createSqs, type Sqs } from '#local/sqs/sqs.ts';
import { createSqsService } from '#local/sqs/wire.ts';
import { openStore } from '#local/store.ts';

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

export interface StandIns {
  readonly s3: S3;
  readonly sqs: Sqs;
  readonly firehose: Firehose;
  readonly secrets: Secrets;
  readonly metrics: Metrics;
  readonly server: AwsServer;
  readonly port: number;
  /** What an SDK client is made with. */
  readonly client: {
    readonly region: string;
    readonly endpoint: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** Faults that the server reported. */
  readonly faults: readonly unknown[];
  stop(): Promise<void>;
}

/** All stand-ins behind one port, over a folder that goes away with them. */
export const startStandIns = async ({
  invoke = () => Promise.reject(new Error('no function')),
  routes = [],
  services = [],
  port = 0,
  gate = openGate,
}: {
  readonly invoke?: Invoke;
  readonly routes?: readonly RawRoute[];
  /** Besides those of the stand-ins. */
  readonly services?: readonly JsonService[];
  readonly port?: number;
  readonly gate?: Gate;
} = {}): Promise<StandIns> => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-contract-'));
  const store = openStore(join(folder, 'store.sqlite'));
  const base = { store, clock: systemClock, random: systemRandom, region: REGION, accountId: ACCOUNT };
  const faults: unknown[] = [];
  const onError = (error: unknown): void => void faults.push(error);
  const sqs = createSqs(base);
  const s3 = createS3({
    ...base,
    folder: join(folder, 's3'),
    notify: (arn, body) => void sqs.queueByArn(arn).send({ body }),
  });
  const firehose = createFirehose({ ...base, invoke, putObject: s3.putObject });
  const secrets = createSecrets(base);
  const metrics = createMetrics(base);
  const server = createAwsServer({
    services: [
      createFirehoseService(firehose),
      createSqsService(sqs, base),
      createSecretsService(secrets),
      createRedshiftServerlessService(createUsageLimits(base)),
      createCloudWatchService(metrics, systemClock),
      ...services,
    ],
    s3: createS3Handler({ s3, random: systemRandom, region: REGION, gate, onError }),
    routes,
    random: systemRandom,
    gate,
    onError,
  });
  const bound = await server.listen(port);
  return {
    s3,
    sqs,
    firehose,
    secrets,
    metrics,
    server,
    port: bound,
    client: {
      region: REGION,
      endpoint: `http://localhost:${bound}`,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    faults,
    stop: async () => {
      firehose.stop();
      sqs.stop();
      s3.stop();
      metrics.stop();
      await server.close(0);
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
