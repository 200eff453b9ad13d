import { AwsError } from '../aws-error.ts';
import type { Input } from '../aws-wire.ts';
import type { Operation } from '../operations.ts';
import { toColumnMetadata } from './metadata.ts';
import type { Redshift } from './redshift.ts';

/** SQL's LIKE pattern of the List operations: `%` and `_`. */
const matches = (pattern: string | undefined, text: string): boolean => {
  if (pattern === undefined) return true;
  const source = pattern
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('%', '.*')
    .replaceAll('_', '.');
  return new RegExp(`^${source}$`).test(text);
};

/** ListDatabases, ListSchemas, ListTables and DescribeTable, each in one page. */
export const listingOperations = (
  { catalogue, database }: Redshift,
  inputOf: (members: Readonly<Record<string, unknown>>) => Input,
): Readonly<Record<string, Operation>> => ({
  ListDatabases: (members) => {
    inputOf(members);
    return { Databases: [database] };
  },
  ListSchemas: (members) => {
    const input = inputOf(members);
    input.text('Database');
    const pattern = input.optionalText('SchemaPattern');
    return { Schemas: catalogue.schemas().filter((schema) => matches(pattern, schema)) };
  },
  ListTables: (members) => {
    const input = inputOf(members);
    input.text('Database');
    const [schema, table] = [input.optionalText('SchemaPattern'), input.optionalText('TablePattern')];
    const found = catalogue.relations().filter((each) => matches(schema, each.schema) && matches(table, each.name));
    return { Tables: found.map((each) => ({ name: each.name, schema: each.schema, type: each.kind.toUpperCase() })) };
  },
  DescribeTable: (members) => {
    const input = inputOf(members);
    input.text('Database');
    const [schema, name] = [input.optionalText('Schema') ?? 'public', input.text('Table')];
    const found = catalogue.relations().find((each) => each.schema === schema && each.name === name);
    if (found === undefined) throw new AwsError('ValidationException', `relation "${schema}.${name}" does not exist`);
    const columns = found.kind === 'table' ? found.columns : [];
    return {
      TableName: name,
      ColumnList: columns.map((column) => ({
        ...toColumnMetadata({ name: column.name, type: column.type, source: { schema, table: name } }),
        nullable: column.notNull ? 0 : 1,
        columnDefault: column.defaultText ?? '',
      })),
    };
  },
});
