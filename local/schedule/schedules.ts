import type { Clock } from '../clock.ts';
import type { Gate } from '../iam/gate.ts';
import { toService } from '../iam/principal.ts';
import type { Invoke } from '../invoke.ts';
import { type AsyncInvoke, type AsyncInvokeStats, createAsyncInvoke } from '../lambda/async-invoke.ts';
import type { Random } from '../random.ts';
import { account, region } from '../template/resource-names.ts';
import type { Resource, Stack } from '../template/stack.ts';
import { isRecord } from '../template/template.ts';
import { type DeclaredSchedule, isWithin, toSchedules } from './from-template.ts';
import { createRule, type Rule } from './rule.ts';

export interface SchedulesSettings {
  readonly stack: Stack;
  readonly invoke: Invoke;
  /** Whether functions let EventBridge in. */
  readonly gate: Gate;
  readonly clock: Clock;
  readonly random: Random;
}

/** One scheduled function of the stack. */
export interface Schedule extends Rule {
  /** Logical id of the function. */
  readonly functionId: string;
  /** Fires no more, tries nothing again, and resolves when no run is under way. */
  drain(): Promise<void>;
  stats(): AsyncInvokeStats;
}

const events = toService('events.amazonaws.com');

/** Every schedule of the template, not started: the functions' events of type Schedule and ScheduleV2. */
export const createSchedules = (settings: SchedulesSettings): readonly Schedule[] =>
  settings.stack
    .ofType('AWS::Serverless::Function')
    .flatMap((resource) =>
      toSchedules(settings.stack, resource).map((declared) => createSchedule(settings, resource, declared)),
    );

const createSchedule = (
  { stack, invoke, gate, clock, random }: SchedulesSettings,
  resource: Resource,
  { type, name, ruleArn, expression, isEnabled, input }: DeclaredSchedule,
): Schedule => {
  const functionArn = String(resource.attributes.Arn);
  // Scheduler comes with the role that SAM makes for it, which may invoke this function and nothing else.
  const mayInvoke = (): boolean =>
    ruleArn === undefined ||
    gate.allows(events, {
      action: 'lambda:InvokeFunction',
      resource: functionArn,
      context: { 'aws:SourceArn': ruleArn, 'aws:SourceAccount': account },
    });
  const asyncInvoke: AsyncInvoke = createAsyncInvoke({ clock, invoke, ...readInvokeConfig(stack, resource) });
  const rule = createRule({
    name,
    clock,
    expression,
    isEnabled,
    // EventBridge Scheduler user guide, "Rate-based schedules": without a StartDate it starts invoking at once.
    firesAtOnce: type === 'ScheduleV2',
    send: async (dueAt) => {
      // Who is not let in is not tried again; the denial stands in the laptop's log.
      if (!mayInvoke()) return;
      const event = input ?? (ruleArn === undefined ? '{}' : toScheduledEvent(random.uuid(), ruleArn, dueAt));
      await asyncInvoke.send(resource.ref, event);
    },
  });
  return {
    ...rule,
    functionId: resource.logicalId,
    async drain() {
      rule.stop();
      await asyncInvoke.drain();
    },
    stop() {
      rule.stop();
      asyncInvoke.stop();
    },
    stats: asyncInvoke.stats,
  };
};

/** ("Event structure" of scheduled events in the EventBridge user guide; the time has no fraction.) */
const toScheduledEvent = (id: string, ruleArn: string, dueAt: number): string =>
  JSON.stringify({
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account,
    time: new Date(dueAt).toISOString().replace(/\.\d+Z$/, 'Z'),
    region,
    resources: [ruleArn],
    detail: {},
  });

/** A function's `EventInvokeConfig`, as far as it says how often an event is tried again. Throws `TemplateError`. */
const readInvokeConfig = (stack: Stack, { logicalId, path, properties }: Resource) => {
  const { EventInvokeConfig: config } = properties;
  if (config === undefined) return {};
  const {
    MaximumRetryAttempts: attempts = 2,
    MaximumEventAgeInSeconds: age = 21_600,
    ...others
  } = isRecord(config) ? config : { config };
  if (Object.keys(others).length > 0 || !isWithin(attempts, 0, 2) || !isWithin(age, 60, 21_600))
    throw stack.template.fault(
      [...path, 'Properties', 'EventInvokeConfig'],
      `${logicalId}: of EventInvokeConfig the laptop knows MaximumRetryAttempts, 0 to 2, and MaximumEventAgeInSeconds, 60 to 21600`,
    );
  return { maximumRetryAttempts: Number(attempts), maximumEventAgeInSeconds: Number(age) };
};
