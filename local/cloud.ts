import { join } from 'node:path';
import type { Health } from '#core/status.ts';
import { createAwsServer } from './aws-server.ts';
import { systemClock } from './clock.ts';
import { createCustomResources, responsePath } from './cloudformation/custom-resources.ts';
import { createPhysicalIds } from './cloudformation/physical-ids.ts';
import { createStacks } from './cloudformation/stacks.ts';
import { createCloudFormationService } from './cloudformation/wire.ts';
import { parseEmf } from './cloudwatch/emf.ts';
import { createMetrics } from './cloudwatch/metrics.ts';
import { createCloudWatchService } from './cloudwatch/wire.ts';
import { createOverview } from './console/overview.ts';
import { buildPages, createPages } from './console/pages.ts';
import { createSampleTraffic } from './console/sample.ts';
import { declare } from './declare.ts';
import { createFirehose } from './firehose/firehose.ts';
import { toStreamSettings } from './firehose/from-template.ts';
import { toStreamRole } from './firehose/stream-role.ts';
import { createFirehoseService } from './firehose/wire.ts';
import { createFrontServer } from './front-server.ts';
import { createHealth } from './health.ts';
import { answerJson, createGateway } from './http-api/gateway.ts';
import { toStatements } from './iam/from-template.ts';
import { createIam, type Decision } from './iam/iam.ts';
import type { Inside } from './inside.ts';
import { createLambda } from './lambda/lambda.ts';
import { createLogs } from './logs.ts';
import { type Freshness, laptopParameters, laptopStackName, laptopWriteKey } from './parameters.ts';
import { createProbes } from './probes.ts';
import { systemRandom } from './random.ts';
import { openWarehouse } from './redshift/from-template.ts';
import { createRedshiftDataService } from './redshift/wire.ts';
import { createUsageLimits } from './redshift-serverless/usage-limits.ts';
import { createRedshiftServerlessService } from './redshift-serverless/wire.ts';
import { declareBuckets } from './s3/from-template.ts';
import { createNotify } from './s3/notify.ts';
import { createS3 } from './s3/s3.ts';
import { createS3Handler } from './s3/wire.ts';
import { createSchedules } from './schedule/schedules.ts';
import { declareSecrets } from './secrets/from-template.ts';
import { createSecrets } from './secrets/secrets.ts';
import { createSecretsService } from './secrets/wire.ts';
import { toQueueSettings } from './sqs/from-template.ts';
import { createMappings } from './sqs/mappings.ts';
import { createSqs } from './sqs/sqs.ts';
import { createSqsService } from './sqs/wire.ts';
import { openStore } from './store.ts';
import { createStsService } from './sts/wire.ts';
import { account as accountId, region } from './template/resource-names.ts';
import { createStack } from './template/stack.ts';
import { readTemplate } from './template/template.ts';

export interface CloudSettings {
  /** The checkout: template.yaml and its sources. */
  readonly project: string;
  readonly data: string;
  readonly port: number;
  readonly awsPort: number;
  /** Where the AWS services answer beside loopback, for containers. */
  readonly awsHost?: string | undefined;
  readonly freshness: Freshness;
  /** Told what is being done, a line each. */
  readonly say: (line: string) => void;
  /** Hears of everything that somebody was allowed or denied. */
  readonly onDecision?: (decision: Decision) => void;
}

export interface Cloud {
  readonly health: () => Health;
  /** Takes nothing new and brings what was accepted into the warehouse. */
  drain(): Promise<void>;
  stop(): Promise<void>;
  /** What runs inside, for tests that boot a cloud in their own process. */
  readonly inside: Inside;
}

const clock = systemClock;
const random = systemRandom;

