import { join } from 'node:path';
import type { Health } from '#core/status.ts';
import { createAwsServer } from './aws-server.ts';
import { systemClock } from './clock.ts';
import { createCustomResources, responsePath } from './cloudformation/custom-resources.ts';
import { createPhysicalIds } from './cloudformation/physical-ids.ts';
import { createOverview } from './console/overview.ts';
import { buildPages, createPages } from './console/pages.ts';
import { createSampleTraffic } from './console/sample.ts';
import { createFirehose } from './firehose/firehose.ts';
import { toStreamSettings } from './firehose/from-template.ts';
import { createFirehoseService } from './firehose/wire.ts';
import { createFrontServer } from './front-server.ts';
import { createHealth } from './health.ts';
import { answerJson, createGateway } from './http-api/gateway.ts';
import { createLambda } from './lambda/lambda.ts';
import { createLogs } from './logs.ts';
import { type Freshness, laptopParameters, laptopStackName, laptopWriteKey } from './parameters.ts';
import { createProbes } from './probes.ts';
import { systemRandom } from './random.ts';
import { createRedshift } from './redshift/redshift.ts';
import { createRedshiftDataService } from './redshift/wire.ts';
import { createUsageLimits } from './redshift-serverless/usage-limits.ts';
import { createRedshiftServerlessService } from './redshift-serverless/wire.ts';
import { toNotifications } from './s3/from-template.ts';
import { createS3 } from './s3/s3.ts';
import { createS3Handler } from './s3/wire.ts';
import { toSecretText } from './secrets/from-template.ts';
import { createSecrets } from './secrets/secrets.ts';
import { createSecretsService } from './secrets/wire.ts';
import { createEventSourceMapping } from './sqs/event-source-mapping.ts';
import { toMappings, toQueueSettings } from './sqs/from-template.ts';
import { createSqs } from './sqs/sqs.ts';
import { createSqsService } from './sqs/wire.ts';
import { openStore } from './store.ts';
import { account as accountId, region } from './template/resource-names.ts';
import { createStack, type Stack } from './template/stack.ts';
import { readTemplate } from './template/template.ts';

export interface CloudSettings {
  /** The checkout: template.yaml and its sources. */
  readonly project: string;
  readonly data: string;
  readonly port: number;
  readonly awsPort: number;
  readonly freshness: Freshness;
  /** Told what is being done, a line each. */
  readonly say: (line: string) => void;
}

export interface Cloud {
  readonly health: () => Health;
  /** Takes nothing new and brings what was accepted into the warehouse. */
  drain(): Promise<void>;
  stop(): Promise<void>;
}

const clock = systemClock;
const random = systemRandom;

