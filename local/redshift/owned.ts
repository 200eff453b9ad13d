import { AwsError } from '../aws-error.ts';
import { checkLimits } from '../aws-limits.ts';
import type { Input } from '../aws-wire.ts';
import type { Principal } from '../iam/principal.ts';
import type { Operation } from '../operations.ts';
import { toListed, toSession } from './data/shapes.ts';
import { sessionLimits, statementLimits } from './limits.ts';
import { isOfSession, isVisibleTo } from './needs.ts';
import { toListPage } from './paging.ts';
import type { Redshift } from './redshift.ts';
import { checkCompute } from './target.ts';

const validation = (message: string): AwsError => new AwsError('ValidationException', message);

/** Most entries of one page ("ListStatements", Amazon Redshift Data API Reference). */
const maxPage = 100;

/** ListStatements and ListSessions: what the caller's role has submitted and opened. */
export const ownedOperations = (
  redshift: Redshift,
  inputOf: (members: Readonly<Record<string, unknown>>) => Input,
): Readonly<Record<string, Operation>> => {
  const { api, workgroup } = redshift;
  const isOwn = (caller: Principal, owner: Principal, isWholeRole: boolean): boolean =>
    isVisibleTo(caller, owner) && (isWholeRole || isOfSession(caller, owner));

  return {
    ListStatements: (members, caller) => {
      const input = inputOf(members);
      checkLimits(members, statementLimits, (_kind, _name, detail) => validation(detail));
      checkCompute(input, redshift);
      const status = input.optionalText('Status') ?? 'ALL';
      const prefix = input.optionalText('StatementName') ?? '';
      const database = input.optionalText('Database');
      const found = api
        .all()
        .filter(
          ({ submission, status: own }) =>
            isOwn(caller, submission.owner, members.RoleLevel !== false) &&
            (status === 'ALL' || own === status) &&
            (prefix === '' || (submission.name ?? '').startsWith(prefix)) &&
            (database === undefined || submission.database === database),
        );
      const { page, next } = toListPage(found, ({ id }) => id, input, maxPage);
      return { Statements: page.map(toListed), ...next };
    },
    ListSessions: (members, caller) => {
      const input = inputOf(members);
      checkLimits(members, sessionLimits, (_kind, _name, detail) => validation(detail));
      checkCompute(input, redshift);
      const id = input.optionalText('SessionId');
      const status = input.optionalText('Status');
      const database = input.optionalText('Database');
      const others = ['Status', 'ClusterIdentifier', 'WorkgroupName', 'Database'];
      if (id !== undefined && others.some((name) => input.optionalText(name) !== undefined))
        throw validation(`SessionId cannot be given together with ${others.join(', ')}.`);
      const found = api.sessions
        .all()
        .filter(
          (session) =>
            isOwn(caller, session.owner, members.RoleLevel !== false) &&
            (id === undefined || session.id === id) &&
            (id !== undefined || (status === undefined ? session.status !== 'CLOSED' : session.status === status)) &&
            (database === undefined || session.database === database),
        );
      const { page, next } = toListPage(found, (session) => session.id, input, maxPage);
      return { Sessions: page.map((session) => toSession(session, workgroup)), ...next };
    },
  };
};
