import { afterEach, expect, it } from 'vitest';
import type { Ended, Row, Warehouse } from '#aws/redshift.ts';
import type { Work } from '#functions/migrator/custom-resource.ts';
import { type Migration, migrations } from '#functions/migrator/migrations.ts';
import { createSchema } from '#functions/migrator/schema.ts';
import type { Redshift } from '#local/redshift/redshift.ts';
import { quietLog } from '#tests/functions/support.ts';
import { createTestLake, errorOf, openRedshift, rowsOf, run, transact } from './support.ts';

const lake = createTestLake();
let redshift: Redshift | undefined;
afterEach(async () => {
  await redshift?.close();
});

/** The migrator's view of the stand-in, without the wire between. */
const toWarehouse = (opened: Redshift): Warehouse => {
  const transaction = async (sqls: readonly string[]): Promise<Ended> => {
    const { status, error, parts } = await transact(opened, ...sqls);
    if (status === 'FINISHED') return { status, id: '1' };
    const failed = parts.findIndex((part) => part.status === 'FAILED');
    return { status: 'FAILED', id: '1', error: error ?? '', statement: failed + 1 };
  };
  return {
    transact: transaction,
    execute: (sql) => transaction([sql]),
    results: async () => [],
    query: async (sql) => (await rowsOf(opened, sql)).map((row): Row => row.map(String)),
  };
};

const work: Work = { deadline: 0, doing: () => undefined };
const properties = { LoaderUser: 'IAMR:loader', ReportingRole: 'reporting', OnDelete: 'keep' };

const deploy = (opened: Redshift, list: readonly Migration[] = migrations): Promise<string> =>
  createSchema({ warehouse: toWarehouse(opened), database: 'millrace', logger: quietLog, migrations: list }).create(
    properties,
    work,
  );

const added: Migration = {
  number: migrations.length + 1,
  name: 'events-more',
  sql: 'ALTER TABLE millrace.events ADD COLUMN more INTEGER',
};
const broken: Migration = {
  number: migrations.length + 2,
  name: 'events-worse',
  sql: 'ALTER TABLE millrace.nowhere ADD COLUMN worse INTEGER',
};

const recorded = async (opened: Redshift): Promise<unknown[]> =>
  (await rowsOf(opened, 'SELECT number FROM millrace.migrations ORDER BY number')).flat();

it('brings a new warehouse up to date, and again without a change', async () => {
  redshift = await openRedshift(lake);
  await deploy(redshift);
  await deploy(redshift);
  expect(await recorded(redshift)).toEqual(migrations.map(({ number }) => number));
  expect(await rowsOf(redshift, 'SELECT * FROM millrace.report_quality')).toEqual([]);
});

it('rolls a failing migration back with those before it, and goes on when it is mended', async () => {
  redshift = await openRedshift(lake);
  await deploy(redshift);
  await expect(deploy(redshift, [...migrations, added, broken])).rejects.toThrow(
    new RegExp(`^migration ${broken.number} \\(events-worse\\): .*nowhere`),
  );
  expect(await recorded(redshift)).toHaveLength(migrations.length);
  expect(await errorOf(redshift, 'SELECT more FROM millrace.events')).toContain('more');
  await deploy(redshift, [...migrations, added]);
  expect(await recorded(redshift)).toHaveLength(migrations.length + 1);
  expect(await rowsOf(redshift, 'SELECT more FROM millrace.events')).toEqual([]);
});

it('lets an older template follow a newer one', async () => {
  redshift = await openRedshift(lake);
  await deploy(redshift, [...migrations, added]);
  await deploy(redshift);
  expect(await recorded(redshift)).toHaveLength(migrations.length + 1);
});

it('makes a view anew whose columns are others than before, and keeps those of one’s own', async () => {
  redshift = await openRedshift(lake);
  await deploy(redshift);
  await run(redshift, 'DROP VIEW millrace.report_quality');
  await run(redshift, 'CREATE VIEW millrace.report_quality AS SELECT 1 AS former');
  await run(redshift, 'CREATE VIEW millrace.mine AS SELECT * FROM millrace.report_quality WITH NO SCHEMA BINDING');
  await deploy(redshift);
  expect(await rowsOf(redshift, 'SELECT reason, rejected FROM millrace.mine')).toEqual([]);
});

it('drops the schema only when told to', async () => {
  redshift = await openRedshift(lake);
  const id = await deploy(redshift);
  const schema = createSchema({ warehouse: toWarehouse(redshift), database: 'millrace', logger: quietLog });
  await schema.remove(id, properties, work);
  expect(await recorded(redshift)).not.toEqual([]);
  await schema.remove(id, { ...properties, OnDelete: 'drop' }, work);
  expect(await errorOf(redshift, 'SELECT * FROM millrace.events')).toMatch(/does not exist/);
});
