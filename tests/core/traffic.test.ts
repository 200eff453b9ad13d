import { describe, expect, it } from 'vitest';
import { createEventIds, eventIdPatterns, runTag } from '#core/traffic/event-id.ts';
import { percentOf, toDecimalText } from '#core/traffic/money.ts';
import { createRandom } from '#core/traffic/random.ts';
import { createTraffic, type Sending, type TrafficSettings } from '#core/traffic/traffic.ts';
import { createTutorial } from '#core/traffic/tutorial.ts';

const start = Date.UTC(2026, 10, 22, 10);
type Plain = Readonly<Record<string, unknown>>;
const plain = (value: unknown): Plain => (typeof value === 'object' && value !== null ? { ...value } : {});
const take = (count: number, settings: Partial<TrafficSettings> = {}): readonly Sending[] => {
  const traffic = createTraffic({ seed: 1, start, ...settings });
  return Array.from({ length: count }, () => traffic.next());
};
const events = (count: number, settings: Partial<TrafficSettings> = {}): readonly Plain[] =>
  take(count, settings).map(({ event }) => plain(event));

describe('money', () => {
  it.each([
    [0, '0.00'],
    [5, '0.05'],
    [12_990, '129.90'],
    [-1205, '-12.05'],
    [Number.MAX_SAFE_INTEGER, '90071992547409.91'],
  ])('writes %d cents as %s', (cents, text) => {
    expect(toDecimalText(cents)).toBe(text);
  });

  it('rounds half a cent up', () => {
    expect([percentOf(12_990, 15), percentOf(10, 15), percentOf(3, 15)]).toEqual([1949, 2, 0]);
  });
});

