import { refuseOperands } from '../arguments.ts';
import type { Command, Given } from '../command.ts';
import { UsageError } from '../errors.ts';
import { createStop } from '../pipeline/stop.ts';
import { parsePipeline, pipelineOptions, withPipeline } from '../pipeline/with-pipeline.ts';
import { createProgress, noProgress, type Reading } from '../simulate/progress.ts';
import type { Output } from '../surroundings.ts';
import { tableLines } from '../table.ts';
import { grouped, spoken, visible } from '../text.ts';
import { parseDuration } from '../values.ts';
import type { RebuildReport } from './run.ts';

const parse = (given: Given) => {
  refuseOperands('rebuild', given);
  parsePipeline(given);
  const isDry = given.has('dry-run');
  const resumes = given.has('resume');
  if (isDry && given.has('yes')) throw new UsageError('--dry-run changes nothing and --yes does: give one of them');
  if (!isDry && !given.has('yes'))
    throw new UsageError(
      `rebuild ${resumes ? 'loads again' : 'empties tables'}: look with --dry-run, then give --yes in its place`,
    );
  return { isDry, resumes, timeoutMs: parseDuration('timeout', given.value('timeout') ?? '') };
};

const reportLines = (report: RebuildReport, { paint }: Output): readonly string[] => {
  const { before, after, refused } = report;
  const rows = Object.entries(before).map(([table, count]) => [
    { text: table },
    { text: grouped(count) },
    ...(after === null ? [] : [{ text: grouped(after[table as keyof typeof after]) }]),
  ]);
  const columns = [
    { title: 'table', align: 'left' },
    { title: 'rows before', align: 'right' },
    { title: 'after', align: 'right' },
  ] as const;
  return [
    ...tableLines(after === null ? columns.slice(0, 2) : columns, rows, paint.dim),
    report.dry_run
      ? `Nothing is changed. ${report.resumed ? '' : 'These tables would be emptied, and '}${grouped(report.driven)} of ${grouped(report.objects)} objects would be loaded.`
      : `${grouped(report.driven)} of ${grouped(report.objects)} objects driven in ${spoken(report.seconds)}, ${grouped(refused.length)} refused.`,
    ...refused.map(({ key, message }) => paint.red(visible(`refused: ${key}: ${message}`))),
  ];
};

export const rebuild: Command = {
  name: 'rebuild',
  summary: 'empty the warehouse and load it again from the lake alone',
  operands: '',
  description: `Empties events, rejected_events, batches, users, user_aliases, loads, loaded_objects and load_errors in one transaction, then has
every object under landed/ loaded again, in the order in which they landed, a chunk of at most 100 after the other. Reports
are short of rows until it ends, and complete_to is empty. erased_subjects and failed_records stay.
The rows are the same as before but for load_id and loaded_at. One exception: of an event that was sent twice, the copy that is
kept can be the other one, when the two landed in another order than they were loaded, or in objects of one chunk.
Objects that were refused before are tried too, and are named at the end. Interrupted, it goes on with --resume; without, it
begins anew. A chunk that is not loaded in time ends the command and names its objects.`,
  options: {
    ...pipelineOptions,
    resume: { help: 'empty nothing, and load what the ledger lacks' },
    timeout: { value: 'TIME', help: 'longest wait for a chunk, such as 90s or 20m', default: '30m' },
    'dry-run': { help: 'say what would be emptied and loaded, and change nothing' },
    yes: { help: 'do it' },
    json: {
      help: 'print one object on stdout and nothing else there: dry_run, resumed, objects, bytes, driven, refused, before, after, seconds',
    },
  },
  examples: [
    { command: 'npx millrace rebuild --dry-run', meaning: 'what would be emptied, and how much would be loaded' },
    { command: 'npx millrace rebuild --yes --stack millrace-staging', meaning: 'a new warehouse out of the lake' },
  ],
  exits: {
    ok: 'every object of the lake is in the tables',
    failed: 'objects were refused or not loaded in time, it was stopped, or no laptop or stack answers',
  },
  run: async (given, { out, err, onInterrupt }) => {
    const settings = parse(given);
    const isJson = given.has('json');
    const stop = createStop(onInterrupt);
    let reading: Reading = { done: 0, words: 'looking' };
    const end = (isJson || settings.isDry ? noProgress : createProgress(err)).show(() => reading);
    try {
      const report = await withPipeline(given, async (pipeline) => {
        const { rebuild: work } = await import('./run.ts');
        return work(pipeline, { ...settings, stop, tell: (done, words) => (reading = { done, words }) });
      });
      await end();
      await out.write(isJson ? `${JSON.stringify(report)}\n` : `${reportLines(report, out).join('\n')}\n`);
      return report.refused.length === 0 ? 0 : 1;
    } finally {
      await end();
      stop.release();
    }
  },
};
