import createRole from '#warehouse/grants/create-role.sql';
import createUser from '#warehouse/grants/create-user.sql';
import loaderGrants from '#warehouse/grants/loader.sql';
import reconcilerGrants from '#warehouse/grants/reconciler.sql';
import reportingGrants from '#warehouse/grants/reporting.sql';
import { views } from './views.ts';

/** Who may do what. */
export interface Parties {
  /** Database user of the loader's role, `IAMR:<role name>`; none when the loader logs in as the tables' owner. */
  readonly loaderUser: string | undefined;
  /** Likewise of the reconciler's role. */
  readonly reconcilerUser: string | undefined;
  readonly reportingRole: string;
  readonly database: string;
}

/** The user must be there before it can be granted anything; it is when the role has logged in before. */
export const toCreateUser = (user: string): string => createUser.replace('"{{user}}"', quoteName(user));

export const toCreateRole = (role: string): string => createRole.replace('"{{role}}"', quoteName(role));

export const toGrants = ({ loaderUser, reconcilerUser, reportingRole, database }: Parties): readonly string[] => [
  ...(loaderUser === undefined
    ? []
    : fill(loaderGrants, { '"{{loader_user}}"': quoteName(loaderUser), '{{database}}': quoteName(database) })),
  ...(reconcilerUser === undefined
    ? []
    : fill(reconcilerGrants, { '"{{reconciler_user}}"': quoteName(reconcilerUser) })),
  ...fill(reportingGrants, {
    '"{{reporting_role}}"': quoteName(reportingRole),
    '{{reports}}': views.map(({ name }) => name).join(', '),
  }),
];

const fill = (sql: string, values: Readonly<Record<string, string>>): string[] =>
  sql
    .split('\n')
    .filter((line) => line.startsWith('GRANT'))
    .map((line) =>
      Object.entries(values).reduce((text, [name, value]) => text.replaceAll(name, value), line.replace(/;$/, '')),
    );

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
