import grants from '#warehouse/grants/loader.sql';
import schema from '#warehouse/schema.sql';
import batches from '#warehouse/tables/batches.sql';
import events from '#warehouse/tables/events.sql';
import loadErrors from '#warehouse/tables/load_errors.sql';
import loadLock from '#warehouse/tables/load_lock.sql';
import loadedObjects from '#warehouse/tables/loaded_objects.sql';
import loads from '#warehouse/tables/loads.sql';
import migrations from '#warehouse/tables/migrations.sql';
import rejectedEvents from '#warehouse/tables/rejected_events.sql';
import userAliases from '#warehouse/tables/user_aliases.sql';
import users from '#warehouse/tables/users.sql';
import completeness from '#warehouse/views/report_completeness.sql';
import eventsPerMinute from '#warehouse/views/report_events_per_minute.sql';
import freshness from '#warehouse/views/report_freshness.sql';
import quality from '#warehouse/views/report_quality.sql';
import revenueBySource from '#warehouse/views/report_revenue_by_source.sql';

/** Makes what is missing and replaces the views; run again, it changes nothing. */
export const schemaStatements: readonly string[] = [
  schema,
  migrations,
  loadLock,
  events,
  rejectedEvents,
  batches,
  loads,
  loadedObjects,
  loadErrors,
  users,
  userAliases,
  revenueBySource,
  eventsPerMinute,
  quality,
  freshness,
  completeness,
];

/** The user must be there before it can be granted anything; it is when the role has logged in before. */
export const toCreateUser = (user: string): string => `CREATE USER ${quoteName(user)} PASSWORD DISABLE`;

export const toGrants = (user: string, database: string): string[] =>
  grants
    .split('\n')
    .filter((line) => line.startsWith('GRANT'))
    .map((line) =>
      line
        .replace(/;$/, '')
        .replaceAll('"{{loader_user}}"', quoteName(user))
        .replaceAll('{{database}}', quoteName(database)),
    );

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
