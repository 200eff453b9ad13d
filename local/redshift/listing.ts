import { AwsError } from '../aws-error.ts';
import type { Input } from '../aws-wire.ts';
import type { Operation } from '../operations.ts';
import type { Table, View } from './catalogue.ts';
import { toColumnMetadata } from './metadata.ts';
import { toListPage } from './paging.ts';
import type { Redshift } from './redshift.ts';
import { checkTarget } from './target.ts';

/** Most entries of one page ("ListTables", Amazon Redshift Data API Reference). */
const maxPage = 1_000;

/** SQL's LIKE pattern of the List operations: `%` and `_`. */
const matches = (pattern: string | undefined, text: string): boolean => {
  if (pattern === undefined) return true;
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`).test(text);
};

/** ListDatabases, ListSchemas, ListTables and DescribeTable. */
export const listingOperations = (
  redshift: Redshift,
  inputOf: (members: Readonly<Record<string, unknown>>) => Input,
): Readonly<Record<string, Operation>> => {
  const { catalogue, database } = redshift;
  const connect = (members: Readonly<Record<string, unknown>>): Input => {
    const input = inputOf(members);
    checkTarget(input, redshift);
    const other = input.optionalText('ConnectedDatabase') ?? database;
    if (other !== database) throw new AwsError('ValidationException', `FATAL: database "${other}" does not exist`);
    return input;
  };
  return {
    ListDatabases: (members) => {
      const { page, next } = toListPage([database], String, connect(members), maxPage);
      return { Databases: page, ...next };
    },
    ListSchemas: (members) => {
      const input = connect(members);
      const pattern = input.optionalText('SchemaPattern');
      const found = catalogue.schemas().filter((schema) => matches(pattern, schema));
      const { page, next } = toListPage(found, String, input, maxPage);
      return { Schemas: page, ...next };
    },
    ListTables: (members) => {
      const input = connect(members);
      const [schema, table] = [input.optionalText('SchemaPattern'), input.optionalText('TablePattern')];
      const found = catalogue.relations().filter((each) => matches(schema, each.schema) && matches(table, each.name));
      const { page, next } = toListPage(found, (each) => `${each.schema}.${each.name}`, input, maxPage);
      return {
        Tables: page.map((each) => ({ name: each.name, schema: each.schema, type: each.kind.toUpperCase() })),
        ...next,
      };
    },
    DescribeTable: async (members) => {
      const input = connect(members);
      const [schema, name] = [input.optionalText('Schema') ?? 'public', input.text('Table')];
      const found = catalogue.relations().find((each) => each.schema === schema && each.name === name);
      if (found === undefined) throw new AwsError('ValidationException', `relation "${schema}.${name}" does not exist`);
      const { page, next } = toListPage(
        await columnsOf(found, redshift),
        ({ name: column }) => String(column),
        input,
        maxPage,
      );
      return { TableName: name, ColumnList: page, ...next };
    },
  };
};

/** A view's columns are those of its query, which a late-binding view may have lost. */
const columnsOf = async (
  relation: Table | View,
  redshift: Redshift,
): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { schema, name } = relation;
  const source = { schema, table: name };
  if (relation.kind === 'table')
    return relation.columns.map((column) => ({
      ...toColumnMetadata({ name: column.name, type: column.type, source }),
      nullable: column.notNull ? 0 : 1,
      columnDefault: column.defaultText ?? '',
    }));
  const columns = await redshift.columnsOf(schema, name).catch(() => []);
  return columns.map((column) => ({ ...toColumnMetadata({ ...column, source }), columnDefault: '' }));
};
