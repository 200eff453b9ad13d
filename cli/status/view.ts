import type { Health, StageStatus } from '#core/status.ts';
import type { Output } from '../surroundings.ts';
import { type Cell, tableLines } from '../table.ts';
import { cut, grouped, spoken, visible } from '../text.ts';

const flow: readonly string[] = ['producer', 'stream', 'transformer', 'lake', 'queue', 'loader', 'warehouse'];

const place = ({ name }: StageStatus): number => (flow.includes(name) ? flow.indexOf(name) : flow.length);

/** In the order an event meets them; a stage this version does not know comes last. */
export const inFlowOrder = (stages: readonly StageStatus[]): readonly StageStatus[] =>
  [...stages].sort((a, b) => place(a) - place(b));

const passed = ({ counts }: StageStatus): string =>
  Object.entries(counts)
    .map(([word, count]) => `${grouped(count)} ${word}`)
    .join(' · ');

const errorOf = ({ lastError }: StageStatus, now: number): string => {
  if (lastError === undefined) return '';
  const seconds = (now - Date.parse(lastError.at)) / 1000;
  const ago = Number.isFinite(seconds) ? `${spoken(Math.max(0, Math.round(seconds)))} ago: ` : '';
  return visible(`${ago}${lastError.message}`);
};

const errorWidth = 60;

/** What `millrace status` prints, as lines; long errors are cut on a terminal only. */
export const statusLines = (
  { status, stack, freshness, now, stages, resources }: Health,
  { paint, isTerminal }: Output,
): readonly string[] => {
  const time = Date.parse(now);
  const colour = status === 'ok' ? paint.green : status === 'degraded' ? paint.red : paint.yellow;
  const row = (stage: StageStatus): readonly Cell[] => {
    const error = errorOf(stage, time);
    return [
      { text: stage.name, paint: stage.lastError === undefined ? paint.bold : paint.red },
      { text: stage.resource },
      { text: grouped(stage.queued), ...(stage.queued > 0 ? { paint: paint.yellow } : {}) },
      { text: spoken(stage.lagSeconds), ...(stage.lagSeconds > 0 ? {} : { paint: paint.dim }) },
      { text: passed(stage) },
      { text: isTerminal ? cut(error, errorWidth) : error, paint: paint.red },
    ];
  };
  const columns = [
    { title: 'stage', align: 'left' },
    { title: 'resource', align: 'left' },
    { title: 'queued', align: 'right' },
    { title: 'lag', align: 'right' },
    { title: 'passed', align: 'left' },
    { title: 'last error', align: 'left' },
  ] as const;
  const names: readonly (readonly [string, string])[] = [
    ['stream', resources.stream],
    ['bucket', resources.bucket],
    ['queue', resources.queueUrl],
    ['dead letters', resources.deadLetterQueueUrl],
    ['warehouse', `workgroup ${resources.workgroup}, database ${resources.database}`],
    ['collector', resources.collector],
    ['AWS services', resources.aws],
    ['data', resources.data],
  ];
  return [
    `${paint.bold(stack)}  ${colour(status)}  ${paint.dim(`freshness ${freshness}, ${now}`)}`,
    '',
    ...tableLines(columns, inFlowOrder(stages).map(row), paint.dim),
    '',
    ...tableLines(
      [
        { title: '', align: 'left' },
        { title: '', align: 'left' },
      ],
      names
        .filter(([, name]) => name !== '')
        .map(([label, name]) => [{ text: label, paint: paint.dim }, { text: name }]),
      paint.dim,
    ),
  ];
};
