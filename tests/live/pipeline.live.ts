// One batch through a deployed stack, to rows and reports. What only AWS can say: that API, stream, transformation, lake, queue,
// loader and warehouse work together, that COPY keeps every character, and that Redshift adds money up as the laptop does.
//
//   MILLRACE_STACK=millrace-staging npm run test:live -- tests/live/pipeline.live.ts
import { beforeAll, expect, it } from 'vitest';
import { Failure } from '#cli/errors.ts';
import type { OpenStack } from '#cli/stack/open.ts';
import { readWriteKey } from '#cli/stack/write-key.ts';
import { awaitAccepted, awaitEvent } from '#cli/status/await-stack.ts';
import { describeLive, openLive, openWarehouse, runId } from './support.ts';

const note = 'é 日本 😀 "quoted" \\ back\nline';
const source = `check-${runId}`;
const now = new Date().toISOString();

const event = (name: string, id: string, properties: unknown, more: object = {}) => ({
  event_id: `check-${runId}-${id}`,
  event_name: name,
  event_time: now,
  anonymous_id: `check-${runId}`,
  context: { campaign: { source } },
  properties,
  ...more,
});
// XTS is ISO 4217's code for tests: no report of real money counts it.
const order = event('order_completed', 'order', {
  order_id: `check-${runId}`,
  total: '129.9050',
  currency: 'XTS',
  note,
  deep: { list: [1, { nothing: null }], yes: true },
});
const refund = event('order_refunded', 'refund', { order_id: `check-${runId}`, total: '29.905', currency: 'XTS' });
const late = event('page_viewed', 'bad-time', {}, { event_time: 'not a time' });
const { event_name: _, ...nameless } = event('x', 'nameless', {});

describeLive('one batch through the deployed stack', () => {
  let stack: OpenStack;
  let answer: { readonly status: number; readonly body: unknown };
  beforeAll(async () => {
    stack = await openLive();
    const response = await fetch(stack.names.collector, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-write-key': await readWriteKey(stack) },
      body: JSON.stringify([order, order, refund, late, nameless]),
    });
    answer = { status: response.status, body: await response.json() };
  });
  const wait = () => ({ stack, timeoutMs: undefined, err: undefined });

  it('is answered for event by event', () => {
    expect(answer).toMatchObject({
      status: 202,
      body: { accepted: 4, rejected: [{ index: 4, code: 'missing_name', message: expect.any(String) }] },
    });
  });

  it('is refused without the write key', async () => {
    const response = await fetch(stack.names.collector, { method: 'POST', body: JSON.stringify(order) });
    expect(response.status).toBe(401);
  });

  it('becomes rows, the duplicate once', async () => {
    await awaitEvent(wait(), order.event_id);
    const { query } = openWarehouse(stack);
    const rows = await query(
      `SELECT event_name, campaign_source, CAST(properties.note AS VARCHAR(256)), JSON_SERIALIZE(properties.deep), CAST(properties.total AS DECIMAL(18, 4)) FROM millrace.events WHERE event_id = '${order.event_id}'`,
    );
    expect(rows.map(([name, campaign, text, , total]) => [name, campaign, text, String(total)])).toEqual([
      ['order_completed', source, note, '129.9050'],
    ]);
    expect(JSON.parse(String(rows[0]?.[3]))).toEqual({ list: [1, { nothing: null }], yes: true });
  });

  it('has its malformed event rejected with the reason', async () => {
    await expect(awaitEvent(wait(), late.event_id)).rejects.toThrow(Failure);
    await expect(awaitEvent(wait(), late.event_id)).rejects.toThrow(/was rejected: .*time/);
  });

  it('is in the revenue report, exact to the last digit', async () => {
    await awaitEvent(wait(), refund.event_id);
    const [row = []] = await openWarehouse(stack).query(
      `SELECT SUM(orders), SUM(refunds), SUM(gross), SUM(refunded), SUM(net), SUM(unpriced) FROM millrace.report_revenue_by_source WHERE source = '${source}' AND currency = 'XTS'`,
    );
    expect(row.map(Number)).toEqual([1, 1, 129.905, 29.905, 100, 0]);
    expect(String(row[4])).toBe('100.0000');
  });

  it('leaves nothing behind: queue empty, no envelope missing, no dead letter', async () => {
    await awaitAccepted(wait());
  });
});
