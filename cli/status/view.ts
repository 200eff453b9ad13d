import type { Health } from '#core/status.ts';
import type { Output } from '../surroundings.ts';
import { type Cell, type Column, tableLines } from '../table.ts';
import { cut, grouped, spoken, visible } from '../text.ts';
import type { LaptopFacts } from './laptop-facts.ts';
import type { LoadFacts } from './load-facts.ts';
import type { StackPicture, StackStage } from './stack.ts';

const flow: readonly string[] = ['producer', 'stream', 'transformer', 'lake', 'queue', 'loader', 'warehouse'];

const place = ({ name }: { readonly name: string }): number => (flow.includes(name) ? flow.indexOf(name) : flow.length);

/** In the order an event meets them; a stage this version does not know comes last. */
export const inFlowOrder = <Stage extends { readonly name: string }>(stages: readonly Stage[]): readonly Stage[] =>
  [...stages].sort((a, b) => place(a) - place(b));

const passed = ({ counts }: StackStage): string =>
  Object.entries(counts)
    .map(([word, count]) => `${grouped(count)} ${word.replaceAll('_', ' ')}`)
    .join(' · ');

const ago = (at: string, now: number): string => {
  const seconds = (now - Date.parse(at)) / 1000;
  return Number.isFinite(seconds) ? `${spoken(Math.max(0, Math.round(seconds)))} ago` : '';
};

const errorOf = ({ lastError }: StackStage, now: number): string => {
  if (lastError === undefined) return '';
  const when = lastError.at === undefined ? '' : ago(lastError.at, now);
  return visible(`${when === '' ? '' : `${when}: `}${lastError.message}`);
};

const errorWidth = 60;

/** What a view is drawn from: of a laptop or of a deployed stack. */
interface View {
  readonly title: string;
  readonly status: string;
  readonly aside: string;
  readonly now: number;
  readonly stages: readonly (StackStage & { readonly lagSeconds?: number })[];
  readonly names: readonly (readonly [label: string, name: string])[];
  readonly problems: readonly string[];
}

/** Long errors are cut on a terminal only. */
const viewLines = (
  { title, status, aside, now, stages, names, problems }: View,
  { paint, isTerminal }: Output,
): readonly string[] => {
  const colour = status === 'ok' ? paint.green : status === 'degraded' ? paint.red : paint.yellow;
  const showsLag = stages.some(({ lagSeconds }) => lagSeconds !== undefined);
  const row = (stage: View['stages'][number]): readonly Cell[] => {
    const error = errorOf(stage, now);
    const lag = stage.lagSeconds ?? 0;
    return [
      { text: stage.name, paint: stage.lastError === undefined ? paint.bold : paint.red },
      { text: stage.resource },
      { text: grouped(stage.queued), ...(stage.queued > 0 ? { paint: paint.yellow } : {}) },
      ...(showsLag ? [{ text: spoken(lag), ...(lag > 0 ? {} : { paint: paint.dim }) }] : []),
      { text: passed(stage) },
      { text: isTerminal ? cut(error, errorWidth) : error, paint: paint.red },
    ];
  };
  const columns: readonly Column[] = [
    { title: 'stage', align: 'left' },
    { title: 'resource', align: 'left' },
    { title: 'queued', align: 'right' },
    ...(showsLag ? [{ title: 'lag', align: 'right' } as const] : []),
    { title: 'passed', align: 'left' },
    { title: 'last error', align: 'left' },
  ];
  const untitled: Column = { title: '', align: 'left' };
  return [
    `${paint.bold(title)}  ${colour(status)}  ${paint.dim(aside)}`,
    '',
    ...tableLines(columns, inFlowOrder(stages).map(row), paint.dim),
    '',
    ...tableLines(
      [untitled, untitled],
      names
        .filter(([, name]) => name !== '')
        .map(([label, name]) => [{ text: label, paint: paint.dim }, { text: name }]),
      paint.dim,
    ),
    ...(problems.length === 0 ? [] : ['', ...problems.map((problem) => paint.red(visible(problem)))]),
  ];
};

const timeLine = (label: string, at: string | null | undefined, now: number): readonly [string, string] => [
  label,
  at == null ? '' : `${at} (${ago(at, now)})`,
];

const loadLines = (loads: LoadFacts | null, now: number): readonly (readonly [label: string, name: string])[] => [
  timeLine('complete to', loads?.completeTo, now),
  loads !== null && loads.loadedTo === null
    ? ['loaded to', 'nothing yet']
    : timeLine('loaded to', loads?.loadedTo, now),
  timeLine('last load', loads?.lastLoad, now),
  ['under way', loads === null || loads.missingEnvelopes === 0 ? '' : `${grouped(loads.missingEnvelopes)} envelopes`],
];

/** A laptop's health, and what its warehouse knows. */
interface LaptopPicture extends LaptopFacts {
  readonly health: Health;
}

/** What `millrace status` prints of a laptop, as lines. */
export const statusLines = (
  { health: { status, stack, freshness, now, stages, resources }, loads, problems }: LaptopPicture,
  out: Output,
): readonly string[] =>
  viewLines(
    {
      title: stack,
      status,
      aside: `freshness ${freshness}, ${now}`,
      now: Date.parse(now),
      stages,
      names: [
        ...loadLines(loads, Date.parse(now)),
        ['stream', resources.stream],
        ['bucket', resources.bucket],
        ['queue', resources.queueUrl],
        ['dead letters', resources.deadLetterQueueUrl],
        ['warehouse', `workgroup ${resources.workgroup}, database ${resources.database}`],
        ['collector', resources.collector],
        ['AWS services', resources.aws],
        ['data', resources.data],
      ],
      problems,
    },
    out,
  );

/** What `millrace status --stack` prints, as lines. */
export const pictureLines = (picture: StackPicture, out: Output): readonly string[] => {
  const { stack, status, region, freshness, now, stages, loads, problems, resources } = picture;
  const at = Date.parse(now);
  const warehouse =
    resources.workgroup === undefined ? `cluster ${resources.cluster}` : `workgroup ${resources.workgroup}`;
  return viewLines(
    {
      title: stack,
      status,
      aside: `${region}, freshness ${freshness}, ${now}`,
      now: at,
      stages,
      names: [
        ...loadLines(loads, at),
        ['stream', resources.stream],
        ['bucket', resources.bucket],
        ['queue', resources.queueUrl],
        ['dead letters', resources.deadLetterQueueUrl],
        ['warehouse', `${warehouse}, database ${resources.database}`],
        ['collector', resources.collector],
        ['dashboard', resources.dashboardUrl ?? ''],
      ],
      problems,
    },
    out,
  );
};
