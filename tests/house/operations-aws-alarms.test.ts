import { describe, expect, it } from 'vitest';
import { type Datum, stateOf } from './operations/alarm.ts';
import { alarmsOf, stackWith } from './operations/stacks.ts';

const minute = 60_000;
const alarms = alarmsOf(stackWith({ KinesisStreamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/clicks' }));

/** Figures of a minute each, the newest last, by the id of the metric; `value` is the metric of an alarm without arithmetic. */
type Figures = Readonly<Record<string, readonly number[]>>;
const always = (value: number, minutes: number): readonly number[] => Array(minutes).fill(value);

const toData = (id: string, figures: Figures, now: number): Datum[] =>
  (alarms.get(id)?.metrics ?? []).flatMap((use) => {
    const values = figures[use.id] ?? [];
    return values.map((value, at) => ({ ...use, unit: '', at: now - (values.length - 1 - at) * minute, value }));
  });

/** What an alarm is for, and what looks like it and is not. */
const cases: readonly (readonly [string, Figures, Figures])[] = [
  ['CollectorErrorsAlarm', { failed: always(2, 15), requests: always(100, 15) }, { requests: always(100, 15) }],
  ['CollectorLatencyAlarm', { value: always(3500, 15) }, { value: [...always(200, 12), ...always(3500, 3)] }],
  ['StreamThrottledAlarm', { value: always(1, 15) }, { value: [...always(0, 14), 7] }],
  ['TransformationAlarm', { value: [1, 0.8] }, { value: [1, 1] }],
  ['StreamLateAlarm', { value: always(1000, 15) }, { value: [...always(1000, 14), 30] }],
  ['StreamDeliveryAlarm', { value: always(0.5, 30) }, { value: always(1, 30) }],
  [
    'KinesisStreamLateAlarm',
    { behind: always(850_000, 15), waiting: always(100, 15) },
    { behind: always(850_000, 15) },
  ],
  ['KinesisTransformationAlarm', { value: [1, 0] }, { value: [1] }],
  ['KinesisStreamDeliveryAlarm', { value: always(0, 30) }, { value: always(1, 30) }],
  ['QueueAgeAlarm', { value: always(1000, 15) }, { value: [...always(1000, 12), 0, 0, 0] }],
  ['DeadLettersAlarm', { value: [0, 1] }, { value: [0, 0] }],
  ['FunctionErrorsAlarm', { loader: [1, ...always(0, 11), 1] }, { producer: [1] }],
  ['FunctionThrottlesAlarm', { transformer: always(1, 10) }, { producer: [1], loader: [1] }],
  ['SpendAlarm', { rpu_seconds: always((49 * 3600) / 1440, 1440) }, { rpu_seconds: always((47 * 3600) / 1440, 1440) }],
];

describe('alarms on metrics of AWS', () => {
  it.each(cases)('%s goes off for what it is for, and not for less', (id, bad, good) => {
    const now = Date.UTC(2026, 10, 22, 10);
    const alarm = alarms.get(id);
    if (alarm === undefined) throw new Error(`there is no ${id}`);
    expect(stateOf(alarm, toData(id, good, now), now)).toBe('OK');
    expect(stateOf(alarm, toData(id, bad, now), now)).toBe('ALARM');
  });

  it('are all tried above', () => {
    const ofAws = [...alarms].filter(([, { metrics }]) =>
      metrics.every(({ namespace }) => namespace.startsWith('AWS/')),
    );
    expect(cases.map(([id]) => id).sort()).toEqual(ofAws.map(([id]) => id).sort());
  });
});
