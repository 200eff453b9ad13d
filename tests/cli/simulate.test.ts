import { afterEach, describe, expect, it } from 'vitest';
import { millrace } from './support/cli.ts';
import { createFakeLaptop, type FakeLaptop, type Faults } from './support/fake-laptop.ts';
import { inProcess } from './support/in-process.ts';

const laptops: FakeLaptop[] = [];
const laptop = async (faults: Faults = {}): Promise<FakeLaptop> => {
  const started = await createFakeLaptop(faults);
  laptops.push(started);
  return started;
};
afterEach(async () => {
  for (const each of laptops.splice(0)) await each.close();
});

const trouble = ['--duplicates', '10', '--late', '10', '--malformed', '10', '--refused', '5'];
const simulate = async (url: string, args: readonly string[]) => {
  const rate = args.includes('--rate') ? [] : ['--rate', '2000'];
  const { code, out, err } = await inProcess(['simulate', '--url', url, ...rate, ...args, '--json']);
  return { code, err, report: out === '' ? undefined : JSON.parse(out) };
};

describe('millrace simulate', () => {
  it('finds every event accounted for, whatever trouble it sends, and survives a 503', async () => {
    const { url, requests } = await laptop({ unavailableOnce: true });
    const { code, err, report } = await simulate(url, ['--count', '1000', '--seed', '7', ...trouble]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(report).toMatchObject({ ok: true, seed: '7', sent: 1000, missing: 0, retries: 1, failure: null });
    expect(requests()).toBe(11);
    expect(report.loaded + report.rejected + report.duplicates_removed + report.refused).toBe(1000);
    expect(Object.keys(report.revenue)).toEqual(['EUR', 'USD']);
    for (const { expected, arrived } of Object.values<{ expected: unknown; arrived: unknown }>(report.revenue)) {
      expect(arrived).toEqual(expected);
    }
  });

  it('accepts that the door refuses a malformed event already, as long as it is refused once', async () => {
    const { url } = await laptop({ strictDoor: true });
    const { code, report } = await simulate(url, ['--count', '140', '--malformed', '100']);
    expect(code).toBe(0);
    expect(report).toMatchObject({ sent: 140, accepted: 100, refused: 40, rejected: 100, loaded: 0 });
  });

  it('sends again only the events that the stream did not take', async () => {
    const { url, requests } = await laptop({ partlyOnce: true });
    const { code, report } = await simulate(url, ['--count', '50']);
    expect({ code, accepted: report.accepted, requests: requests() }).toEqual({ code: 0, accepted: 50, requests: 2 });
  });

  it('ends with 1 and counts what is missing', async () => {
    const { url } = await laptop({ loses: 3 });
    const { code, report } = await simulate(url, ['--count', '200', '--wait-seconds', '1']);
    expect(code).toBe(1);
    expect(report).toMatchObject({ ok: false, missing: 3, loaded: 197 });
  });

  it('ends with 1 when an event is loaded twice', async () => {
    const { url } = await laptop({ doubles: true });
    const { code, report } = await simulate(url, ['--count', '100', '--wait-seconds', '1']);
    expect(code).toBe(1);
    expect(report.checks).toContainEqual({ name: 'loaded twice', expected: 0, found: 1, ok: false });
  });

  it('does not look into the warehouse with --no-wait', async () => {
    const { url } = await laptop({ loses: 3 });
    const { code, report } = await simulate(url, ['--count', '100', '--no-wait']);
    expect(code).toBe(0);
    expect(report).toMatchObject({ compared: false, accepted: 100, loaded: null, missing: null });
  });

  it('keeps its pace', async () => {
    const { url } = await laptop();
    const { report } = await simulate(url, ['--rate', '400', '--for', '2s', '--batch', '20', '--no-wait']);
    expect(report.sent).toBe(800);
    expect(report.seconds.sending).toBeGreaterThan(1.9);
    expect(report.seconds.sending).toBeLessThan(2.6);
  });

  it('ends with 1 and the fix when the write key is wrong', async () => {
    const { url } = await laptop();
    const { code, err } = await simulate(url, ['--count', '10', '--write-key', 'wrong']);
    expect(code).toBe(1);
    expect(err).toContain('does not know the write key "wrong" (401): give the right one with --write-key');
  });

  it('prints a table with a tick, or a cross and what differs', async () => {
    const [sound, lossy] = [await laptop(), await laptop({ loses: 1 })];
    const good = await millrace(['simulate', '--url', sound.url, '--count', '300', '--rate', '3000', ...trouble]);
    expect(good).toMatchObject({ code: 0 });
    expect(good.out).toMatch(/^sent +300$/m);
    expect(good.out).toMatch(/^missing +0 +0 {2}✓$/m);
    expect(good.out).toContain('✓ every event is accounted for');
    expect(good.err).toContain('300 events at 3,000/s');
    const bad = await inProcess([
      'simulate',
      '--url',
      lossy.url,
      '--count',
      '50',
      '--wait-seconds',
      '1',
      '--traffic',
      'tutorial',
    ]);
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/^missing +0 +1 {2}✗$/m);
    expect(bad.out).toContain('✗ 2 of ');
  });

  it('draws a bar on a terminal, over one line', async () => {
    const { url } = await laptop();
    const args = ['simulate', '--url', url, '--count', '400', '--rate', '800', '--batch', '50'];
    const { code, out, err } = await inProcess(args, '', { terminal: 80 });
    expect(code).toBe(0);
    const [, ...drawn] = err.split('\r\u001b[2K');
    expect(drawn.at(0)).toMatch(/^[█░]{24} +\d+ % {2}\d+ sent · [\d,]+\/s · \d+ accepted/);
    expect(err.split('\n')).toHaveLength(2);
    expect(out).toContain('\u001b[32m✓\u001b[39m');
  });

  it('ends the sending at Ctrl-C and still compares', async () => {
    const { url } = await laptop();
    const args = ['simulate', '--url', url, '--count', '100000', '--rate', '1000', '--json'];
    const { code, out } = await inProcess(args, '', { onInterrupt: (press) => setTimeout(press, 700) });
    const report = JSON.parse(out);
    expect({ code, missing: report.missing, compared: report.compared }).toEqual({
      code: 0,
      missing: 0,
      compared: true,
    });
    expect(report.sent).toBeLessThan(2000);
    expect(report.notes[0]).toMatch(/of 100,000 events were sent: it was interrupted/);
  });
});
