import type { Ended, Warehouse } from '#aws/redshift.ts';
import type { Log } from '#aws/telemetry.ts';
import appliedSql from '#warehouse/migrations/applied.sql';
import dropSchema from '#warehouse/migrations/drop-schema.sql';
import ledger from '#warehouse/migrations/ledger.sql';
import lock from '#warehouse/migrations/lock.sql';
import schema from '#warehouse/migrations/schema.sql';
import { type CustomResource, type Properties, requiredText, textOf, type Work, wordOf } from './custom-resource.ts';
import { type Parties, toCreateRole, toCreateUser, toGrants } from './grants.ts';
import {
  type Applied,
  migrations as allMigrations,
  type Migration,
  toPending,
  toRecord,
  toRefuseApplied,
} from './migrations.ts';
import { dropViews, views } from './views.ts';

export interface SchemaDeps {
  readonly warehouse: Warehouse;
  readonly database: string;
  readonly logger: Log;
  readonly migrations?: readonly Migration[];
}

/** Same for every warehouse: a stack that moves to another one must not have the old one's schema deleted here. */
const physicalId = 'millrace-schema';

/** Statements of one transaction are at most 40 (Data API); three of them are not migrations. */
const migrationsAtOnce = 37;

const name = 'millrace-schema';

/** How Redshift refuses to replace a view, as PostgreSQL 8 did ("cannot change number of columns in view" and its like). */
const haveOtherColumns = /cannot (change|drop) .*\bview\b/i;

/** A statement and what to call it when it fails. */
interface Named {
  readonly what: string;
  readonly sql: string;
}

/** `Custom::Schema`: tables, views and grants. Properties: LoaderUser and ReconcilerUser (optional), ReportingRole, OnDelete keep|drop. */
export const createSchema = (deps: SchemaDeps): CustomResource => {
  const { warehouse, database, logger } = deps;

  const run = async (work: Work, statements: readonly Named[]): Promise<void> => {
    work.doing(statements.map(({ what }) => what).join(', '));
    const sqls = statements.map(({ sql }) => sql);
    const ended = await warehouse.transact(sqls, { name, deadline: work.deadline });
    if (ended.status !== 'FINISHED') throw new Error(toReason(ended, statements));
  };

  const migrate = async (work: Work): Promise<void> => {
    await run(work, [
      { what: 'schema millrace', sql: schema },
      { what: 'table millrace.migrations', sql: ledger },
    ]);
    const applied = (await warehouse.query(appliedSql, work.deadline)).map(toApplied);
    const pending = toPending(deps.migrations ?? allMigrations, applied);
    for (let at = 0; at < pending.length; at += migrationsAtOnce) {
      const some = pending.slice(at, at + migrationsAtOnce);
      await run(work, [
        { what: 'lock', sql: lock },
        { what: 'another deploy has applied the same migrations', sql: toRefuseApplied(some) },
        ...some.map(({ number, name: what, sql }) => ({ what: `migration ${number} (${what})`, sql })),
        { what: 'record of migrations', sql: toRecord(some) },
      ]);
    }
    logger.info('tables are up to date', { applied: pending.map(({ number }) => number) });
  };

  const ensure = async (work: Work, what: string, sql: string): Promise<void> => {
    work.doing(what);
    const ended = await warehouse.execute(sql, work.deadline);
    if (ended.status === 'FAILED' && ended.error.includes('already exists')) return;
    if (ended.status !== 'FINISHED') throw new Error(toReason(ended, [{ what, sql }]));
  };

  const showAndGrant = async (work: Work, parties: Parties): Promise<void> => {
    const statements = [
      ...views.map(({ name: view, sql }) => ({ what: `view ${view}`, sql })),
      ...toGrants(parties).map((sql) => ({ what: `grant "${sql}"`, sql })),
    ];
    try {
      await run(work, statements);
    } catch (error) {
      if (!haveOtherColumns.test(String(error))) throw error;
      logger.info('views have other columns than before: dropping and making them', { error: String(error) });
      await run(work, [{ what: 'dropping the views', sql: dropViews }, ...statements]);
    }
  };

  const apply = async (properties: Properties, work: Work): Promise<string> => {
    const parties = { ...toParties(properties), database };
    wordOf(properties, 'OnDelete', ['keep', 'drop']);
    await migrate(work);
    for (const user of [parties.loaderUser, parties.reconcilerUser])
      if (user !== undefined) await ensure(work, `user ${user}`, toCreateUser(user));
    await ensure(work, `role ${parties.reportingRole}`, toCreateRole(parties.reportingRole));
    await showAndGrant(work, parties);
    return physicalId;
  };

  return {
    create: apply,
    update: (_, properties, work) => apply(properties, work),
    async remove(id, properties, work) {
      // Of a Create that failed there is nothing to remove, and the schema may have been there before.
      if (id !== physicalId || textOf(properties, 'OnDelete') !== 'drop') return;
      await run(work, [{ what: 'dropping schema millrace', sql: dropSchema }]);
    },
  };
};

const toParties = (properties: Properties): Omit<Parties, 'database'> => ({
  loaderUser: textOf(properties, 'LoaderUser'),
  reconcilerUser: textOf(properties, 'ReconcilerUser'),
  reportingRole: requiredText(properties, 'ReportingRole'),
});

const toApplied = ([number, migration, checksum]: readonly unknown[]): Applied => ({
  number: Number(number),
  name: String(migration),
  checksum: String(checksum),
});

const toReason = (ended: Ended, statements: readonly Named[]): string => {
  const all = statements.map(({ what }) => what).join(', ');
  if (ended.status === 'FINISHED' || ended.status === 'RUNNING') return `${all}: still running, and no time is left`;
  const failed = ended.statement === undefined ? undefined : statements[ended.statement - 1];
  return `${failed?.what ?? all}: ${ended.error}`;
};
