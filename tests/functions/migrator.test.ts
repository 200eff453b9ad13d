import { readdirSync } from 'node:fs';
import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import type { Ended, Row, Warehouse } from '#aws/redshift.ts';
import type { UsageLimit } from '#aws/redshift-serverless.ts';
import type { Answer } from '#functions/migrator/answer.ts';
import type { CustomResource, Work } from '#functions/migrator/custom-resource.ts';
import { createHandler } from '#functions/migrator/handler.ts';
import { checksumOf, type Migration, migrations, toPending } from '#functions/migrator/migrations.ts';
import { createSchema } from '#functions/migrator/schema.ts';
import { createUsageLimit } from '#functions/migrator/usage-limit.ts';
import { views } from '#functions/migrator/views.ts';
import { context, quietLog } from './support.ts';

const properties = { LoaderUser: 'IAMR:loader', ReportingRole: 'reporting', OnDelete: 'keep', Migrator: '1' };

interface Run {
  readonly type?: 'Create' | 'Update' | 'Delete';
  readonly resourceType?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly physicalId?: string;
  readonly remainingMs?: number;
  readonly connect?: () => Readonly<Record<string, CustomResource>>;
  readonly crash?: unknown;
}

/** Sends one request to the handler; resolves with what CloudFormation was answered. */
const request = async (run: Run): Promise<readonly Answer[]> => {
  const answers: Answer[] = [];
  const event = {
    RequestType: run.type ?? 'Create',
    ResponseURL: 'http://answer',
    StackId: 's',
    RequestId: 'r',
    LogicalResourceId: 'Schema',
    ResourceType: run.resourceType ?? 'Custom::Schema',
    ServiceToken: 't',
    ResourceProperties: { ServiceToken: 't', ...(run.properties ?? properties) },
    ...(run.type !== undefined && run.type !== 'Create' && { PhysicalResourceId: run.physicalId ?? 'millrace-schema' }),
  };
  await createHandler({
    connect: run.connect ?? (() => ({})),
    sendAnswer: async (_url, answer) => void answers.push(answer),
    watchForCrash: (onCrash) => {
      if (run.crash !== undefined) setTimeout(() => onCrash(run.crash), 5);
      return () => undefined;
    },
    clock: Date.now,
    logger: quietLog,
  })(parseEvent(event), context(run.remainingMs ?? 60_000));
  return answers;
};

const parseEvent = (event: object): CloudFormationCustomResourceEvent => JSON.parse(JSON.stringify(event));

interface Fake {
  readonly applied?: readonly Row[];
  readonly migrations?: readonly Migration[];
  /** The error of a statement, or nothing. */
  readonly fail?: (sql: string) => string | undefined;
}

/** A schema over a warehouse that runs whole transactions or nothing of them. */
const fakeSchema = ({ applied = [], migrations: given, fail }: Fake = {}) => {
  const done: string[] = [];
  const execute = (sqls: readonly string[]): Ended => {
    for (const [at, sql] of sqls.entries()) {
      const error = fail?.(sql);
      if (error !== undefined) return { status: 'FAILED', id: '1', error, statement: at + 1 };
    }
    done.push(...sqls);
    return { status: 'FINISHED', id: '1' };
  };
  const warehouse: Warehouse = {
    transact: async (sqls) => execute(sqls),
    execute: async (sql) => execute([sql]),
    results: async () => [],
    query: async () => applied,
  };
  const deps = { warehouse, database: 'db', logger: quietLog };
  const schema = createSchema(given === undefined ? deps : { ...deps, migrations: given });
  return { done, connect: () => ({ 'Custom::Schema': schema }) };
};

const allApplied: readonly Row[] = migrations.map((each) => [each.number, each.name, checksumOf(each)]);

