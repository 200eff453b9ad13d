import { refuseOperands } from '../arguments.ts';
import type { Command } from '../command.ts';
import { type Estimate, estimate } from './estimate.ts';
import { type Line, total } from './model.ts';
import { prices } from './prices.ts';
import { costLines } from './view.ts';

const cents = (dollars: number): number => Math.round(dollars * 100) / 100;

const priced = (lines: readonly Line[]): unknown => ({
  dollars: cents(total(lines)),
  resources: lines.map((line) => ({ ...line, dollars: cents(line.dollars) })),
});

const toJson = ({ workload, freshness, baseCapacity, idle, busy, levers: changes, notes }: Estimate): unknown => ({
  prices: { date: prices.date, source: prices.source, region: prices.region },
  freshness,
  base_capacity: baseCapacity,
  events_per_second: workload.eventsPerSecond,
  batch: workload.batch,
  event_bytes: workload.eventBytes,
  idle: priced(idle),
  busy: priced(busy),
  levers: changes.map((lever) => ({ ...lever, saves: cents(lever.saves) })),
  notes,
});

export const cost: Command = {
  name: 'cost',
  summary: 'about what a stack costs a month, resource by resource',
  operands: '',
  description: `Works out dollars a month of template.yaml's stack when nothing is sent, and at a steady rate, from one table of prices
(cli/cost/prices.ts). Says which change of the settings saves most. Asks nobody: it needs neither AWS nor a laptop.`,
  options: {
    'events-per-second': { value: 'N', help: 'events a second, all day', default: '100' },
    batch: { value: 'N', help: 'events a request', default: '10' },
    'event-bytes': { value: 'N', help: 'size of an event', default: '500' },
    freshness: { value: 'DIAL', help: "realtime, standard or economy (default: the template's)" },
    'base-capacity': { value: 'N', help: "Redshift Processing Units while awake (default: the template's)" },
    json: { help: 'print the estimate as one JSON object on stdout and nothing else there' },
  },
  examples: [
    { command: 'npx millrace cost', meaning: 'idle, and at 100 events a second' },
    {
      command: 'npx millrace cost --events-per-second 2 --freshness economy',
      meaning: 'a small site that can wait twenty minutes',
    },
  ],
  exits: { ok: 'the estimate was printed', failed: 'template.yaml cannot be read' },
  run: async (given, { out }) => {
    refuseOperands('cost', given);
    const found = estimate(given);
    await out.write(given.has('json') ? `${JSON.stringify(toJson(found))}\n` : `${costLines(found, out).join('\n')}\n`);
    return 0;
  },
};
