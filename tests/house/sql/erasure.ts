import { erase } from '#cli/erase/run.ts';
import { rebuild } from '#cli/rebuild/run.ts';
import { noProgress } from '#cli/simulate/progress.ts';
import { createFakePipeline, etagOf, goOn } from '../../cli/support/fake-pipeline.ts';

/** Statements of erase and rebuild, by running them on a pipeline that has something for each. */
export const runErasure = async (take: (sql: string) => void): Promise<void> => {
  const fake = createFakePipeline();
  const { pipeline, objects } = fake;
  const landed = "landed/2026/11/22/10/it's";
  const received_at = '2026-11-22 10:00:00.123';
  const lastModified = Date.UTC(2026, 10, 22, 10);
  const rows = [
    { kind: 'batch', producer: "it's", seq: 1, event_count: 2, dropped_count: 0, received_at },
    { kind: 'event', event_id: 'e', user_id: 'ada', producer: "it's", seq: 1, received_at },
    { kind: 'rejected', event_id: 'r', original: '{"user_id":"ada"}', producer: "it's", seq: 1, received_at },
  ];
  objects.set(landed, { bytes: Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')), lastModified });
  const rawData = Buffer.from('{"user_id":"ada"}').toString('base64');
  const failed = "failed/processing-failed/2026/11/22/10/it's";
  objects.set(failed, {
    bytes: Buffer.from(JSON.stringify({ rawData, arrivalTimestamp: lastModified })),
    lastModified,
  });
  const results = async () => [['2026-11-22 12:00:00.123456']];
  const warehouse = { ...pipeline.warehouse, results };
  await erase({ ...pipeline, warehouse }, { userId: 'ada', isDry: false, since: undefined }, noProgress);

  fake.rows = (sql) => {
    take(sql);
    const content = objects.get(landed)?.bytes ?? Buffer.alloc(0);
    return sql.includes("'loaded'") ? [['loaded', landed, etagOf(content), null]] : [];
  };
  const settings = { isDry: false, timeoutMs: 1000, stop: goOn, tell: () => undefined };
  await rebuild(pipeline, { ...settings, resumes: false });
  await rebuild(pipeline, { ...settings, resumes: true });
  for (const sql of fake.changes) take(sql);
};