/** Boots everything that template.yaml declares, in the order below. Throws `TemplateError` for what the laptop cannot run. */
export const bootCloud = async (settings: CloudSettings): Promise<Cloud> => {
  const { project, data, say } = settings;
  // Numbers, not `localhost`: an SDK then names buckets in the path, as a host of loopback has no sub-domains.
  const awsUrl = `http://127.0.0.1:${settings.awsPort}`;
  const stack = createStack(readTemplate(join(project, 'template.yaml')), {
    name: laptopStackName,
    parameters: laptopParameters(settings.freshness),
    awsUrl: `http://localhost:${settings.awsPort}`,
  });
  const logs = createLogs(join(data, 'logs'));
  const onError = (error: unknown): void =>
    logs.write('laptop', error instanceof Error ? (error.stack ?? error.message) : String(error));
  let state: 'starting' | 'running' | 'stopping' = 'starting';
  const onDenied = (message: string): void => logs.write('laptop', message);
  const iam = createIam({ statements: toStatements(stack), clock, random, onDenied, onDecision: settings.onDecision });

  const pages = join(data, 'console');
  const pagesBuilt = buildPages(project, pages);
  pagesBuilt.catch(() => undefined);

  const store = openStore(join(data, 'cloud.db'));
  const secrets = createSecrets({ store, clock, random, region, accountId });
  declareSecrets(stack, secrets, random);

  const metrics = createMetrics({ store, clock, onError });

  const sqs = createSqs({ store, clock, random });
  for (const queue of stack.ofType('AWS::SQS::Queue')) sqs.createQueue(toQueueSettings(queue));

  const notify = createNotify(iam, sqs);
  const s3 = createS3({ store, clock, random, folder: join(data, 's3'), region, accountId, notify });
  declareBuckets(stack, iam, s3);

  const redshift = await openWarehouse({
    stack,
    iam,
    databaseFile: join(data, 'warehouse.duckdb'),
    lake: { fileOf: s3.fileOf, folder: join(data, 's3') },
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
    iam,
    log: (name, line) => {
      metrics.publish(parseEmf(line));
      logs.write(name, line);
    },
  });

  const schedules = createSchedules({ stack, invoke: lambda.invoke, gate: iam, clock, random });

  const firehose = createFirehose({
    store,
    clock,
    random,
    region,
    accountId,
    invoke: lambda.invoke,
    putObject: s3.putObject,
    actFor: toStreamRole({ iam, invoke: lambda.invoke, putObject: s3.putObject, log: logs.write }),
  });
  const physicalIds = createPhysicalIds(store);
  const customResources = createCustomResources({ stack, physicalIds, invoke: lambda.invoke, awsUrl, clock, random });
  const usageLimits = createUsageLimits({ store, random, region, accountId });
  const stacks = createStacks({ stack, apiUrl: `http://localhost:${settings.port}`, createdAt: clock.now() });
  const aws = createAwsServer({
    services: [
      createFirehoseService(firehose),
      createSqsService(sqs, { accountId }),
      createSecretsService(secrets),
      createRedshiftDataService(redshift),
      createRedshiftServerlessService(usageLimits),
      createCloudWatchService(metrics, clock),
    ],
    queryServices: [createCloudFormationService(stacks), createStsService()],
    s3: createS3Handler({ s3, random, region, gate: iam, onError }),
    routes: [{ prefix: responsePath, handle: customResources.handle }],
    random,
    gate: iam,
    onError,
  });
  await aws.listen(settings.awsPort, settings.awsHost);

  say('bringing the schema up to date');
  await customResources.run();

  for (const stream of stack.ofType('AWS::KinesisFirehose::DeliveryStream'))
    declare(stack, stream, () => firehose.createStream(toStreamSettings(stack, stream)));
  const mappings = createMappings({ stack, iam, sqs, lambda, clock });
  for (const mapping of mappings) mapping.start();

  const gateway = createGateway({ stack, invoke: lambda.invoke, gate: iam, clock, random });
  const { probes, resources, deadLetters } = createProbes({
    stack,
    lambda,
    gateway,
    firehose,
    s3,
    sqs,
    mappings,
    redshift,
    database: redshift.database,
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
  for (const schedule of schedules) schedule.start();

  return {
    health,
    inside: { stack, iam, lambda, firehose, s3, mappings, schedules, metrics, customResources, redshift },
    async drain() {
      state = 'stopping';
      sample.stop();
      await front.close();
      await Promise.all(schedules.map((schedule) => schedule.drain()));
      await firehose.flush();
      await Promise.all(mappings.map((mapping) => mapping.drain()));
    },
    async stop() {
      for (const schedule of schedules) schedule.stop();
      for (const mapping of mappings) mapping.stop();
      firehose.stop();
      s3.stop();
      sqs.stop();
      await lambda.stop();
      await aws.close(0);
      await redshift.close();
      metrics.stop();
      store.close();
      logs.close();
    },
  };
};
