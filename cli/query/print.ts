import type { Output } from '../surroundings.ts';
import { type Cell, tableLines } from '../table.ts';
import { cut, grouped, visible } from '../text.ts';
import type { Result, ResultColumn, Value } from './warehouse.ts';

const numbers: ReadonlySet<string> = new Set([
  ...['int2', 'int4', 'int8', 'smallint', 'integer', 'int', 'bigint', 'numeric', 'decimal'],
  ...['float4', 'float8', 'float', 'real', 'double', 'double precision', 'oid'],
]);

/** Widest cell on a terminal; elsewhere a cell is printed whole. */
const cellWidth = 60;

/** Objects cannot hold a name twice: the second `a` becomes `a_2`. */
const distinctNames = (columns: readonly ResultColumn[]): readonly string[] => {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let free = name;
    for (let count = 2; taken.has(free); count += 1) free = `${name}_${count}`;
    taken.add(free);
    return free;
  });
};

/** An array of row objects, one row a line, written while it is read. */
export const printJson = async ({ columns, pages }: Result, out: Output): Promise<void> => {
  const names = distinctNames(columns);
  let opening = '[';
  for await (const page of pages()) {
    let text = '';
    for (const row of page) {
      text += `${opening}\n${JSON.stringify(Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])))}`;
      opening = ',';
    }
    if (text !== '') await out.write(text);
  }
  await out.write(opening === '[' ? '[]\n' : '\n]\n');
};

const plural = (count: number): string => `${grouped(count)} ${count === 1 ? 'row' : 'rows'}`;

/** An aligned table with numbers to the right; a statement without result set says how many rows it touched. */
export const printTable = async ({ columns, rowCount, pages }: Result, out: Output): Promise<void> => {
  if (columns.length === 0) return out.write(rowCount > 0 ? `done, ${plural(rowCount)}\n` : 'done\n');
  const toCell = (value: Value): Cell => {
    if (value === null) return { text: 'NULL', paint: out.paint.dim };
    const text = visible(String(value));
    return { text: out.isTerminal ? cut(text, cellWidth) : text };
  };
  const rows: (readonly Cell[])[] = [];
  for await (const page of pages()) for (const row of page) rows.push(row.map(toCell));
  const headings = columns.map(
    ({ name, type }) => ({ title: visible(name), align: numbers.has(type.toLowerCase()) ? 'right' : 'left' }) as const,
  );
  const lines = tableLines(headings, rows, out.paint.bold);
  await out.write(`${[...lines, out.paint.dim(`(${plural(rows.length)})`)].join('\n')}\n`);
};
