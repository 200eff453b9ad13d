import { widthOf } from './text.ts';

/** A cell as printed, and how to colour it; the colour takes no room. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

const pad = (
  { text, paint = (plain) => plain }: Cell,
  width: number,
  align: Column['align'],
  isLast: boolean,
): string => {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  if (text === '') return space;
  if (align === 'right') return space + paint(text);
  return isLast ? paint(text) : paint(text) + space;
};

/** Lines of an aligned table, columns two spaces apart; the heading line first unless no column has a title. */
export const tableLines = (
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  heading: (text: string) => string,
): readonly string[] => {
  const widths = columns.map(({ title }, index) => {
    let width = widthOf(title);
    for (const row of rows) width = Math.max(width, widthOf(row[index]?.text ?? ''));
    return width;
  });
  const line = (cells: readonly Cell[]): string =>
    columns
      .map(({ align }, index) =>
        pad(cells[index] ?? { text: '' }, widths[index] ?? 0, align, index === columns.length - 1),
      )
      .join('  ')
      .trimEnd();
  const titles = columns.some(({ title }) => title !== '')
    ? [line(columns.map(({ title }) => ({ text: title, paint: heading })))]
    : [];
  return [...titles, ...rows.map(line)];
};
