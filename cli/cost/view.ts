import type { Output } from '../surroundings.ts';
import { type Cell, tableLines } from '../table.ts';
import type { Estimate } from './estimate.ts';
import { total } from './model.ts';

/** Cents below ten dollars, whole dollars above. */
export const inDollars = (dollars: number): string =>
  `$${dollars.toLocaleString('en-US', { minimumFractionDigits: dollars < 10 ? 2 : 0, maximumFractionDigits: dollars < 10 ? 2 : 0 })}`;

/** What `millrace cost` prints, as lines, the dearest resource first. */
export const costLines = (
  { workload, freshness, baseCapacity, idle, busy, levers, notes }: Estimate,
  { paint }: Output,
): readonly string[] => {
  const idleOf = (resource: string): number => idle.find((line) => line.resource === resource)?.dollars ?? 0;
  const rate = `${workload.eventsPerSecond.toLocaleString('en-US')}/s`;
  const rows: readonly (readonly Cell[])[] = [
    ...busy.map(({ resource, dollars, basis }) => [
      { text: resource },
      { text: inDollars(idleOf(resource)) },
      { text: inDollars(dollars) },
      { text: basis, paint: paint.dim },
    ]),
    [
      { text: 'together', paint: paint.bold },
      { text: inDollars(total(idle)), paint: paint.bold },
      { text: inDollars(total(busy)), paint: paint.bold },
      { text: '' },
    ],
  ];
  const warehouse = baseCapacity === 0 ? 'a warehouse of your own' : `${baseCapacity} RPUs`;
  return [
    `Dollars a month: freshness ${freshness}, ${warehouse}, ${workload.batch} events of ${workload.eventBytes} bytes a request`,
    '',
    ...tableLines(
      [
        { title: 'resource', align: 'left' },
        { title: 'idle', align: 'right' },
        { title: rate, align: 'right' },
        { title: `worked out from, at ${rate}`, align: 'left' },
      ],
      rows,
      paint.dim,
    ),
    '',
    ...(levers.length === 0
      ? []
      : [
          `What saves most at ${rate}:`,
          ...levers.map(({ change, saves }) => `  ${change}  saves ${inDollars(saves)} a month`),
          '',
        ]),
    ...notes.map((note) => paint.dim(note)),
  ];
};
