import type { Ended, Row, Warehouse } from '#aws/redshift.ts';
import { createArrival } from '#cli/simulate/arrival.ts';
import { findEventRow } from '#cli/status/event-row.ts';
import { readLoadFacts } from '#cli/status/load-facts.ts';
import type { LandedObject } from '#functions/loader/landed-objects.ts';
import { loadObjects } from '#functions/loader/load.ts';
import type { LoadDeps } from '#functions/loader/work.ts';
import { createSchema } from '#functions/migrator/schema.ts';
import { parseConfig as parseReconcilerConfig } from '#functions/reconciler/config.ts';
import { reconcile } from '#functions/reconciler/reconcile.ts';
import { createOverview } from '#local/console/overview.ts';
import { createFakePipeline } from '../../cli/support/fake-pipeline.ts';
import { runErasure } from './erasure.ts';
import { runRecovery } from './operations.ts';

/** One statement as Redshift gets it, and who sends it. */
export interface Statement {
  readonly source: string;
  readonly sql: string;
}

/**
 * Every statement that Millrace sends to Redshift, by running what sends them against a warehouse that writes them down and answers
 * so that each path is taken. The user's own SQL (`millrace query`) is not ours. Where the console's queries run, on the laptop, they
 * are Redshift's SQL as well.
 */
export const collectStatements = async (): Promise<readonly Statement[]> => {
  const statements = new Map<string, Statement>();
  const take = (source: string) => (sql: string) => void statements.set(`${source} ${sql}`, { source, sql });
  await runLoader(take('loader'));
  await runReconciler(take('reconciler'));
  await runMigrator(take('migrator'));
  await runCommands(take('cli'));
  await runRecovery(take('cli'));
  await runErasure(take('cli'));
  await runConsole(take('console'));
  return [...statements.values()];
};

type Take = (sql: string) => void;

interface Answers {
  readonly transact?: (sqls: readonly string[]) => Ended;
  readonly query?: (sql: string) => readonly Row[];
}

const finished: Ended = { status: 'FINISHED', id: 'id' };

const recordingWarehouse = (take: Take, { transact = () => finished, query = () => [] }: Answers = {}): Warehouse => ({
  async transact(sqls) {
    for (const sql of sqls) take(sql);
    return transact(sqls);
  },
  async execute(sql) {
    take(sql);
    return finished;
  },
  results: async () => [[1, 1, 0, 0]],
  async query(sql) {
    take(sql);
    return query(sql);
  },
});

const nothing = (): void => undefined;
const logger = { addContext: nothing, info: nothing, warn: nothing, error: nothing };
const metrics = { addMetric: nothing, publishStoredMetrics: nothing };
const clock = (): number => Date.UTC(2026, 10, 22, 10);
const deadline = Number.MAX_SAFE_INTEGER;

/** A load of two objects, one of which Redshift refuses, with and without a word of its own on why, or because it is loaded. */
const runLoader = async (take: Take): Promise<void> => {
  const objects = ['landed/2026/11/22/10/a.json.gz', "landed/2026/11/22/10/it's b.json.gz"].map(
    (key, at): LandedObject => ({ bucket: 'lake', key, etag: `e${at}`, bytes: 10, messageIds: [`m${at}`] }),
  );
  const run = async (
    detail: readonly Row[],
    error = "Load into table 'staging' failed. Check 'sys_load_error_detail'.",
  ): Promise<void> => {
    const warehouse = recordingWarehouse(take, {
      transact: (sqls) =>
        sqls.some((sql) => sql.includes("it''s")) ? { status: 'FAILED', id: 'id', error } : finished,
      query: (sql) => (sql.includes('sys_load_error_detail') ? detail : []),
    });
    const config = {
      lakeBucket: 'lake',
      workgroup: 'millrace',
      cluster: undefined,
      database: 'millrace',
      secretArn: undefined,
      copyRoleArn: 'arn:aws:iam::000000000000:role/millrace-copy',
      dedupeDays: 7,
    };
    const bucket = { putJson: async () => undefined, has: async () => true };
    const deps: LoadDeps = { config, bucket, warehouse, clock, pause: async () => false, logger, metrics };
    await loadObjects(deps, objects, deadline);
  };
  const name = "s3://lake/landed/2026/11/22/10/it's b.json.gz";
  await run([[name, 3, 'event_id', 1204, "String length exceeds DDL length: it's too long"]]);
  await run([]);
  await run([], 'invalid input syntax for integer');
};

