import { type Environment, optional, parseEnvironment, required, wholeNumber } from '#core/config.ts';

export interface Config {
  readonly lakeBucket: string;
  readonly queueUrl: string;
  /** Where the producer's metrics are. */
  readonly metricsNamespace: string;
  /** A workgroup or a cluster: one of the two. */
  readonly workgroup: string | undefined;
  readonly cluster: string | undefined;
  readonly database: string;
  /** Secret of a database user; without one the function's role is the user. */
  readonly secretArn: string | undefined;
  /** How long something new may wait for a load that has the warehouse awake, before it is woken for a check alone. */
  readonly checkSeconds: number;
  /** How long the queue waits for more objects before a load. */
  readonly loadSeconds: number;
  /** What is under way for longer is late. */
  readonly lateSeconds: number;
  /** How long after a minute its metrics are believed to be whole. */
  readonly settleSeconds: number;
  /** How long after it landed an object that is not in the tables is queued again. */
  readonly requeueSeconds: number;
}

export const parseConfig = (env: Environment): Config =>
  parseEnvironment<Config & Record<string, unknown>>(env, {
    lakeBucket: ['LAKE_BUCKET', required],
    queueUrl: ['LANDED_QUEUE_URL', required],
    metricsNamespace: ['POWERTOOLS_METRICS_NAMESPACE', required],
    workgroup: ['WORKGROUP_NAME', optional],
    cluster: ['CLUSTER_IDENTIFIER', optional],
    database: ['DATABASE', required],
    secretArn: ['WAREHOUSE_SECRET_ARN', optional],
    checkSeconds: ['CHECK_SECONDS', wholeNumber(1800)],
    loadSeconds: ['LOAD_SECONDS', wholeNumber(10)],
    lateSeconds: ['LATE_SECONDS', wholeNumber(900)],
    settleSeconds: ['SETTLE_SECONDS', wholeNumber(120)],
    requeueSeconds: ['REQUEUE_SECONDS', wholeNumber(300)],
  });
