import type { Output } from '../surroundings.ts';
import { type Cell, tableLines } from '../table.ts';
import { grouped, spoken, visible } from '../text.ts';
import type { Check } from './compare.ts';
import type { Flow } from './flow.ts';
import type { SimulateSettings } from './settings.ts';

/** Everything that is known at the end of a run. */
export interface Report {
  readonly settings: SimulateSettings;
  /** Run tag: eight digits in every event id. */
  readonly run: string;
  /** Epoch milliseconds. */
  readonly start: number;
  readonly flow: Flow;
  readonly checks: readonly Check[];
  /** Whether the warehouse was looked at. */
  readonly compared: boolean;
  /** Seconds from the last sending to the comparison. */
  readonly waited: number;
  /** What a person should know beside the figures. */
  readonly notes: readonly string[];
}

export const isGood = ({ checks, flow }: Report): boolean => flow.failure === undefined && checks.every(({ ok }) => ok);

const words = (value: number | string): string =>
  typeof value === 'number' ? grouped(value) : value.replace(/\B(?=(\d{3})+\.)/g, ',');

const verdict = (report: Report): string => {
  const { compared, checks, flow } = report;
  const differing = checks.filter(({ ok }) => !ok);
  if (flow.failure !== undefined) return flow.failure;
  if (differing.length > 0)
    return `${differing.length} of ${checks.length} figures differ: ${differing.map(({ name }) => name).join(', ')}`;
  return compared
    ? 'every event is accounted for'
    : 'the collector took every event; what became of them was not looked at';
};

/** The table and its last line. */
export const reportLines = (report: Report, { paint }: Output): readonly string[] => {
  const { flow, settings, run, checks, compared, waited, notes } = report;
  const good = isGood(report);
  const rows: readonly (readonly Cell[])[] = [
    [{ text: 'sent' }, { text: '' }, { text: grouped(flow.sent) }],
    ...checks.map(({ name, expected, found, ok }): readonly Cell[] => [
      { text: name },
      { text: words(expected), paint: paint.dim },
      { text: words(found), ...(ok ? {} : { paint: paint.red }) },
      ok ? { text: '✓', paint: paint.green } : { text: '✗', paint: paint.red },
    ]),
  ];
  const columns = [
    { title: 'events', align: 'left' },
    { title: 'expected', align: 'right' },
    { title: 'found', align: 'right' },
    { title: '', align: 'left' },
  ] as const;
  const rate = grouped(flow.seconds > 0 ? flow.sent / flow.seconds : flow.sent);
  const facts = [
    `${rate} events/s over ${spoken(flow.seconds)}`,
    ...(compared ? [`compared ${spoken(waited)} after the last`] : []),
    ...(flow.retries > 0 ? [`${grouped(flow.retries)} ${flow.retries === 1 ? 'request' : 'requests'} sent again`] : []),
  ];
  return [
    ...tableLines(columns, rows, paint.dim),
    '',
    good ? paint.green(`✓ ${verdict(report)}`) : paint.red(`✗ ${visible(verdict(report))}`),
    ...notes.map((note) => `  ${visible(note)}`),
    paint.dim(`  ${facts.join(' · ')}`),
    paint.dim(`  run ${run}, seed ${settings.seed}: event_id LIKE '%-${run}____'`),
  ];
};

/** The same as one object. Members that only the warehouse can tell are null when it was not looked at. */
export const reportJson = (report: Report): Readonly<Record<string, unknown>> => {
  const { flow, settings, run, start, checks, waited, notes, compared } = report;
  const found = (name: string): number | string | null => checks.find((each) => each.name === name)?.found ?? null;
  const currencies = checks.flatMap(({ name }) => (name.startsWith('revenue ') ? [name.slice('revenue '.length)] : []));
  const side = (currency: string, member: 'expected' | 'found') => ({
    gross: checks.find(({ name }) => name === `revenue ${currency}`)?.[member] ?? '0.00',
    refunded: checks.find(({ name }) => name === `refunded ${currency}`)?.[member] ?? '0.00',
  });
  return {
    ok: isGood(report),
    run,
    seed: settings.seed,
    start: new Date(start).toISOString(),
    traffic: settings.mix,
    rate: {
      wanted: settings.rate,
      reached: flow.seconds > 0 ? Math.round((flow.sent / flow.seconds) * 100) / 100 : null,
    },
    seconds: { sending: Math.round(flow.seconds * 1000) / 1000, waiting: Math.round(waited * 1000) / 1000 },
    compared,
    sent: flow.sent,
    accepted: flow.accepted,
    refused: flow.refused,
    retries: flow.retries,
    duplicates_removed: found('duplicates removed'),
    rejected: found('rejected'),
    loaded: found('loaded'),
    missing: found('missing'),
    revenue: Object.fromEntries(
      currencies.map((currency) => [
        currency,
        { expected: side(currency, 'expected'), arrived: side(currency, 'found') },
      ]),
    ),
    checks,
    failure: flow.failure ?? null,
    notes,
  };
};
