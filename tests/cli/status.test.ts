import { afterEach, describe, expect, it } from 'vitest';
import { createFakeLaptop, type FakeLaptop } from './support/fake-laptop.ts';
import { inProcess } from './support/in-process.ts';

const laptops: FakeLaptop[] = [];
const laptop = async (status: 'ok' | 'degraded' | 'starting'): Promise<FakeLaptop> => {
  const started = await createFakeLaptop({ status });
  laptops.push(started);
  return started;
};
afterEach(async () => {
  for (const each of laptops.splice(0)) await each.close();
});

describe('millrace status', () => {
  it('shows the stages in flow order, aligned, and the names of the resources', async () => {
    const { url } = await laptop('ok');
    const { code, out } = await inProcess(['status', '--url', `${url}/`]);
    expect(code).toBe(0);
    const lines = out.split('\n');
    expect(lines.filter((line) => line.startsWith('producer') || line.startsWith('queue  '))).toEqual([
      'producer  millrace-producer       3  1.3 s  412 requests · 41,200 events  30 s ago: stream throttled\\u001b[31m',
      'queue     millrace-landed         0    0 s  12 messages',
      `queue         ${url}/000000000000/landed`,
    ]);
    expect(out).toContain('millrace-lake-local');
  });

  it('prints the health object as it came with --json, and what the warehouse knows of loads', async () => {
    const { url } = await laptop('ok');
    const { code, out } = await inProcess(['status', '--url', url, '--json']);
    expect(code).toBe(0);
    const health = await (await fetch(`${url}/health`)).json();
    expect(JSON.parse(out)).toEqual({ ...health, loads: expect.objectContaining({ completeTo: null }), problems: [] });
  });

  it.each(['degraded', 'starting'] as const)('ends with 1 when the laptop is %s', async (status) => {
    const { url } = await laptop(status);
    const { code, out } = await inProcess(['status', '--url', url]);
    expect({ code, shown: out.includes(status) }).toEqual({ code: 1, shown: true });
  });

  it('says so when something else answers', async () => {
    const { url } = await laptop('ok');
    const { code, err } = await inProcess(['status', '--url', `${url}/elsewhere`]);
    expect(code).toBe(1);
    expect(err).toContain('is no laptop of Millrace');
  });

  it('draws again each second with --watch, until Ctrl-C', async () => {
    const { url } = await laptop('degraded');
    const { code, out } = await inProcess(['status', '--url', url, '--watch'], '', {
      terminal: 120,
      onInterrupt: (press) => setTimeout(press, 1500),
    });
    expect({ code, drawn: out.split('\u001b[H').length - 1 }).toEqual({ code: 0, drawn: 2 });
  });
});
