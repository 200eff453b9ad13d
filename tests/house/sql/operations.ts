import type { Row } from '#aws/redshift.ts';
import { runBackfill } from '#cli/backfill/run.ts';
import { readErrors } from '#cli/dlq/read.ts';
import { replayFailed } from '#cli/replay/failed.ts';
import { replayRejected } from '#cli/replay/rejected.ts';
import { createFakePipeline, etagOf, goOn } from '../../cli/support/fake-pipeline.ts';

/** Statements of replay, backfill and dlq, by running them on a pipeline that has something for each. */
export const runRecovery = async (take: (sql: string) => void): Promise<void> => {
  const fake = createFakePipeline();
  const { pipeline, objects } = fake;
  const failed = "failed/processing-failed/2026/11/22/10/it's";
  const landed = 'landed/2026/11/22/10/a.json.gz';
  const time = '2026-11-22 10:00:00.123';
  const lastModified = Date.UTC(2026, 10, 22, 10);
  objects.set(failed, { bytes: Buffer.from('{"rawData":""}\n\n{"rawData":""}'), lastModified });
  objects.set(landed, { bytes: Buffer.from('rows'), lastModified });
  const answers: Readonly<Record<string, readonly Row[]>> = {
    'DISTINCT object_key': [[failed]],
    'GROUP BY rejected.reason': [['invalid_time', 2, 0, 9, time, time]],
    'LEN(CAST': [
      ['id-1', 'ab', time, 'web', 'invalid_time', null, 40_000, '{}'],
      ['id-2', 'cd', time, null, 'not_utf8', 2, null, null],
    ],
    'object_key >=': [[`${landed} ${etagOf(Buffer.from('rows'))}`]],
  };
  fake.rows = (sql) => {
    take(sql);
    return Object.entries(answers).find(([part]) => sql.includes(part))?.[1] ?? [];
  };
  const common = { isDry: false, stop: goOn, tell: () => undefined };
  await replayFailed(pipeline, { ...common, since: undefined, all: false });
  await replayRejected(pipeline, { ...common, since: undefined, reason: 'invalid_time' });
  const range = { from: lastModified, to: lastModified + 1, again: true, timeoutMs: undefined, err: undefined };
  await runBackfill(pipeline, { ...common, ...range, queuedAll: async () => undefined });
  await readErrors(pipeline, [landed, "landed/it's"]);
  for (const sql of fake.changes) take(sql);
};
