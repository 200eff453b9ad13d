import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AwsError } from '#local/aws-error.ts';
import { createGateway } from '#local/http-api/gateway.ts';
import { toStatements } from '#local/iam/from-template.ts';
import { createIam } from '#local/iam/iam.ts';
import type { Invocation } from '#local/invoke.ts';
import { systemRandom } from '#local/random.ts';
import { createSchedules } from '#local/schedule/schedules.ts';
import { createStack, type Stack } from '#local/template/stack.ts';
import { readTemplate } from '#local/template/template.ts';
import { createVirtualClock } from '#tests/virtual-clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'schedule-'));
afterAll(() => rmSync(folder, { recursive: true }));

const stackOf = (event: string, more = '', parameters: Record<string, string> = {}): Stack => {
  const file = join(folder, 'template.yaml');
  writeFileSync(
    file,
    `Parameters:
  State: { Type: String, Default: ENABLED }
Resources:
  ReconcilerFunction:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: reconciler
${more}      Events:
        Every:
${event
  .split('\n')
  .map((line) => `          ${line}`)
  .join('\n')}
`,
  );
  return createStack(readTemplate(file), { name: 'stack', parameters, awsUrl: 'http://localhost:1' });
};
const schedule = (properties: string, type = 'Schedule'): string => `Type: ${type}\nProperties: ${properties}`;

const minute = 60_000;

const setUp = (event: string, more?: string, parameters?: Record<string, string>) => {
  const clock = createVirtualClock();
  const start = clock.now();
  const stack = stackOf(event, more, parameters);
  const iam = createIam({ statements: toStatements(stack), clock, random: systemRandom });
  const calls: { readonly minute: number; readonly name: string; readonly event: string }[] = [];
  let answer = async (): Promise<Invocation> => ({ payload: 'null' });
  const schedules = createSchedules({
    stack,
    gate: iam,
    clock,
    random: systemRandom,
    invoke: (name, sent) => {
      calls.push({ minute: (clock.now() - start) / minute, name, event: sent });
      return answer();
    },
  });
  const [only, ...others] = schedules;
  if (only === undefined || others.length > 0) throw new Error('one schedule is wanted');
  return {
    clock,
    iam,
    only,
    calls,
    minutes: () => calls.map((call) => call.minute),
    answer: (next: typeof answer) => {
      answer = next;
    },
  };
};

const failed = async (): Promise<Invocation> => ({ payload: '{"errorMessage":"no"}', functionError: 'Unhandled' });