describe('event ids', () => {
  const newId = createEventIds('0badcafe');

  it('have the form of a UUIDv7 that tells the time', () => {
    const id = newId(start);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(start);
  });

  it('sort as they were made and never repeat', () => {
    const ids = Array.from({ length: 70_000 }, () => newId(start));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it('match the patterns of their run', () => {
    const toRegExp = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll('_', '.')}$`);
    const { all, malformed } = eventIdPatterns('0badcafe');
    const [sound, bad] = [newId(start), newId(start, true)];
    expect([sound, bad].map((id) => toRegExp(all).test(id))).toEqual([true, true]);
    expect([sound, bad].map((id) => toRegExp(malformed).test(id))).toEqual([false, true]);
    expect(toRegExp(eventIdPatterns('0badcaff').all).test(sound)).toBe(false);
  });

  it('carry another tag for another seed or another start', () => {
    expect(new Set([runTag(1, start), runTag('1', start), runTag(2, start), runTag(1, start + 1)]).size).toBe(3);
  });
});

describe('the tutorial', () => {
  it('lets a user do nothing before joining or after leaving', () => {
    const next = createTutorial(createRandom(3));
    const online = new Set<string>();
    for (let count = 0; count < 5000; count += 1) {
      const { event_name, user } = next(start);
      expect(online.has(user.id)).toBe(event_name !== 'JOIN');
      if (event_name === 'JOIN') online.add(user.id);
      if (event_name === 'LEAVE') online.delete(user.id);
    }
  });

  it('sends each kind of event in its pure form', () => {
    const next = createTutorial(createRandom(3));
    const sent = Array.from({ length: 2000 }, (_, index) => next(start + index));
    expect(new Set(sent.map(({ event_name }) => event_name)).size).toBe(5);
    expect(Object.keys(sent[0] ?? {})).toEqual(['event_time', 'event_name', 'user']);
    expect(sent[1]?.event_time).toBe('2026-11-22T10:00:00.001Z');
  });
});

describe('the shop', () => {
  const sent = events(20_000, { mix: 'shop' });
  const named = (name: string): readonly Plain[] => sent.filter(({ event_name }) => event_name === name);

  it('holds each kind of event, and orders within a few hundred', () => {
    expect(Object.keys(Object.groupBy(sent, ({ event_name }) => String(event_name))).sort()).toEqual(
      [
        'checkout_started',
        'order_completed',
        'order_refunded',
        'page_viewed',
        'product_added',
        'product_viewed',
      ].sort(),
    );
    expect(events(400, { mix: 'shop' }).some(({ event_name }) => event_name === 'order_completed')).toBe(true);
  });

  it('knows the user from the checkout on, and one user per visitor', () => {
    const userOf = new Map<unknown, unknown>();
    for (const { event_name, anonymous_id, user_id } of sent) {
      if (['checkout_started', 'order_completed', 'order_refunded'].includes(String(event_name)))
        expect(user_id).toBeTypeOf('string');
      if (userOf.has(anonymous_id)) expect(user_id).toBe(userOf.get(anonymous_id));
      if (user_id !== undefined) userOf.set(anonymous_id, user_id);
    }
  });

  it('keeps the user agent of a visitor', () => {
    const agents = Map.groupBy(sent, ({ anonymous_id }) => anonymous_id);
    for (const of of agents.values()) expect(new Set(of.map(({ context }) => plain(context).user_agent)).size).toBe(1);
  });

  it('shows a campaign only where a visit lands, from the weighted list, and visits without any', () => {
    const campaigns = sent.filter(({ context }) => 'campaign' in plain(context));
    expect(campaigns.every(({ event_name }) => event_name === 'page_viewed')).toBe(true);
    const sources = new Set(campaigns.map(({ context }) => plain(plain(context).campaign).source));
    expect(sources).toEqual(new Set(['google', 'newsletter', 'facebook', 'coffee-guide']));
    const direct = named('page_viewed').filter(
      ({ context }) => plain(plain(context).page).referrer === undefined && !('campaign' in plain(context)),
    );
    expect(direct.length).toBeGreaterThan(100);
  });

  it('totals an order to the cent from its products and coupon', () => {
    const percents: Readonly<Record<string, bigint>> = { WELCOME10: 10n, AUTUMN15: 15n };
    const toCents = (text: unknown): bigint => BigInt(String(text).replace('.', ''));
    for (const { properties } of named('order_completed')) {
      const { total, products, coupon } = plain(properties);
      const lines = Array.isArray(products) ? products.map(plain) : [];
      const sum = lines.reduce((cents, { price, quantity }) => cents + toCents(price) * BigInt(Number(quantity)), 0n);
      const off = coupon === undefined ? 0n : (sum * (percents[String(coupon)] ?? 0n) + 50n) / 100n;
      expect(total).toMatch(/^\d+\.\d\d$/);
      expect(toCents(total)).toBe(sum - off);
    }
  });

  it('refunds an order once, after it, in its currency and never above it', () => {
    const orders = new Map<unknown, Plain>();
    const refunded = new Set<unknown>();
    for (const { event_name, properties } of sent) {
      const { order_id, total, currency } = plain(properties);
      if (event_name === 'order_completed') orders.set(order_id, plain(properties));
      if (event_name !== 'order_refunded') continue;
      expect(refunded.has(order_id)).toBe(false);
      refunded.add(order_id);
      expect(orders.get(order_id)?.currency).toBe(currency);
      expect(Number(total)).toBeLessThanOrEqual(Number(orders.get(order_id)?.total));
    }
    expect(refunded.size).toBeGreaterThan(10);
  });

  it('gives each order an id of its own, in every run', () => {
    const ids = (seed: number, at: number) =>
      events(3000, { mix: 'shop', seed, start: at })
        .filter(({ event_name }) => event_name === 'order_completed')
        .map(({ properties }) => plain(properties).order_id);
    const all = [...ids(1, start), ...ids(1, start + 1), ...ids(2, start)];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('malformed and refused', () => {
  it('takes every fault in turn, each with an id that says so', () => {
    const sent = take(14, { malformed: 1 });
    expect(new Set(sent.map(({ fault }) => fault)).size).toBe(7);
    for (const { event, expected } of sent) {
      expect(plain(event).event_id).toMatch(/^.{14}7f/);
      expect(expected).toBe('rejected');
    }
  });

  it('breaks what it says it breaks', () => {
    const byFault = new Map(take(7, { malformed: 1 }).map(({ event, fault }) => [fault, plain(event)]));
    expect(byFault.get('name_missing')).not.toHaveProperty('event_name');
    expect(byFault.get('name_not_text')?.event_name).toBe(42);
    expect(byFault.get('name_too_long')?.event_name).toHaveLength(300);
    expect(Date.parse(String(byFault.get('time_unreadable')?.event_time))).toBeNaN();
    expect(Date.parse(String(byFault.get('time_in_future')?.event_time)) - start).toBeGreaterThan(399 * 86_400_000);
    expect(String(plain(byFault.get('text_too_long')?.properties).note).length).toBe(65_536);
    expect(JSON.stringify(byFault.get('nul_character'))).toContain('\\u0000');
  });

  it('puts things that are no objects in the place of refused events', () => {
    expect(new Set(take(50, { refused: 1 }).map(({ event }) => event))).toEqual(
      new Set([null, 42, 'not an event', true]),
    );
  });
});
