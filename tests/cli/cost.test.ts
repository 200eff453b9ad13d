import { describe, expect, it } from 'vitest';
import { levers } from '#cli/cost/levers.ts';
import {
  apiDollars,
  awakeShare,
  monthlyCost,
  streamDollars,
  toFlow,
  total,
  warehouseDollars,
} from '#cli/cost/model.ts';
import { type Plan, toPlan } from '#cli/cost/plan.ts';
import { tiered } from '#cli/cost/prices.ts';
import { recordOf } from '#cli/json.ts';
import { readTemplate } from '#cli/template/template.ts';
import { inProcess } from './support/in-process.ts';

const plan: Plan = {
  freshness: 'standard',
  dial: { transform: 20, delivery: 60, load: 30 },
  deliveryBytes: 64 * 1024 * 1024,
  transformBytes: 512 * 1024,
  baseCapacity: 4,
  memoryMb: { producer: 256, transformer: 512, loader: 512, reconciler: 256 },
  alarms: 10,
  dashboards: 1,
  secrets: 2,
  metrics: 6,
  logDays: 14,
  unknown: [],
};
const every = (delivery: number): Plan => ({ ...plan, dial: { ...plan.dial, delivery } });
const steady = { eventsPerSecond: 10, batch: 1, eventBytes: 1000 };
const perMonth = (seconds: number): number => (30 * 86_400) / seconds;

/** The worked numbers that the prices were noted down with: 30 days, us-east-1. */
describe('prices worked by hand', () => {
  it('100 million events of 1 KB, one a record, cost $14.50 of stream; five in a record $2.90', () => {
    expect(streamDollars(100e6, 1000)).toBeCloseTo(14.5, 6);
    expect(streamDollars(20e6, 5000)).toBeCloseTo(2.9, 6);
  });

  it('100 million requests of the HTTP API cost $100, and beyond 300 million $0.90 a million', () => {
    expect(apiDollars(100e6, 1000)).toBeCloseTo(100, 6);
    expect(apiDollars(400e6, 1000)).toBeCloseTo(300 + 90, 6);
    expect(apiDollars(1e6, 513_000)).toBeCloseTo(2, 6);
  });

  it.each([
    ['4 RPUs, a load each 60 s', 4, 60, 1080],
    ['8 RPUs, a load each 60 s', 8, 60, 2160],
    ['128 RPUs, a load each 60 s', 128, 60, 34_560],
    ['8 RPUs, a load each 5 min', 8, 300, 432],
    ['8 RPUs, a load each 15 min', 8, 900, 144],
    ['8 RPUs, a load each second: never more than always awake', 8, 1, 2160],
  ])('%s', (_, rpus, seconds, dollars) => {
    expect(warehouseDollars(rpus, awakeShare(perMonth(seconds)))).toBeCloseTo(dollars, 6);
  });

  it('takes each tier at its own price', () => {
    const tiers = [
      { upTo: 10, dollars: 2 },
      { upTo: Number.POSITIVE_INFINITY, dollars: 1 },
    ];
    expect([5, 10, 15].map((amount) => tiered(amount, tiers))).toEqual([10, 20, 25]);
  });
});

describe('the flow of a month', () => {
  it('has a load for each delivery, and for each window where deliveries come faster', () => {
    expect(toFlow(every(60), steady).loads).toBeCloseTo(perMonth(60), 6);
    expect(toFlow(every(900), steady).loads).toBeCloseTo(perMonth(900), 6);
    expect(toFlow(every(1), steady).loads).toBeCloseTo(perMonth(30), 6);
  });

  it('has no more loads than requests', () => {
    const rare = { ...steady, eventsPerSecond: 1 / 3600 };
    expect(toFlow(plan, rare)).toMatchObject({ requests: 720, transformations: 720, objects: 720, loads: 720 });
  });

  it('is nothing while nothing is sent', () => {
    const { requestBytes: _, ...flow } = toFlow(plan, { ...steady, eventsPerSecond: 0 });
    expect(new Set(Object.values(flow))).toEqual(new Set([0]));
  });
});

