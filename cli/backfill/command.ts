import { refuseOperands } from '../arguments.ts';
import type { Command, Given } from '../command.ts';
import { Failure, UsageError } from '../errors.ts';
import { parseMoment } from '../pipeline/moment.ts';
import { createStop } from '../pipeline/stop.ts';
import { parsePipeline, pipelineOptions, withPipeline } from '../pipeline/with-pipeline.ts';
import { createProgress, noProgress, type Reading } from '../simulate/progress.ts';
import { grouped } from '../text.ts';
import { parseDuration } from '../values.ts';
import type { BackfillReport } from './run.ts';

const parse = (given: Given) => {
  refuseOperands('backfill', given);
  parsePipeline(given);
  const now = Date.now();
  const [from, to] = [given.value('from'), given.value('to')];
  if (from === undefined) throw new UsageError('backfill needs --from T: such as --from 7d, or a time');
  const range = {
    from: parseMoment('from', from, now),
    to: to === undefined ? now : parseMoment('to', to, now),
  };
  if (range.from >= range.to)
    throw new UsageError(
      to === undefined ? '--from is in the future' : '--from is not before --to: give the earlier time first',
    );
  const timeoutMs = parseDuration('timeout', given.value('timeout') ?? '');
  return { ...range, timeoutMs: given.has('no-wait') ? undefined : timeoutMs };
};

const reportLines = (report: BackfillReport): readonly string[] => {
  const { from, to, dry_run: isDry, objects, loaded_before: before, forgotten, queued, bytes, loaded } = report;
  const would = isDry ? 'would be ' : '';
  return [
    `${grouped(objects)} objects landed from ${from} to ${to}, ${grouped(before)} of them in the ledger`,
    ...(forgotten === 0 ? [] : [`${grouped(forgotten)} ${would}taken out of the ledger`]),
    `${grouped(queued)} ${would}queued (${grouped(bytes)} bytes)${loaded === null ? '' : `, ${grouped(loaded)} loaded`}`,
  ];
};

export const backfill: Command = {
  name: 'backfill',
  summary: 'load objects of the lake that the warehouse does not have',
  operands: '',
  description: `Compares the objects under landed/ of the lake with the ledger, queues those that are not in it, and waits until they are. An
object is of the range by the hour in its name or by the time it was written. Nothing is loaded twice: the loader looks at
the ledger again, and events are known by their ids.`,
  options: {
    ...pipelineOptions,
    from: { value: 'T', help: 'since when: 2026-11-22T10:00:00Z, or 7d, 3h, 30m before now' },
    to: { value: 'T', help: 'until when, not included (default: now)' },
    again: { help: 'also what is in the ledger, which forgets it first: for tables that somebody emptied' },
    'no-wait': { help: 'end when all is queued' },
    timeout: { value: 'TIME', help: 'longest wait for the loads', default: '1h' },
    'dry-run': { help: 'say what would be queued, and change nothing' },
    json: {
      help: 'print one object on stdout and nothing else there: from, to, dry_run, objects, loaded_before, forgotten, queued, bytes, loaded, interrupted',
    },
  },
  examples: [
    { command: 'npx millrace backfill --from 7d --dry-run', meaning: 'what of the last week is not in the tables' },
    {
      command: 'npx millrace backfill --from 2026-11-22 --to 2026-11-23 --again --stack millrace',
      meaning: "a day's objects once more",
    },
  ],
  exits: {
    ok: 'all of it is loaded, or queued with --no-wait',
    failed: 'a part is not, or no laptop or stack answers',
  },
  run: async (given, { out, err, onInterrupt }) => {
    const settings = parse(given);
    const [isDry, isJson] = [given.has('dry-run'), given.has('json')];
    const stop = createStop(onInterrupt);
    let reading: Reading = { done: 0, words: 'looking' };
    const done = (isJson || isDry ? noProgress : createProgress(err)).show(() => reading);
    try {
      const report = await withPipeline(given, async (pipeline) => {
        const { runBackfill } = await import('./run.ts');
        return runBackfill(pipeline, {
          ...settings,
          again: given.has('again'),
          isDry,
          stop,
          err: isJson ? undefined : err,
          tell: ({ objects, queued }) => {
            reading = { done: 0, words: `${grouped(objects)} objects seen · ${grouped(queued)} queued` };
          },
          queuedAll: done,
        });
      });
      await out.write(isJson ? `${JSON.stringify(report)}\n` : `${reportLines(report).join('\n')}\n`);
      if (report.interrupted) throw new Failure('stopped before the end: run the same again');
      return 0;
    } finally {
      await done();
      stop.release();
    }
  },
};
