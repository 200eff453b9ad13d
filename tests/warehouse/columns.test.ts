import { expect, it } from 'vitest';
import { batchColumns, type ColumnType, eventColumns, landingColumns, rejectedColumns } from '#core/columns.ts';
import staging from '#warehouse/load/3-staging.sql';
import events from '#warehouse/tables/0002-events.sql';
import rejected from '#warehouse/tables/0003-rejected_events.sql';
import batches from '#warehouse/tables/0004-batches.sql';
import acknowledgedBefore from '#warehouse/tables/0012-batches-acknowledged_before.sql';
import voidTo from '#warehouse/tables/0013-batches-void_to.sql';

/** Column names and types of a CREATE TABLE and of what adds columns to it, in their order. */
const columnsOf = (sql: string): [string, string][] =>
  [...sql.matchAll(/(?:^ {2}|\bADD COLUMN )(\w+) ([A-Z]+(?:\(\d+\))?)/gm)].map(([, name = '', type = '']) => [
    name,
    type,
  ]);

const toSql = (column: ColumnType): string => (column.type === 'VARCHAR' ? `VARCHAR(${column.bytes})` : column.type);

const expected = (columns: Readonly<Record<string, ColumnType>>): [string, string][] =>
  Object.entries(columns).map(([name, column]) => [name, toSql(column)]);

const ofTheLoad = new Set(['load_id', 'loaded_at']);
const withoutLoad = (columns: [string, string][]) => columns.filter(([name]) => !ofTheLoad.has(name));

it('the staging table is the landing row', () => {
  expect(columnsOf(staging)).toEqual(expected(landingColumns));
});

it.each([
  ['events', events, eventColumns],
  ['rejected_events', rejected, rejectedColumns],
  ['batches', [batches, acknowledgedBefore, voidTo].join('\n'), batchColumns],
])('the table %s has the columns that the transformer fills, and those of the load', (_, sql, columns) => {
  expect(withoutLoad(columnsOf(sql))).toEqual(expected(columns));
});