describe('a Schedule event', () => {
  it('fires one rate after it was made, then every rate, with the event of EventBridge', async () => {
    const { clock, only, calls, minutes } = setUp(schedule('{ Schedule: rate(5 minutes) }'));
    only.start();
    await clock.advance(5 * minute - 1);
    expect(calls).toEqual([]);
    await clock.advance(1);
    expect(calls.map(({ name, event }) => ({ name, event: JSON.parse(event) }))).toEqual([
      {
        name: 'reconciler',
        event: {
          version: '0',
          id: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
          'detail-type': 'Scheduled Event',
          source: 'aws.events',
          account: '000000000000',
          time: '2026-11-22T10:05:00Z',
          region: 'us-east-1',
          resources: [
            expect.stringMatching(
              /^arn:aws:events:us-east-1:000000000000:rule\/stack-ReconcilerFunctionEvery-[0-9A-Z]{12}$/,
            ),
          ],
          detail: {},
        },
      },
    ]);
    await clock.advance(10 * minute);
    expect(minutes()).toEqual([5, 10, 15]);
  });

  it('sends its Input, under its own Name', async () => {
    const { clock, only, calls } = setUp(
      schedule(`{ Schedule: rate(1 hour), Input: '{"a":1}', Name: hourly, RetryPolicy: { MaximumRetryAttempts: 3 } }`),
    );
    only.start();
    await clock.advance(60 * minute);
    expect(only.name).toBe('hourly');
    expect(calls.map(({ event }) => event)).toEqual(['{"a":1}']);
  });

  it('fires by cron in UTC', async () => {
    const { clock, only, minutes } = setUp(schedule("{ Schedule: 'cron(0/20 10-11 * * ? *)' }"));
    only.start();
    await clock.advance(26 * 60 * minute);
    expect(minutes()).toEqual([20, 40, 60, 80, 100, 1440, 1460, 1480, 1500, 1520, 1540]);
  });

  it('waits longer than a timer of Node can', async () => {
    const { clock, only, minutes } = setUp(schedule('{ Schedule: rate(30 days) }'));
    const longest: number[] = [];
    const { after } = clock;
    Object.assign(clock, {
      after: (ms: number, task: () => void) => {
        longest.push(ms);
        return after(ms, task);
      },
    });
    only.start();
    await clock.advance(31 * 1440 * minute);
    expect(minutes()).toEqual([30 * 1440]);
    expect(Math.max(...longest)).toBeLessThan(2 ** 31);
  });

  it.each([
    ['Enabled: false', undefined],
    ['State: DISABLED', undefined],
    ['State: !Ref State', { State: 'DISABLED' }],
  ])('with %s fires only when it is told to', async (state, parameters) => {
    const { clock, only, minutes } = setUp(schedule(`{ Schedule: rate(1 minute), ${state} }`), '', parameters);
    only.start();
    await clock.advance(10 * minute);
    expect(only.nextAt()).toBeUndefined();
    await only.fire();
    expect(minutes()).toEqual([10]);
  });

  it('tries a failed event again after one and two minutes, and then drops it', async () => {
    const { clock, only, calls, minutes, answer } = setUp(schedule('{ Schedule: rate(1 hour) }'));
    answer(failed);
    only.start();
    await clock.advance(70 * minute);
    expect(minutes()).toEqual([60, 61, 63]);
    expect(new Set(calls.map(({ event }) => event)).size).toBe(1);
    expect(only.stats()).toMatchObject({
      counts: { events: 1, retries: 2, dropped: 1 },
      lastError: { message: 'reconciler: {"errorMessage":"no"}' },
    });
  });

  it('tries nothing again that went well the second time, nor more often than EventInvokeConfig says', async () => {
    const once = setUp(schedule('{ Schedule: rate(1 hour) }'));
    once.answer(async () => {
      once.answer(async () => ({ payload: 'null' }));
      throw new AwsError('TooManyRequestsException', 'later');
    });
    once.only.start();
    await once.clock.advance(70 * minute);
    expect(once.minutes()).toEqual([60, 61]);

    const never = setUp(
      schedule('{ Schedule: rate(1 hour) }'),
      '      EventInvokeConfig: { MaximumRetryAttempts: 0 }\n',
    );
    never.answer(failed);
    never.only.start();
    await never.clock.advance(70 * minute);
    expect(never.minutes()).toEqual([60]);
  });

  it('fires while an earlier firing still runs', async () => {
    const { clock, only, minutes, answer } = setUp(schedule('{ Schedule: rate(1 minute) }'));
    answer(() => new Promise(() => undefined));
    only.start();
    await clock.advance(3 * minute);
    expect(minutes()).toEqual([1, 2, 3]);
    expect(only.stats().running).toBe(3);
  });

  it('fires no more once it is drained, which waits for the run under way and tries nothing again', async () => {
    const { clock, only, minutes, answer } = setUp(schedule('{ Schedule: rate(1 minute) }'));
    let end: (invocation: Invocation) => void = () => undefined;
    answer(() => new Promise((resolve) => (end = resolve)));
    only.start();
    await clock.advance(minute);
    let isDrained = false;
    const drained = only.drain().then(() => {
      isDrained = true;
    });
    await clock.advance(10 * minute);
    expect(isDrained).toBe(false);
    end(await failed());
    await drained;
    await clock.advance(10 * minute);
    expect(minutes()).toEqual([1]);
    expect(clock.pending()).toBe(0);
  });

  it('fires no more once it is stopped, not even when told to', async () => {
    const { clock, only, calls } = setUp(schedule('{ Schedule: rate(1 minute) }'));
    only.start();
    only.stop();
    await clock.advance(10 * minute);
    await only.fire();
    expect(calls).toEqual([]);
    expect(clock.pending()).toBe(0);
  });

  it('reaches the function through the permission that SAM makes for its rule', async () => {
    const { clock, iam, only, minutes } = setUp(schedule('{ Schedule: rate(1 minute) }'));
    const [permission, ...others] = iam.statements;
    if (permission === undefined) throw new Error('no permission');
    expect(others).toEqual([]);
    only.start();
    const restore = iam.suspend(permission.statement);
    await clock.advance(minute);
    restore();
    await clock.advance(minute);
    expect(minutes()).toEqual([2]);
  });
});

