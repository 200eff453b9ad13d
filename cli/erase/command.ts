import { refuseOperands } from '../arguments.ts';
import type { Command, Given } from '../command.ts';
import { UsageError } from '../errors.ts';
import { parseMoment } from '../pipeline/moment.ts';
import { parsePipeline, pipelineOptions, withPipeline } from '../pipeline/with-pipeline.ts';
import { createProgress, noProgress } from '../simulate/progress.ts';

const parseUser = (given: Given): string => {
  const user = given.value('user');
  if (user === undefined) throw new UsageError('erase needs a person: --user ID, as it stands in user_id');
  return user;
};

export const erase: Command = {
  name: 'erase',
  summary: 'forget a person: rows, the lake, and for good',
  operands: '',
  description: `Takes a person out of the tables and of the lake, and remembers it by a hash, so that no replay, backfill or rebuild brings
the person back. What is received after the command began stays: who signs up anew is a new person.
The person is the user id, and the anonymous ids that millrace.user_aliases joins to this user alone. On a device that
several share, rows with this user id go and rows with no user id stay. Another user id of the same person is another --user.
Events and rejected events that are gone count as dropped in millrace.batches, so that every accepted event stays accounted for.
A rejected event is known by the ids in its original; a text that holds events of several goes whole.
It reads every object under landed/ and failed/, as neither the ledger nor a key tells where duplicates, replayed and rejected
events are: about 100 MB of text a second, best from a machine in the lake's region. --since leaves out older objects:
say it when you know before which day the person cannot have sent anything.
The lake's objects are written anew under their own keys; those in infrequent access become standard ones until they move again.
Interrupted, run it again: it finishes what is left.`,
  options: {
    ...pipelineOptions,
    user: { value: 'ID', help: 'who, as it stands in user_id' },
    since: {
      value: 'T',
      help: 'leave out objects of the lake written before: 2026-11-22T10:00:00Z, or 7d, 3h before now',
    },
    'dry-run': { help: 'say what would be taken out, and change nothing' },
    yes: { help: 'do it; it cannot be undone' },
    json: { help: 'print the report as one JSON object on stdout and nothing else there; it holds no id' },
  },
  examples: [
    { command: 'npx millrace erase --user u-1042 --dry-run', meaning: 'what there is of the person' },
    {
      command: 'npx millrace erase --user u-1042 --yes --stack millrace-staging --since 2026-03-01',
      meaning: 'forget a customer of a deployed stack, who came in March',
    },
  ],
  exits: {
    ok: 'nothing is left of the person that the report does not name',
    failed: 'no laptop or stack answers, something was refused, or an object of the lake cannot be read',
  },
  run: async (given, { out, err }) => {
    refuseOperands('erase', given);
    const userId = parseUser(given);
    const since = given.value('since');
    const from = since === undefined ? undefined : parseMoment('since', since, Date.now());
    parsePipeline(given);
    const isDry = given.has('dry-run');
    if (isDry && given.has('yes')) throw new UsageError('--dry-run changes nothing and --yes does: give one of them');
    if (!isDry && !given.has('yes'))
      throw new UsageError('erase cannot be undone: look with --dry-run, then give --yes in its place');
    const isJson = given.has('json');
    return withPipeline(given, async (pipeline) => {
      const [{ erase: work }, { reportLines }] = await Promise.all([import('./run.ts'), import('./report.ts')]);
      const report = await work(pipeline, { userId, isDry, since: from }, isJson ? noProgress : createProgress(err));
      await out.write(isJson ? `${JSON.stringify(report)}\n` : `${reportLines(report).join('\n')}\n`);
      return report.lake.unreadable.length === 0 ? 0 : 1;
    });
  },
};