describe('the schema', () => {
  it.each(['Create', 'Update'] as const)('gets tables, views and grants on %s', async (type) => {
    const { done, connect } = fakeSchema();
    const answers = await request({ type, connect });
    const all = done.join('\n');
    expect(answers).toMatchObject([{ Status: 'SUCCESS', RequestId: 'r', PhysicalResourceId: 'millrace-schema' }]);
    expect(done[0]).toContain('CREATE SCHEMA');
    for (const { sql } of [...migrations, ...views]) expect(done).toContain(sql);
    expect(all).toContain('CREATE USER "IAMR:loader" PASSWORD DISABLE');
    expect(all).toContain('GRANT USAGE ON SCHEMA millrace TO "IAMR:loader"');
    expect(all).toContain('CREATE ROLE "reporting"');
    expect(all).toContain('GRANT USAGE ON SCHEMA millrace TO ROLE "reporting"');
    expect(all).not.toContain('{{');
  });

  it('lets the reporting role read every report and nothing else', async () => {
    const { done, connect } = fakeSchema();
    await request({ connect });
    const granted = done.filter((sql) => sql.includes('TO ROLE'));
    const reports = readdirSync(new URL('../../warehouse/views', import.meta.url)).map((file) => file.slice(0, -4));
    expect(granted).toHaveLength(2);
    expect(granted[1]).toBe(`GRANT SELECT ON ${views.map(({ name }) => name).join(', ')} TO ROLE "reporting"`);
    expect(views.map(({ name }) => name).sort()).toEqual(reports.map((name) => `millrace.${name}`).sort());
  });

  it('needs no grants for a loader that logs in as the owner of the tables', async () => {
    const { done, connect } = fakeSchema();
    await request({ connect, properties: { ReportingRole: 'reporting', OnDelete: 'keep' } });
    expect(done.join('\n')).not.toContain('IAMR:');
  });

  it('goes on when the user and the role are there', async () => {
    const fail = (sql: string) => (/CREATE (USER|ROLE)/.test(sql) ? 'ERROR: it already exists' : undefined);
    expect(await request({ type: 'Update', ...fakeSchema({ fail }) })).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  it('drops and makes the views when they cannot be replaced as they are', async () => {
    let dropped = false;
    const fail = (sql: string): string | undefined => {
      if (sql.includes('DROP VIEW')) dropped = true;
      return sql.includes('CREATE OR REPLACE VIEW') && !dropped ? 'cannot change data type of view column' : undefined;
    };
    const { done, connect } = fakeSchema({ fail });
    expect(await request({ type: 'Update', connect })).toMatchObject([{ Status: 'SUCCESS' }]);
    expect(done.findIndex((sql) => sql.includes('DROP VIEW'))).toBeGreaterThan(0);
    for (const { sql } of views) expect(done.filter((each) => each === sql)).toHaveLength(1);
  });

  it.each([
    ['a table', 'CREATE TABLE IF NOT EXISTS millrace.loads', 'migration 5 (loads): permission denied'],
    ['the schema', 'CREATE SCHEMA', 'schema millrace: permission denied'],
    ['a view', 'VIEW millrace.report_quality', 'view millrace.report_quality: permission denied'],
    ['a grant', 'GRANT TEMP', 'grant "GRANT TEMP ON DATABASE "db" TO "IAMR:loader"": permission denied'],
    ['the role', 'CREATE ROLE', 'role reporting: permission denied'],
  ])('names the statement when %s fails', async (_, part, reason) => {
    const { done, connect } = fakeSchema({ fail: (sql) => (sql.includes(part) ? 'permission denied' : undefined) });
    expect(await request({ connect })).toMatchObject([{ Status: 'FAILED', Reason: reason }]);
    expect(done.some((sql) => sql.includes(part))).toBe(false);
  });

  it('says which property is wrong', async () => {
    const { connect } = fakeSchema();
    const wrong = { ...properties, OnDelete: 'burn' };
    expect(await request({ connect, properties: wrong })).toMatchObject([
      { Status: 'FAILED', Reason: 'property OnDelete is "burn", wanted keep, drop' },
    ]);
  });

  it('keeps its data on Delete unless told to drop it, and only what it made', async () => {
    const run = async (onDelete: string, physicalId: string): Promise<readonly string[]> => {
      const { done, connect } = fakeSchema();
      const answers = await request({
        type: 'Delete',
        connect,
        physicalId,
        properties: { ...properties, OnDelete: onDelete },
      });
      expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: physicalId }]);
      return done;
    };
    expect(await run('keep', 'millrace-schema')).toEqual([]);
    expect(await run('drop', 'millrace-schema')).toEqual([
      expect.stringContaining('DROP SCHEMA IF EXISTS millrace CASCADE'),
    ]);
    expect(await run('drop', 'never-made')).toEqual([]);
  });
});

