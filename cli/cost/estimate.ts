import type { Given } from '../command.ts';
import { recordOf } from '../json.ts';
import { readTemplate, type Template } from '../template/template.ts';
import { parseChoice, parseNumber, parseWhole } from '../values.ts';
import { type Lever, levers, type Setting } from './levers.ts';
import { type Line, monthlyCost, type Workload } from './model.ts';
import { toPlan } from './plan.ts';
import { prices } from './prices.ts';

/** What the estimate is printed from. */
export interface Estimate {
  readonly workload: Workload;
  readonly freshness: string;
  readonly baseCapacity: number;
  readonly idle: readonly Line[];
  readonly busy: readonly Line[];
  readonly levers: readonly Lever[];
  readonly notes: readonly string[];
}

const allowed = (template: Template, parameter: string): readonly string[] => {
  const values = recordOf(template.parameters[parameter]).AllowedValues;
  return Array.isArray(values) ? values.map(String) : [];
};

const readSetting = (
  given: Given,
  template: Template,
): { readonly setting: Setting; readonly parameters: Record<string, string> } => {
  const text = (option: string): string => given.value(option) ?? '';
  const [freshness, base] = [given.value('freshness'), given.value('base-capacity')];
  const parameters = {
    ...(freshness !== undefined && { Freshness: parseChoice('freshness', freshness, allowed(template, 'Freshness')) }),
    ...(base !== undefined && { BaseCapacity: parseChoice('base-capacity', base, allowed(template, 'BaseCapacity')) }),
  };
  const workload = {
    eventsPerSecond: parseNumber('events-per-second', text('events-per-second'), { low: 0, high: 1_000_000 }),
    batch: parseWhole('batch', text('batch'), { low: 1, high: 10_000 }),
    eventBytes: parseWhole('event-bytes', text('event-bytes'), { low: 20, high: 1_000_000 }),
  };
  return { setting: { plan: toPlan(template, parameters), workload }, parameters };
};

const alternatives = (template: Template, now: Setting, parameters: Readonly<Record<string, string>>) => [
  ...allowed(template, 'Freshness')
    .filter((freshness) => freshness !== now.plan.freshness)
    .map((freshness) => ({
      change: `Freshness=${freshness}`,
      plan: toPlan(template, { ...parameters, Freshness: freshness }),
      workload: now.workload,
    })),
  ...allowed(template, 'BaseCapacity')
    .filter((base) => Number(base) < now.plan.baseCapacity)
    .map((base) => ({
      change: `BaseCapacity=${base}`,
      plan: toPlan(template, { ...parameters, BaseCapacity: base }),
      workload: now.workload,
    })),
  ...[10, 100]
    .filter((batch) => batch > now.workload.batch)
    .map((batch) => ({
      change: `${batch} events in a request`,
      plan: now.plan,
      workload: { ...now.workload, batch },
    })),
];

/** The whole estimate; throws UsageError that names the option. */
export const estimate = (given: Given): Estimate => {
  const template = readTemplate();
  const { setting, parameters } = readSetting(given, template);
  const { plan, workload } = setting;
  return {
    workload,
    freshness: plan.freshness,
    baseCapacity: plan.baseCapacity,
    idle: monthlyCost(plan, { ...workload, eventsPerSecond: 0 }),
    busy: monthlyCost(plan, workload),
    levers: levers(setting, alternatives(template, setting, parameters)),
    notes: [
      `Planning numbers of ${prices.date} for ${prices.region}, from ${prices.source}; free tiers are not subtracted.`,
      'Traffic is steady, and nobody asks the warehouse: each question outside of a load wakes it for a minute at least.',
      ...(plan.unknown.length === 0 ? [] : [`Not priced: ${plan.unknown.join(', ')}.`]),
    ],
  };
};
