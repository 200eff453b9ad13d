import { createHash } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createPipeline, type Pipeline } from '#tests/house/operations/pipeline.ts';
import { stackWith } from '#tests/house/operations/stacks.ts';

const pipelines: Pipeline[] = [];
let pipeline: Pipeline;
beforeEach(async () => {
  pipeline = await createPipeline(stackWith());
  pipelines.push(pipeline);
});
afterAll(async () => {
  for (const each of pipelines) await each.stop();
});

const send = async (events: readonly unknown[]): Promise<void> => {
  expect(await pipeline.send(JSON.stringify(events))).toBe(202);
};
const load = async (): Promise<void> => void (await pipeline.load(await pipeline.land()));
const event = (id: string, more: object = {}) => ({ event_name: 'a', event_id: id, ...more });
const columns = 'accepted, loaded, duplicate, rejected, dropped, missing';
const conservation = () => pipeline.report('report_conservation', columns);
const gaps = () => pipeline.report('report_gaps', 'first_missing, last_missing, envelopes, failed_envelopes');

describe('report_conservation', () => {
  it('accounts for each accepted event as loaded, duplicate or rejected', async () => {
    await send([event('1'), event('2'), event('2'), event('3', { event_time: 'yesterday' })]);
    await load();
    await send([event('1'), event('4')]);
    await load();
    expect(await conservation()).toEqual([[6, 3, 2, 1, 0, 0]]);
  });

  it('counts an envelope once that the stream brings twice, in one load or in two', async () => {
    await send([event('1'), event('2')]);
    pipeline.onStream.push(...pipeline.onStream);
    const again = [...pipeline.onStream];
    await load();
    pipeline.onStream.push(...again);
    await load();
    expect(await conservation()).toEqual([[2, 2, 0, 0, 0, 0]]);
  });

  it('counts what an erased person sent before as dropped, and loads what came after', async () => {
    const subject = createHash('sha256').update('user:u1').digest('hex');
    const visitor = createHash('sha256').update('anonymous:v1').digest('hex');
    const rows = [subject, visitor].map((each) => `('${each}', '2026-11-22 10:00:00.000')`).join(', ');
    await pipeline.rows(`INSERT INTO millrace.erased_subjects (subject, erased_at) VALUES ${rows}`);
    const sent = [event('1', { user_id: 'u1' }), event('2', { user_id: 'u2' }), event('3', { anonymous_id: 'v1' })];
    await send(sent);
    await load();
    expect(await conservation()).toEqual([[3, 1, 0, 0, 2, 0]]);
    await pipeline.clock.advance(1000);
    await send(sent);
    await load();
    expect(await pipeline.rows('SELECT event_id FROM millrace.events ORDER BY 1')).toEqual([['1'], ['2'], ['3']]);
    expect(await conservation()).toEqual([[6, 3, 1, 0, 2, 0]]);
  });

  it('shows what was acknowledged and has not arrived, and not what was not acknowledged', async () => {
    await send([event('1')]);
    await load();
    await send([event('2'), event('3'), event('4')]);
    pipeline.onStream.splice(0);
    pipeline.setWorld({ streamTakes: false });
    expect(await pipeline.send(JSON.stringify([event('5')]))).toBe(503);
    pipeline.setWorld({});
    await send([event('6')]);
    await send([event('7')]);
    await load();
    expect(await conservation()).toEqual([[6, 3, 0, 0, 0, 3]]);
    expect(await gaps()).toEqual([[1, 1, 1, 0]]);
  });

  it('shows rows that a landed object has lost', async () => {
    await send([event('1'), event('2')]);
    await load();
    await pipeline.rows("DELETE FROM millrace.events WHERE event_id = '2'");
    expect(await conservation()).toEqual([[2, 1, 0, 0, 0, 1]]);
  });

  it('leaves out what came without an envelope', async () => {
    pipeline.onStream.push(Buffer.from('{"event_name":"bare"}'));
    await load();
    expect(await conservation()).toEqual([]);
    expect(await pipeline.rows('SELECT rows_staged, rows_loaded, rows_duplicate FROM millrace.loads')).toEqual([
      [1, 1, 0],
    ]);
  });
});

describe('report_completeness', () => {
  it('has one row for each producer, with the numbers that are missing', async () => {
    await send([event('1')]);
    await send([event('2')]);
    pipeline.onStream.splice(1);
    await send([event('3')]);
    await send([event('4')]);
    await load();
    pipeline.startProducer();
    await send([event('5'), event('6')]);
    await load();
    const found = await pipeline.report('report_completeness', 'envelopes, events, missing_envelopes');
    expect(found).toEqual([
      [1, 2, 0],
      [3, 3, 1],
    ]);
  });
});

describe('complete_to', () => {
  it('is the last check, and stands in report_freshness', async () => {
    expect(await pipeline.report('complete_to', 'complete_to, checked_at')).toEqual([]);
    await send([event('1')]);
    await load();
    for (const wait of [300_000, 60_000]) {
      await pipeline.clock.advance(wait);
      await pipeline.reconcile();
    }
    const [[completeTo, checkedAt] = []] = await pipeline.report('complete_to', 'complete_to, checked_at');
    expect([completeTo, checkedAt]).toEqual(['2026-11-22 10:03:00', '2026-11-22 10:05:00']);
    expect(await pipeline.report('report_freshness', 'events, complete_to')).toEqual([[1, '2026-11-22 10:03:00']]);
  });
});
