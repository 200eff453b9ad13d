import type { Resource, Stack } from '../template/stack.ts';
import { isRecord, type Path, type TemplateError } from '../template/template.ts';
import { type Expression, parseExpression } from './expression.ts';
import { toEventId, toRuleArn, toRuleName } from './names.ts';

/** One `Schedule` or `ScheduleV2` event of a function. */
export interface DeclaredSchedule {
  readonly type: 'Schedule' | 'ScheduleV2';
  readonly name: string;
  /** Of the EventBridge rule; a schedule of EventBridge Scheduler is not in the event and has none here. */
  readonly ruleArn: string | undefined;
  readonly expression: Expression;
  readonly isEnabled: boolean;
  /** The event as JSON text; undefined for what the service sends by itself. */
  readonly input: string | undefined;
}

type Members = Readonly<Record<string, unknown>>;
type Fault = (property: string, message: string) => TemplateError;

/** Properties that mean something here, or nothing that one could see on a laptop. Any other is an error. */
const properties: Readonly<Record<DeclaredSchedule['type'], readonly string[]>> = {
  Schedule: ['Schedule', 'Enabled', 'State', 'Input', 'Name', 'Description', 'RetryPolicy'],
  ScheduleV2: [
    'ScheduleExpression',
    'ScheduleExpressionTimezone',
    'FlexibleTimeWindow',
    'State',
    'Input',
    'Name',
    'OmitName',
    'Description',
    'RetryPolicy',
  ],
};

/** One such event as the template has it, worked out. */
interface Declared {
  readonly name: string;
  readonly type: DeclaredSchedule['type'];
  readonly members: Members;
  /** Where its properties stand. */
  readonly path: Path;
  readonly fault: Fault;
}

/** The schedules of a function (AWS SAM developer guide, "Schedule" and "ScheduleV2"). Throws `TemplateError`. */
export const toSchedules = (stack: Stack, resource: Resource): readonly DeclaredSchedule[] =>
  Object.entries(isRecord(resource.properties.Events) ? resource.properties.Events : {}).flatMap(([name, event]) => {
    if (!isRecord(event) || (event.Type !== 'Schedule' && event.Type !== 'ScheduleV2')) return [];
    const path: Path = [...resource.path, 'Properties', 'Events', name, 'Properties'];
    const fault: Fault = (property, message) =>
      stack.template.fault([...path, property], `${resource.logicalId}, event ${name}: ${message}`);
    const members = isRecord(event.Properties) ? event.Properties : {};
    return [toSchedule(stack, resource, { name, type: event.Type, members, path, fault })];
  });

const toSchedule = (stack: Stack, resource: Resource, declared: Declared): DeclaredSchedule => {
  const { type, members, fault } = declared;
  for (const property of Object.keys(members))
    if (!properties[type].includes(property))
      throw fault(property, `${property} is a property of a ${type} event that the laptop cannot run`);
  checkRetryPolicy(members.RetryPolicy, fault);
  const common = {
    type,
    isEnabled: readState(members, fault) && members.Enabled !== false,
    input: readInput(type, members.Input, fault),
  };
  if (type === 'Schedule') {
    checkEnabled(stack, declared);
    const name = toRuleName(stack, resource, declared.name, members.Name);
    return { ...common, name, ruleArn: toRuleArn(name), expression: readExpression('Schedule', members, fault) };
  }
  checkScheduler(members, fault);
  return {
    ...common,
    name: String(members.Name ?? toEventId(resource, declared.name)),
    ruleArn: undefined,
    expression: readExpression('ScheduleExpression', members, fault),
  };
};

const readExpression = (property: string, members: Members, fault: Fault): Expression => {
  const text = members[property];
  if (typeof text !== 'string') throw fault(property, `${property} must be rate(…) or cron(…)`);
  const expression = parseExpression(text);
  if (typeof expression === 'string') throw fault(property, expression);
  return expression;
};

const readState = ({ State: state = 'ENABLED' }: Members, fault: Fault): boolean => {
  if (state !== 'ENABLED' && state !== 'DISABLED') throw fault('State', `State is "${state}": say ENABLED or DISABLED`);
  return state === 'ENABLED';
};

/** SAM works out `Enabled` before CloudFormation has worked out a function in it, and so takes every function for true. */
const checkEnabled = ({ template }: Stack, { path, members, fault }: Declared): void => {
  if (members.Enabled === undefined) return;
  if (members.State !== undefined) throw fault('Enabled', 'State and Enabled exclude each other: say State');
  const written = [...path, 'Enabled'].reduce<unknown>(
    (value, key) => (isRecord(value) ? value[key] : undefined),
    template.root,
  );
  if (typeof written !== 'boolean')
    throw fault('Enabled', 'SAM takes a plain true or false in Enabled: say State, which may be worked out');
};

const checkScheduler = (members: Members, fault: Fault): void => {
  const {
    FlexibleTimeWindow: window,
    ScheduleExpressionTimezone: zone = 'UTC',
    OmitName: omitted,
    Name: name,
  } = members;
  if (window !== undefined && !(isRecord(window) && window.Mode === 'OFF'))
    throw fault('FlexibleTimeWindow', 'the laptop fires on time: FlexibleTimeWindow must be { Mode: OFF }');
  if (zone !== 'UTC') throw fault('ScheduleExpressionTimezone', 'the laptop reads schedules in UTC');
  if (omitted === true && name !== undefined) throw fault('Name', 'Name and OmitName exclude each other');
};

const readInput = (type: DeclaredSchedule['type'], input: unknown, fault: Fault): string | undefined => {
  if (input === undefined) return undefined;
  if (typeof input !== 'string') throw fault('Input', 'Input must be a string of JSON');
  if (type === 'ScheduleV2' && input.includes('<aws.scheduler.'))
    throw fault('Input', 'the laptop knows no <aws.scheduler.…> in Input');
  try {
    JSON.parse(input);
    return input;
  } catch {
    throw fault('Input', 'Input must be a string of JSON');
  }
};

/** How the service tries to reach Lambda again, which on a laptop it always reaches at once. */
const checkRetryPolicy = (policy: unknown, fault: Fault): void => {
  if (policy === undefined) return;
  const {
    MaximumEventAgeInSeconds: age = 60,
    MaximumRetryAttempts: attempts = 0,
    ...others
  } = isRecord(policy) ? policy : { policy };
  if (Object.keys(others).length > 0)
    throw fault('RetryPolicy', 'RetryPolicy holds MaximumEventAgeInSeconds and MaximumRetryAttempts only');
  if (!isWithin(age, 60, 86_400) || !isWithin(attempts, 0, 185))
    throw fault('RetryPolicy', 'MaximumEventAgeInSeconds must be 60 to 86400 and MaximumRetryAttempts 0 to 185');
};

export const isWithin = (value: unknown, min: number, max: number): boolean =>
  Number.isInteger(Number(value)) && Number(value) >= min && Number(value) <= max;