describe('the bill', () => {
  it('of an idle stack is what is there whatever is sent: alarms, dashboard, secrets, polls, checks', () => {
    const lines = monthlyCost(plan, { ...steady, eventsPerSecond: 0 });
    const dear = Object.fromEntries(
      lines.filter(({ dollars }) => dollars > 0).map((line) => [line.resource, line.dollars]),
    );
    const { checks = 0, ...others } = dear;
    expect(others).toEqual({ dashboards: 3, alarms: 1, secrets: 0.8, queue: 0.648 * 0.4 });
    // 43,200 short runs of 256 MB, as many listings and a fifth as many again, and a fifth as many metrics.
    expect(checks).toBeCloseTo(0.00864 + 0.0576 + 51.84 * 0.005 + 8.64 * 0.01, 5);
  });

  it('names the dearest first, and adds up', () => {
    const lines = monthlyCost(plan, steady);
    const dollars = lines.map((line) => line.dollars);
    expect(dollars).toEqual([...dollars].sort((a, b) => b - a));
    expect(lines[0]?.resource).toBe('warehouse');
    expect(total(lines)).toBeCloseTo(
      dollars.reduce((sum, each) => sum + each, 0),
      9,
    );
  });

  it('has no warehouse where one is brought along', () => {
    expect(monthlyCost({ ...plan, baseCapacity: 0 }, steady).map(({ resource }) => resource)).not.toContain(
      'warehouse',
    );
  });

  it('grows with the rate', () => {
    const at = (eventsPerSecond: number): number => total(monthlyCost(plan, { ...steady, eventsPerSecond }));
    expect(at(0)).toBeLessThan(at(1));
    expect(at(1)).toBeLessThan(at(100));
  });

  it('says which change saves most, and leaves out what saves nothing', () => {
    const now = { plan, workload: steady };
    const found = levers(now, [
      { change: 'nothing', ...now },
      { change: 'batches', plan, workload: { ...steady, batch: 100 } },
      { change: 'fifteen minutes', plan: every(900), workload: steady },
    ]);
    expect(found.map(({ change }) => change)).toEqual(['fifteen minutes', 'batches']);
    expect(found[0]?.saves).toBeGreaterThan(1000);
  });
});

describe('the plan', () => {
  const template = readTemplate();
  const planOf = (parameters: Record<string, string>): Plan => toPlan(template, parameters);

  it('is read from template.yaml, and every type of resource there is priced or known to be free', () => {
    const found = planOf({});
    const standard = recordOf(recordOf(template.mappings.FreshnessDial).standard);
    expect(found.dial).toEqual({
      transform: Number(standard.TransformSeconds),
      delivery: Number(standard.DeliverySeconds),
      load: Number(standard.LoadSeconds),
    });
    expect(found).toMatchObject({
      freshness: 'standard',
      unknown: [],
    });
    expect(found.baseCapacity).toBeGreaterThan(0);
    expect(found.secrets).toBeGreaterThan(0);
    expect(found.memoryMb.transformer).toBeGreaterThan(128);
    expect(found.transformBytes).toBe(512 * 1024);
  });

  it('follows the parameters', () => {
    const slow = planOf({ Freshness: 'economy', BaseCapacity: '8' });
    expect(slow.baseCapacity).toBe(8);
    expect(slow.dial.delivery).toBeGreaterThan(planOf({}).dial.delivery);
    const brought = { WorkgroupName: 'mine', SecretArn: 'arn', CopyRoleArn: 'arn' };
    expect(planOf(brought)).toMatchObject({ baseCapacity: 0, secrets: planOf({}).secrets - 1 });
  });
});

describe('millrace cost', () => {
  it('shows idle and busy side by side, and says where the prices are from', async () => {
    const { code, out } = await inProcess(['cost', '--events-per-second', '2', '--freshness', 'economy']);
    expect(code).toBe(0);
    expect(out).toMatch(/^warehouse +\$0\.00 +\$72 /m);
    expect(out).toMatch(/^together +\$\d/m);
    expect(out).toContain('Planning numbers of 2026-09-25 for us-east-1');
  });

  it('gives the same as JSON', async () => {
    const { code, out } = await inProcess(['cost', '--json', '--base-capacity', '8']);
    expect(code).toBe(0);
    const { busy, idle, levers: found, base_capacity: base } = JSON.parse(out);
    expect(base).toBe(8);
    expect(busy.dollars).toBeGreaterThan(idle.dollars);
    expect(found[0]).toMatchObject({ change: 'Freshness=economy' });
    expect(found.map(({ change }: { change: string }) => change)).toContain('BaseCapacity=4');
  });
});