describe('migrations', () => {
  const added: Migration = {
    number: migrations.length + 1,
    name: 'more',
    sql: 'ALTER TABLE millrace.events ADD COLUMN more INTEGER',
  };

  it('are the files of warehouse/tables, numbered without a gap', () => {
    const files = readdirSync(new URL('../../warehouse/tables', import.meta.url)).sort();
    expect(migrations.map(({ number, name }) => `${String(number).padStart(4, '0')}-${name}.sql`)).toEqual(files);
    expect(migrations.map(({ number }) => number)).toEqual(files.map((_, at) => at + 1));
  });

  it('are applied and recorded in one transaction, in order, under a lock', async () => {
    const { done, connect } = fakeSchema();
    await request({ connect });
    const at = done.findIndex((sql) => sql.includes('LOCK millrace.migrations'));
    expect(done[at + 1]).toContain(`WHERE number IN (${migrations.map(({ number }) => number).join(', ')})`);
    expect(done.slice(at + 2, at + 2 + migrations.length)).toEqual(migrations.map(({ sql }) => sql));
    const record = done[at + 2 + migrations.length] ?? '';
    for (const migration of migrations)
      expect(record).toContain(`(${migration.number}, '${migration.name}', '${checksumOf(migration)}', GETDATE())`);
  });

  it('are applied once', async () => {
    const { done, connect } = fakeSchema({ applied: allApplied });
    await request({ type: 'Update', connect });
    expect(done.some((sql) => sql.includes('LOCK'))).toBe(false);
    const more = fakeSchema({ applied: allApplied, migrations: [...migrations, added] });
    await request({ type: 'Update', connect: more.connect });
    expect(more.done).toContain(added.sql);
    expect(more.done).not.toContain(migrations[1]?.sql);
  });

  it('leave nothing half-made: of a transaction that fails none is recorded', async () => {
    const fail = (sql: string) => (sql.startsWith('ALTER TABLE') ? 'no such column' : undefined);
    const { done, connect } = fakeSchema({ fail, migrations: [...migrations, added] });
    expect(await request({ connect })).toMatchObject([
      { Status: 'FAILED', Reason: `migration ${added.number} (more): no such column` },
    ]);
    expect(done.some((sql) => sql.includes('INSERT INTO millrace.migrations'))).toBe(false);
  });

  it('of a newer template do no harm when an older one is deployed after it', () => {
    const newer: Row = [added.number, added.name, checksumOf(added)];
    expect(toPending(migrations, [...allApplied, newer].map(toApplied))).toEqual([]);
  });

  it('refuse to be edited once they were applied, but for comments and white space', () => {
    const [first] = migrations;
    if (first === undefined) throw new Error('no migrations');
    const edited = [{ ...first, sql: first.sql.replace('held_for', 'held_by') }];
    expect(() => toPending(edited, allApplied.map(toApplied))).toThrow(
      /migration 1 \(load_lock\) was applied.*another text/,
    );
    const commented = [{ ...first, sql: `-- a word more\n${first.sql}\n\n` }];
    expect(toPending(commented, allApplied.map(toApplied))).toEqual([]);
  });

  it('go in several transactions when there are more than a transaction holds', async () => {
    const many = Array.from({ length: 100 }, (_, at) => ({
      number: at + 1,
      name: `m${at}`,
      sql: `CREATE TABLE t${at} (a INTEGER)`,
    }));
    const sizes: number[] = [];
    const { connect, done } = fakeSchema({ migrations: many });
    await request({ connect });
    let size = 0;
    for (const sql of done) {
      size += 1;
      if (sql.includes('LOCK')) size = 1;
      if (sql.includes('INSERT INTO millrace.migrations')) sizes.push(size);
    }
    expect(sizes).toEqual([40, 40, 29]);
  });
});

