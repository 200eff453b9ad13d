import { SqlError, unknownHere } from '../error.ts';
import type { Cursor } from './cursor.ts';
import { parseName } from './grammar.ts';
import type { AlterAction, ColumnDefinition, Statement } from './statements.ts';
import type { Grammar, Name } from './syntax.ts';
import { parseType } from './types.ts';

/** Column encodings ("Compression encodings", Amazon Redshift Database Developer Guide). */
const encodings =
  'auto raw az64 bytedict delta delta32k lzo mostly8 mostly16 mostly32 runlength text255 text32k zstd'.split(' ');

/** CREATE SCHEMA, CREATE [TEMP] TABLE (columns, LIKE or AS) and CREATE [OR REPLACE] VIEW. */
export const parseCreate = (grammar: Grammar): Statement => {
  const { cursor } = grammar;
  cursor.expect('create');
  if (cursor.accept('schema')) {
    const ifNotExists = cursor.accept('if', 'not', 'exists');
    const name = cursor.identifier();
    if (cursor.accept('authorization')) cursor.identifier();
    return { kind: 'createSchema', name, ifNotExists };
  }
  const orReplace = cursor.accept('or', 'replace');
  if (cursor.accept('view')) return parseView(grammar, orReplace);
  if (orReplace) throw unknownHere(`CREATE OR REPLACE ${cursor.peek().text.toUpperCase()}`);
  if (!cursor.accept('local', 'temp')) cursor.accept('local');
  const temporary = cursor.accept('temp') || cursor.accept('temporary');
  if (!cursor.accept('table')) throw unknownHere(`CREATE ${cursor.peek().text.toUpperCase()}`);
  return parseTable(grammar, temporary);
};

const parseTable = (grammar: Grammar, temporary: boolean): Statement => {
  const { cursor } = grammar;
  const ifNotExists = cursor.accept('if', 'not', 'exists');
  const name = parseName(cursor);
  const isTemporary = temporary || name.name.startsWith('#');
  if (cursor.atSymbol('(') && cursor.peek(1).text === 'like') {
    cursor.expectSymbol('(');
    cursor.expect('like');
    const like = parseName(cursor);
    const defaults = cursor.accept('including', 'defaults');
    cursor.accept('excluding', 'defaults');
    cursor.expectSymbol(')');
    parseTableOptions(cursor);
    return { kind: 'createTableLike', name, temporary: isTemporary, ifNotExists, like, defaults };
  }
  const isAs = cursor.atWords('as') || !cursor.atSymbol('(') || [',', ')'].includes(cursor.peek(2).text);
  if (isAs) {
    const columns = cursor.atSymbol('(') ? cursor.list(() => cursor.identifier()) : undefined;
    parseTableOptions(cursor);
    cursor.expect('as');
    const query = grammar.query();
    return {
      kind: 'createTableAs',
      name,
      temporary: isTemporary,
      query,
      ...(columns === undefined ? {} : { columns }),
    };
  }
  const items = cursor.list(() => (parseTableConstraint(cursor) ? undefined : parseColumn(grammar)));
  const keys = parseTableOptions(cursor);
  const found = items.filter((each) => each !== undefined);
  const columns = found.map(({ isKey: _isKey, ...column }) => column);
  checkKeys([...found.filter(({ isKey }) => isKey).map((each) => each.name), ...keys], columns);
  return { kind: 'createTable', name, temporary: isTemporary, ifNotExists, columns };
};

/** Keys are columns of the table, and none is SUPER ("Usage notes for the SUPER data type"). */
const checkKeys = (keys: readonly string[], columns: readonly ColumnDefinition[]): void => {
  for (const key of keys) {
    const column = columns.find(({ name }) => name === key);
    if (column === undefined) throw new SqlError(`column "${key}" does not exist`);
    if (column.type.kind === 'super')
      throw new SqlError(`column "${key}" of type super cannot be a DISTKEY or SORTKEY`);
  }
};

/** PRIMARY KEY, UNIQUE and FOREIGN KEY are informational in Redshift: read and dropped. */
const parseTableConstraint = (cursor: Cursor): boolean => {
  if (cursor.accept('constraint')) cursor.identifier();
  const names = (): string[] => cursor.list(() => cursor.identifier());
  if (cursor.accept('primary', 'key') || cursor.accept('unique')) {
    names();
    return true;
  }
  if (!cursor.accept('foreign', 'key')) return false;
  names();
  cursor.expect('references');
  parseName(cursor);
  if (cursor.atSymbol('(')) names();
  return true;
};

const parseColumn = (grammar: Grammar): ColumnDefinition & { readonly isKey: boolean } => {
  const { cursor } = grammar;
  const name = cursor.identifier();
  const type = parseType(cursor);
  let notNull = false;
  let isKey = false;
  let defaultText: string | undefined;
  for (;;) {
    if (cursor.accept('not', 'null')) notNull = true;
    else if (cursor.accept('default')) {
      const start = cursor.peek().at;
      grammar.operand();
      defaultText = cursor.source.slice(start, cursor.peek().at).trim();
    } else if (cursor.accept('primary', 'key')) notNull = true;
    else if (cursor.accept('encode')) parseEncoding(cursor);
    else if (cursor.accept('references')) {
      parseName(cursor);
      if (cursor.atSymbol('(')) cursor.list(() => cursor.identifier());
    } else if (cursor.accept('distkey') || cursor.accept('sortkey')) isKey = true;
    else if (!(cursor.accept('null') || cursor.accept('unique'))) break;
  }
  if (cursor.atAny('identity', 'generated', 'collate'))
    throw unknownHere(`columns with ${cursor.peek().text.toUpperCase()}`);
  return { name, type, notNull, isKey, ...(defaultText === undefined ? {} : { defaultText }) };
};

