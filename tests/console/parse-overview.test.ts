import { describe, expect, test } from 'vitest';
import { parseOverview, UnexpectedAnswer } from '#console/data/parse-overview.ts';
import { SCENES } from '#tests/browser/scenes.ts';

const MOMENT = { now: Date.UTC(2026, 10, 22, 10, 42), seconds: 7, minutes: 15 };

describe('parseOverview', () => {
  test.each(Object.entries(SCENES))('takes the scene %s as it is', (_, scene) => {
    const sent: unknown = JSON.parse(JSON.stringify(scene(MOMENT)));
    expect(parseOverview(sent)).toEqual(sent);
  });

  test('names the field that is wrong', () => {
    const busy = SCENES.busy(MOMENT);
    const [first, ...others] = busy.revenue;
    const broken = { ...busy, revenue: [{ ...first, net: 12.5 }, ...others] };
    expect(() => parseOverview(broken)).toThrow(new UnexpectedAnswer('overview.revenue[0].net is not decimal text'));
  });

  test('refuses a status that it does not know', () => {
    const busy = SCENES.busy(MOMENT);
    expect(() => parseOverview({ ...busy, health: { ...busy.health, status: 'fine' } })).toThrow(
      /status is not one of/,
    );
  });

  test.each([null, [], 'text', 7, {}])('refuses %j', (value) => {
    expect(() => parseOverview(value)).toThrow(UnexpectedAnswer);
  });
});