const toApplied = ([number, name, checksum]: Row) => ({
  number: Number(number),
  name: String(name),
  checksum: String(checksum),
});

describe('a usage limit', () => {
  const limit = { ResourceArn: 'arn:wg', Amount: '120', Period: 'daily', BreachAction: 'deactivate' };
  const run = async (run: Run) => {
    const set: UsageLimit[] = [];
    const removed: string[] = [];
    const resource = createUsageLimit({
      set: async (each) => {
        set.push(each);
        return 'id-1';
      },
      remove: async (id) => void removed.push(id),
    });
    const connect = () => ({ 'Custom::UsageLimit': resource });
    const answers = await request({ properties: limit, resourceType: 'Custom::UsageLimit', connect, ...run });
    return { set, removed, answers };
  };

  it('is set on Create and Update, and its id is the physical id', async () => {
    for (const type of ['Create', 'Update'] as const) {
      const { set, answers } = await run({ type, physicalId: 'id-0' });
      expect(set).toEqual([{ resourceArn: 'arn:wg', amount: 120, period: 'daily', breachAction: 'deactivate' }]);
      expect(answers).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'id-1' }]);
    }
  });

  it('is removed on Delete', async () => {
    expect(await run({ type: 'Delete', physicalId: 'id-1' })).toMatchObject({ removed: ['id-1'], set: [] });
  });

  it.each([
    [{ Amount: '0' }, 'property Amount is "0", wanted a whole number of RPU-hours'],
    [{ Amount: 'ten' }, 'property Amount is "ten", wanted a whole number of RPU-hours'],
    [{ Period: 'yearly' }, 'property Period is "yearly", wanted daily, weekly, monthly'],
    [{ BreachAction: '' }, 'property BreachAction is missing'],
  ])('refuses %j', async (wrong, reason) => {
    const { answers, set } = await run({ properties: { ...limit, ...wrong } });
    expect(set).toEqual([]);
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: reason }]);
  });
});

describe('CloudFormation is always answered', () => {
  const hanging = (doing: string): Readonly<Record<string, CustomResource>> => {
    const hang = (work: Work): Promise<string> => {
      work.doing(doing);
      return new Promise(() => undefined);
    };
    const resource: CustomResource = {
      create: (_, work) => hang(work),
      update: (_, __, work) => hang(work),
      remove: async () => undefined,
    };
    return { 'Custom::Schema': resource };
  };

  it('near its timeout, with what it was at', async () => {
    const answers = await request({ connect: () => hanging('migration 3 (events)'), remainingMs: 10_020 });
    expect(answers).toMatchObject([
      { Status: 'FAILED', Reason: 'out of time at: migration 3 (events)', PhysicalResourceId: 'never-made' },
    ]);
  });

  it('on a crash', async () => {
    const answers = await request({ connect: () => hanging('views'), crash: new Error('out of memory') });
    expect(answers).toMatchObject([{ Status: 'FAILED', Reason: 'crashed at: views: Error: out of memory' }]);
  });

  it('on a wrong configuration', async () => {
    const connect = () => {
      throw new Error('configuration: DATABASE is missing');
    };
    expect(await request({ connect })).toMatchObject([
      { Status: 'FAILED', Reason: 'configuration: DATABASE is missing' },
    ]);
  });

  it('on a type that it does not know', async () => {
    expect(await request({ resourceType: 'Custom::Moon' })).toMatchObject([
      { Status: 'FAILED', Reason: 'Custom::Moon is no resource of this function' },
    ]);
  });

  it('with the physical id that it has when an Update fails, so that nothing is deleted', async () => {
    const { connect } = fakeSchema({ fail: () => 'no' });
    expect(await request({ type: 'Update', physicalId: 'millrace-schema', connect })).toMatchObject([
      { Status: 'FAILED', PhysicalResourceId: 'millrace-schema' },
    ]);
  });
});