const parseEncoding = (cursor: Cursor): void => {
  if (!encodings.includes(cursor.next().text)) throw new SqlError(`invalid encoding type specified for column`);
};

/** DISTSTYLE, ENCODE AUTO and BACKUP are read and dropped; the columns of DISTKEY and SORTKEY are given back. */
const parseTableOptions = (cursor: Cursor): readonly string[] => {
  const keys: string[] = [];
  for (;;) {
    if (cursor.accept('diststyle')) {
      if (!['auto', 'even', 'key', 'all'].some((style) => cursor.accept(style))) throw cursor.unexpected();
    } else if (cursor.accept('distkey')) keys.push(...cursor.list(() => cursor.identifier()));
    else if (
      cursor.accept('compound', 'sortkey') ||
      cursor.accept('interleaved', 'sortkey') ||
      cursor.accept('sortkey')
    ) {
      if (!cursor.accept('auto')) keys.push(...cursor.list(() => cursor.identifier()));
    } else if (cursor.accept('encode')) cursor.expect('auto');
    else if (cursor.accept('backup')) {
      if (!cursor.accept('yes')) cursor.expect('no');
    } else return keys;
  }
};

const parseView = (grammar: Grammar, orReplace: boolean): Statement => {
  const { cursor } = grammar;
  const name = parseName(cursor);
  const columns = cursor.atSymbol('(') ? cursor.list(() => cursor.identifier()) : undefined;
  cursor.expect('as');
  const start = cursor.peek().at;
  const query = grammar.query();
  const text = cursor.source.slice(start, cursor.peek().at).trim();
  const lateBinding = cursor.accept('with', 'no', 'schema', 'binding');
  if (cursor.used.size > 0) throw new SqlError('a view cannot take parameters');
  return {
    kind: 'createView',
    name,
    orReplace,
    query,
    text,
    lateBinding,
    ...(columns === undefined ? {} : { columns }),
  };
};

/** DROP TABLE, VIEW or SCHEMA [IF EXISTS] … [CASCADE|RESTRICT]. */
export const parseDrop = (cursor: Cursor): Statement => {
  cursor.expect('drop');
  const what = cursor.next().text;
  if (what !== 'table' && what !== 'view' && what !== 'schema') throw unknownHere(`DROP ${what.toUpperCase()}`);
  const ifExists = cursor.accept('if', 'exists');
  const names = cursor.commaList((): Name => parseName(cursor));
  const cascade = cursor.accept('cascade');
  if (!cascade) cursor.accept('restrict');
  if (what !== 'schema') return { kind: 'drop', what, names, ifExists, cascade };
  return { kind: 'dropSchema', name: names[0]?.name ?? '', ifExists, cascade };
};

/** ALTER TABLE: columns added, dropped, renamed or lengthened, the table renamed; owner, keys and encodings have no effect. */
export const parseAlter = (grammar: Grammar): Statement => {
  const { cursor } = grammar;
  cursor.expect('alter');
  if (cursor.atWords('default', 'privileges')) throw unknownHere('ALTER DEFAULT PRIVILEGES');
  if (!cursor.accept('table')) throw unknownHere(`ALTER ${cursor.peek().text.toUpperCase()}`);
  return { kind: 'alterTable', name: parseName(cursor), action: parseAction(grammar) };
};

const parseAction = (grammar: Grammar): AlterAction => {
  const { cursor } = grammar;
  if (cursor.accept('add')) {
    cursor.accept('column');
    return { kind: 'addColumn', column: parseColumn(grammar) };
  }
  if (cursor.accept('drop')) {
    cursor.accept('column');
    const column = cursor.identifier();
    if (!cursor.accept('cascade')) cursor.accept('restrict');
    return { kind: 'dropColumn', column };
  }
  if (cursor.accept('rename')) {
    if (cursor.accept('to')) return { kind: 'renameTable', to: cursor.identifier() };
    cursor.accept('column');
    const column = cursor.identifier();
    cursor.expect('to');
    return { kind: 'renameColumn', column, to: cursor.identifier() };
  }
  if (cursor.accept('owner', 'to')) cursor.identifier();
  else if (cursor.accept('alter')) return parseAlterColumn(cursor);
  else if (cursor.atAny('append', 'set')) throw unknownHere(`ALTER TABLE ${cursor.peek().text.toUpperCase()}`);
  else throw cursor.unexpected();
  return { kind: 'none' };
};

const parseAlterColumn = (cursor: Cursor): AlterAction => {
  if (cursor.atAny('diststyle', 'distkey', 'sortkey', 'compound', 'encode')) {
    const bare = cursor.accept('distkey') || cursor.accept('sortkey');
    if (bare && cursor.atIdentifier()) cursor.identifier();
    else parseTableOptions(cursor);
    return { kind: 'none' };
  }
  cursor.accept('column');
  const column = cursor.identifier();
  if (cursor.accept('encode')) {
    parseEncoding(cursor);
    return { kind: 'none' };
  }
  cursor.expect('type');
  return { kind: 'lengthen', column, type: parseType(cursor) };
};