/** Checks that find a landed object, and a failed record that says everything or nothing, or two. */
const runReconciler = async (take: Take): Promise<void> => {
  const whole = { errorMessage: "it's", arrivalTimestamp: clock(), attemptsMade: 4, attemptEndingTimestamp: clock() };
  await runCheck(take, [whole, whole]);
  await runCheck(take, [{}]);
};

const runCheck = async (take: Take, failures: readonly object[]): Promise<void> => {
  const { pipeline, objects } = createFakePipeline();
  const lastModified = clock() - 60_000;
  const lines = failures.map((each) => JSON.stringify({ errorCode: 'Lambda.FunctionError', rawData: 'e30=', ...each }));
  objects.set("failed/processing-failed/2026/11/22/10/it's", { bytes: Buffer.from(lines.join('\n')), lastModified });
  objects.set('landed/2026/11/22/09/a.json.gz', { bytes: Buffer.from('rows'), lastModified });
  const config = parseReconcilerConfig({
    LAKE_BUCKET: 'lake',
    LANDED_QUEUE_URL: 'queue',
    POWERTOOLS_METRICS_NAMESPACE: 'Millrace/shop',
    WORKGROUP_NAME: 'millrace',
    DATABASE: 'millrace',
  });
  const metricData = { sumPerMinute: async () => new Map<number, number>() };
  const warehouse = recordingWarehouse(take);
  const sleep = async (): Promise<void> => undefined;
  await reconcile({ ...pipeline, config, warehouse, metricData, clock, sleep, logger }, deadline);
};

/** A first deploy, one whose views cannot be replaced as they are, one without a loader's user, and a delete that drops. */
const runMigrator = async (take: Take): Promise<void> => {
  const properties = {
    LoaderUser: 'IAMR:millrace-loader',
    ReconcilerUser: 'IAMR:millrace-reconciler',
    ReportingRole: 'millrace_reporting',
    OnDelete: 'drop',
  };
  const work = { deadline, doing: nothing };
  const refuseOnce = (): ((sqls: readonly string[]) => Ended) => {
    let refused = false;
    return (sqls) => {
      if (refused || !sqls.some((sql) => sql.includes('CREATE OR REPLACE VIEW'))) return finished;
      refused = true;
      return { status: 'FAILED', id: 'id', error: 'ERROR: cannot drop columns from view', statement: 1 };
    };
  };
  const schema = (answers?: Answers) =>
    createSchema({ warehouse: recordingWarehouse(take, answers), database: 'millrace', logger });
  const physicalId = await schema().create(properties, work);
  await schema({ transact: refuseOnce() }).update(physicalId, properties, work);
  const { LoaderUser: _loader, ReconcilerUser: _reconciler, ...owned } = properties;
  await schema().create(owned, work);
  await schema().remove(physicalId, properties, work);
};

/** What `simulate`, `send` and `status` ask the warehouse. */
const runCommands = async (take: Take): Promise<void> => {
  const run = async (sql: string) => {
    take(sql);
    return { columns: [], rowCount: 0, pages: async function* () {} };
  };
  const arrival = createArrival({ run, close: nothing }, { tag: '01234567', start: clock() });
  await arrival.counts();
  await arrival.revenue();
  await arrival.complaints();
  const warehouse = recordingWarehouse(take);
  await findEventRow((sql) => warehouse.query(sql, deadline), '01939c8e-7c00-7000-8000-000000000000');
  await readLoadFacts(warehouse);
};

const runConsole = async (take: Take): Promise<void> => {
  const none = (): never => {
    throw new Error('not asked for');
  };
  const overview = createOverview({
    query: async (sql) => {
      take(sql);
      return [];
    },
    health: none,
    deadLetters: () => 0,
    sample: { start: none, stop: none, progress: none },
    clock,
  });
  await overview(60).catch(nothing);
};
