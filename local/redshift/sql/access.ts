import { unknownHere } from '../error.ts';
import type { Cursor } from './cursor.ts';
import { parseName } from './grammar.ts';
import type { Statement } from './statements.ts';
import type { Name } from './syntax.ts';

const rights =
  'select insert update delete drop truncate references usage create temp temporary alter execute all'.split(' ');

/** GRANT and REVOKE on tables, schemas and the database, and of roles: checked, without effect, since the laptop has one user. */
export const parseGrant = (cursor: Cursor): Statement => {
  const revoke = cursor.next().text === 'revoke';
  if (revoke) cursor.accept('grant', 'option', 'for');
  if (cursor.accept('role')) {
    const roles = cursor.commaList(() => cursor.identifier());
    return { kind: 'grant', schemas: [], tables: [], ...parseGrantees(cursor, revoke, roles) };
  }
  cursor.commaList(() => {
    const right = cursor.next().text;
    if (!rights.includes(right)) throw unknownHere(`the privilege ${right.toUpperCase()}`);
    if (right === 'all') cursor.accept('privileges');
  });
  cursor.expect('on');
  return { kind: 'grant', ...parseObjects(cursor), ...parseGrantees(cursor, revoke, []) };
};

const parseObjects = (cursor: Cursor): { readonly schemas: readonly string[]; readonly tables: readonly Name[] } => {
  if (cursor.accept('all', 'tables', 'in', 'schema') || cursor.accept('schema')) {
    return { schemas: cursor.commaList(() => cursor.identifier()), tables: [] };
  }
  if (cursor.accept('database')) {
    cursor.commaList(() => cursor.identifier());
    return { schemas: [], tables: [] };
  }
  if (cursor.atAny('function', 'procedure', 'language', 'external', 'datashare', 'all')) {
    throw unknownHere(`GRANT ON ${cursor.peek().text.toUpperCase()}`);
  }
  cursor.accept('table');
  return { schemas: [], tables: cursor.commaList(() => parseName(cursor)) };
};

const parseGrantees = (
  cursor: Cursor,
  revoke: boolean,
  granted: readonly string[],
): { readonly users: readonly string[]; readonly roles: readonly string[] } => {
  cursor.expect(revoke ? 'from' : 'to');
  const users: string[] = [];
  const roles = [...granted];
  cursor.commaList(() => {
    if (cursor.accept('role')) roles.push(cursor.identifier());
    else if (cursor.accept('group')) throw unknownHere('GRANT TO GROUP: use a role');
    else if (!cursor.accept('public')) users.push(cursor.identifier());
  });
  if (!revoke && cursor.accept('with')) {
    if (!cursor.accept('admin', 'option')) cursor.expect('grant', 'option');
  }
  return { users, roles };
};

/** CREATE USER name PASSWORD DISABLE|'…' and CREATE ROLE name. */
export const parseUser = (cursor: Cursor): Statement => {
  cursor.expect('create');
  if (cursor.accept('role')) return { kind: 'createRole', name: cursor.identifier() };
  cursor.expect('user');
  const name = cursor.identifier();
  cursor.accept('with');
  cursor.expect('password');
  if (!cursor.accept('disable')) cursor.string();
  while (['createdb', 'nocreatedb', 'createuser', 'nocreateuser'].some((option) => cursor.accept(option)));
  return { kind: 'createUser', name };
};
