import { rejectReasonNames } from '#core/outcome.ts';
import { refuseOperands } from '../arguments.ts';
import type { Command, Given } from '../command.ts';
import { Failure, UsageError } from '../errors.ts';
import { parseMoment } from '../pipeline/moment.ts';
import { createStop } from '../pipeline/stop.ts';
import { parsePipeline, pipelineOptions, withPipeline } from '../pipeline/with-pipeline.ts';
import { createProgress, noProgress, type Reading } from '../simulate/progress.ts';
import { grouped } from '../text.ts';
import { parseChoice } from '../values.ts';
import type { Report } from './report.ts';
import { reportLines } from './view.ts';

interface Settings {
  readonly what: 'failed' | 'rejected';
  readonly reason: string | undefined;
  readonly since: number | undefined;
}

const parse = (given: Given): Settings => {
  refuseOperands('replay', given);
  parsePipeline(given);
  const [isFailed, isRejected] = [given.has('failed'), given.has('rejected')];
  if (isFailed === isRejected)
    throw new UsageError(
      isFailed
        ? '--failed and --rejected are two replays: give one'
        : 'replay needs --failed or --rejected: give one of them',
    );
  const [reason, since] = [given.value('reason'), given.value('since')];
  if (isFailed && reason !== undefined)
    throw new UsageError('--reason goes with --rejected: failed records have error codes, shown by --failed --dry-run');
  if (isRejected && given.has('all'))
    throw new UsageError('--all goes with --failed: of rejected events those are left out that were loaded since');
  return {
    what: isFailed ? 'failed' : 'rejected',
    reason: reason === undefined ? undefined : parseChoice('reason', reason, rejectReasonNames),
    since: since === undefined ? undefined : parseMoment('since', since, Date.now()),
  };
};

export const replay: Command = {
  name: 'replay',
  summary: 'put records that failed, or events that were rejected, back onto the stream',
  operands: '',
  description: `Puts originals back at the beginning of the pipeline, each as it came.

--failed: the records under failed/ of the lake, which the stream could not get transformed. What was put back is written down in
the lake (state/replayed/) and in millrace.failed_records, and is not put again but with --all. A run that is killed may
put up to 500 records again in the next: events with an id are loaded once all the same.
--rejected: events of millrace.rejected_events, after what rejected them was put right. Those that were loaded since are left
out. Their rows stay: they are history.`,
  options: {
    ...pipelineOptions,
    failed: { help: 'the records under failed/' },
    rejected: { help: 'the events that were rejected' },
    reason: { value: 'R', help: 'with --rejected: only those of this reason, such as invalid_time' },
    since: { value: 'T', help: 'only what came since then: 2026-11-22T10:00:00Z, or 7d, 3h, 30m before now' },
    all: { help: 'with --failed: also what was put back before' },
    'dry-run': { help: 'say what would be put, and change nothing' },
    json: {
      help: 'print one object on stdout and nothing else there: replayed, dry_run, found, put, skipped, failed, unreadable, unidentified, bytes, by, oldest, newest, interrupted, producer, error',
    },
  },
  examples: [
    { command: 'npx millrace replay --failed --dry-run', meaning: 'what is there, by error code' },
    {
      command: 'npx millrace replay --rejected --reason invalid_time --since 7d --stack millrace',
      meaning: "last week's events whose time could not be read, once it can",
    },
  ],
  exits: { ok: 'all of it is on the stream', failed: 'a part is not (run it again), or no laptop or stack answers' },
  run: async (given, { out, err, onInterrupt }) => {
    const { what, reason, since } = parse(given);
    const [isDry, isJson] = [given.has('dry-run'), given.has('json')];
    const stop = createStop(onInterrupt);
    let reading: Reading = { done: 0, words: 'looking' };
    const done = (isJson || isDry ? noProgress : createProgress(err)).show(() => reading);
    const tell = (at: number, of: number, { put, skipped }: Report): void => {
      reading = { done: at / Math.max(1, of), words: `${grouped(put)} put back · ${grouped(skipped)} left alone` };
    };
    try {
      const report = await withPipeline(given, async (pipeline) => {
        if (what === 'failed') {
          const { replayFailed } = await import('./failed.ts');
          return replayFailed(pipeline, { since, all: given.has('all'), isDry, stop, tell });
        }
        const { replayRejected } = await import('./rejected.ts');
        return replayRejected(pipeline, { since, reason, isDry, stop, tell });
      });
      await done();
      await out.write(isJson ? `${JSON.stringify(report)}\n` : `${reportLines(report).join('\n')}\n`);
      const shortfall = shortfallOf(report);
      if (shortfall !== undefined) throw new Failure(shortfall);
      return 0;
    } finally {
      await done();
      stop.release();
    }
  },
};

const shortfallOf = ({ failed, error, unreadable, interrupted }: Report): string | undefined => {
  if (failed > 0)
    return `the stream did not take ${grouped(failed)} of them (${error ?? 'no code'}): run the same again, it goes on where this ended`;
  if (interrupted) return 'stopped before the end: run the same again, it goes on where this ended';
  if (unreadable > 0)
    return `${grouped(unreadable)} lines under failed/ hold no record of the stream: look at them, they stay where they are`;
  return undefined;
};