/** Boots everything that template.yaml declares, in the order below. Throws `TemplateError` for what the laptop cannot run. */
export const bootCloud = async (settings: CloudSettings): Promise<Cloud> => {
  const { project, data, say } = settings;
  // Numbers, not `localhost`: an SDK then names buckets in the path, as a host of loopback has no sub-domains.
  const awsUrl = `http://127.0.0.1:${settings.awsPort}`;
  const stack = readStack(settings);
  const logs = createLogs(join(data, 'logs'));
  const onError = (error: unknown): void =>
    logs.write('laptop', error instanceof Error ? (error.stack ?? error.message) : String(error));
  let state: 'starting' | 'running' | 'stopping' = 'starting';

  const pages = join(data, 'console');
  const pagesBuilt = buildPages(project, pages);
  pagesBuilt.catch(() => undefined);

  const store = openStore(join(data, 'cloud.db'));
  const secrets = createSecrets({ store, clock, random, region, accountId });
  for (const secret of stack.ofType('AWS::SecretsManager::Secret'))
    secrets.ensure(String(secret.properties.Name), () => ({
      arn: secret.ref,
      value: { text: toSecretText(secret, random) },
    }));

  const sqs = createSqs({ store, clock, random });
  for (const queue of stack.ofType('AWS::SQS::Queue')) sqs.createQueue(toQueueSettings(queue));

  const notify = (queueArn: string, body: string): void => void sqs.queueByArn(queueArn).send({ body });
  const s3 = createS3({ store, clock, random, folder: join(data, 's3'), region, accountId, notify });
  for (const bucket of stack.ofType('AWS::S3::Bucket'))
    s3.createBucket(bucket.ref, { notifications: toNotifications(bucket) });

  const [workgroup] = stack.ofType('AWS::RedshiftServerless::Workgroup');
  const [namespace] = stack.ofType('AWS::RedshiftServerless::Namespace');
  if (workgroup === undefined || namespace === undefined)
    throw stack.template.fault(['Resources'], 'there is no warehouse');
  const database = String(namespace.attributes['Namespace.DbName']);
  const redshift = await createRedshift({
    databaseFile: join(data, 'warehouse.duckdb'),
    workgroup: workgroup.ref,
    database,
    lake: { fileOf: s3.fileOf, folder: join(data, 's3') },
    // Enough for reports over millions of events, and little enough to work beside everything else on a small machine.
    memoryLimit: '512MB',
    clock,
    random,
  });

  say('building functions');
  const lambda = await createLambda({
    stack,
    folder: project,
    bundles: join(data, 'functions'),
    awsUrl,
    clock,
    random,
    log: (name, line) => logs.write(name, line),
  });

  const firehose = createFirehose({
    store,
    clock,
    random,
    region,
    accountId,
    invoke: lambda.invoke,
    putObject: s3.putObject,
  });
  const physicalIds = createPhysicalIds(store);
  const customResources = createCustomResources({ stack, physicalIds, invoke: lambda.invoke, awsUrl, clock, random });
  const usageLimits = createUsageLimits({ store, random, region, accountId });
  const aws = createAwsServer({
    services: [
      createFirehoseService(firehose),
      createSqsService(sqs, { accountId }),
      createSecretsService(secrets),
      createRedshiftDataService(redshift),
      createRedshiftServerlessService(usageLimits),
    ],
    s3: createS3Handler({ s3, random, region, onError }),
    routes: [{ prefix: responsePath, handle: customResources.handle }],
    random,
    onError,
  });
  await aws.listen(settings.awsPort);

  say('bringing the schema up to date');
  await customResources.run();

  for (const stream of stack.ofType('AWS::KinesisFirehose::DeliveryStream'))
    firehose.createStream(toStreamSettings(stack, stream));
  const mappings = toMappings(stack).map(({ queueArn, ...mapping }) => {
    const queue = sqs.queueByArn(queueArn);
    return createEventSourceMapping({ ...mapping, queue, clock, invoke: lambda.invoke, region, accountId });
  });
  for (const mapping of mappings) mapping.start();

  const gateway = createGateway({ stack, invoke: lambda.invoke, clock, random });
  const { probes, resources, deadLetters } = createProbes({
    stack,
    lambda,
    gateway,
    firehose,
    s3,
    sqs,
    mappings,
    redshift,
    database,
    urls: {
      collector: `http://localhost:${settings.port}/v1/events`,
      aws: `http://localhost:${settings.awsPort}`,
      data,
    },
  });
  const health = createHealth({
    stack: stack.name,
    freshness: settings.freshness,
    resources,
    probes,
    state: () => state,
    clock: clock.now,
  });
  const sample = createSampleTraffic({ collectorUrl: resources.collector, writeKey: laptopWriteKey, clock });
  const overview = createOverview({ query: redshift.query, health, deadLetters, sample, clock: clock.now });
  const showPages = createPages({ folder: pages, overview, sample });
  const front = createFrontServer(
    [
      gateway.handle,
      async (_message, response, url) => {
        if (url.pathname !== '/health') return false;
        answerJson(response, 200, health());
        return true;
      },
      showPages,
    ],
    onError,
  );
  await pagesBuilt;
  await front.listen(settings.port);
  state = 'running';

  return {
    health,
    async drain() {
      state = 'stopping';
      sample.stop();
      await front.close();
      await firehose.flush();
      await Promise.all(mappings.map((mapping) => mapping.drain()));
    },
    async stop() {
      for (const mapping of mappings) mapping.stop();
      firehose.stop();
      s3.stop();
      sqs.stop();
      await lambda.stop();
      await aws.close(0);
      await redshift.close();
      store.close();
      logs.close();
    },
  };
};

const readStack = ({ project, freshness, awsPort }: CloudSettings): Stack =>
  createStack(readTemplate(join(project, 'template.yaml')), {
    name: laptopStackName,
    parameters: laptopParameters(freshness),
    awsUrl: `http://localhost:${awsPort}`,
  });