describe('a ScheduleV2 event', () => {
  it('with a rate fires at once, then every rate, and sends an empty event', async () => {
    const { clock, only, calls, minutes } = setUp(schedule('{ ScheduleExpression: rate(2 minutes) }', 'ScheduleV2'));
    only.start();
    await clock.advance(4 * minute);
    expect(minutes()).toEqual([0, 2, 4]);
    expect(new Set(calls.map(({ event }) => event))).toEqual(new Set(['{}']));
    expect(only.name).toBe('ReconcilerFunctionEvery');
  });

  it('with cron fires when it is due, and needs no permission of the function', async () => {
    const { clock, iam, only, minutes } = setUp(
      schedule("{ ScheduleExpression: 'cron(1 10 * * ? *)', Input: '[]' }", 'ScheduleV2'),
    );
    expect(iam.statements).toEqual([]);
    only.start();
    await clock.advance(5 * minute);
    expect(minutes()).toEqual([1]);
  });
});

describe('a schedule in the template', () => {
  it.each([
    ['Schedule', 'Schedule: rate(1 minutes)', 'rate(1 minutes): AWS wants rate(1 minute)'],
    ['Schedule', 'Schedule: rate(5 minute)', 'rate(5 minute): AWS wants rate(5 minutes)'],
    ['Schedule', 'Schedule: rate(5 seconds)', 'rate(5 seconds): say a whole number'],
    ['Schedule', 'Schedule: rate(0 minutes)', 'rate(0 minutes): say a whole number'],
    ['Schedule', 'Schedule: cron(0 1 1 * MON *)', 'one of day-of-month and day-of-week must be ?'],
    ['Schedule', 'Schedule: at(2026-11-22T10:00:00)', 'is no schedule that the laptop knows'],
    ['Schedule', 'ScheduleExpression: rate(1 minute)', 'ScheduleExpression is a property of a Schedule event'],
    ['Schedule', 'DeadLetterConfig: { Type: SQS }', 'DeadLetterConfig is a property'],
    ['Schedule', 'State: "On"', 'State is "On"'],
    ['Schedule', 'Enabled: !Equals [a, b]', 'SAM takes a plain true or false in Enabled'],
    ['Schedule', 'Enabled: !Ref State', 'SAM takes a plain true or false in Enabled'],
    ['Schedule', 'Input: { a: 1 }', 'Input must be a string of JSON'],
    ['Schedule', 'Input: nope', 'Input must be a string of JSON'],
    ['Schedule', 'RetryPolicy: { MaximumRetryAttempts: 186 }', 'MaximumRetryAttempts 0 to 185'],
    ['ScheduleV2', 'ScheduleExpressionTimezone: Europe/Rome', 'the laptop reads schedules in UTC'],
    ['ScheduleV2', 'RoleArn: "arn:aws:iam::000000000000:role/r"', 'RoleArn is a property'],
    ['ScheduleV2', 'FlexibleTimeWindow: { Mode: FLEXIBLE }', 'FlexibleTimeWindow must be'],
  ])('%s with %s is refused at its line', (type, property, message) => {
    const own = type === 'Schedule' ? 'Schedule' : 'ScheduleExpression';
    const filler = property.startsWith(`${own}:`) ? 'Description: d' : `${own}: rate(1 minute)`;
    const event = `Type: ${type}\nProperties:\n  ${filler}\n  ${property}`;
    const run = () => setUp(event);
    expect(run).toThrow(message);
    expect(run).toThrow(/template\.yaml:13: ReconcilerFunction, event Every: /);
  });

  it('is refused without an expression, and with State beside Enabled', () => {
    expect(() => setUp(schedule('{ Description: d }'))).toThrow('Schedule must be rate(…) or cron(…)');
    expect(() => setUp(schedule('{ Schedule: rate(1 day), State: ENABLED, Enabled: true }'))).toThrow(
      'State and Enabled exclude each other',
    );
  });

  it('is none of the HTTP API, which refuses event types that nobody runs', () => {
    const gatewayOf = (event: string) =>
      createGateway({
        stack: stackOf(event),
        invoke: failed,
        clock: createVirtualClock(),
        random: systemRandom,
      });
    expect(gatewayOf(schedule('{ Schedule: rate(1 day) }')).requests()).toBe(0);
    expect(gatewayOf(schedule('{ ScheduleExpression: rate(1 day) }', 'ScheduleV2')).requests()).toBe(0);
    expect(() => gatewayOf(schedule('{}', 'SNS'))).toThrow('SNS is an event type that the laptop cannot run');
  });
});
