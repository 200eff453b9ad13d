import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFakeLaptop, type FakeLaptop } from './support/fake-laptop.ts';
import { createFakeStack, type FakeStack } from './support/fake-stack.ts';
import { inProcess } from './support/in-process.ts';

let laptop: FakeLaptop;
let stack: FakeStack;
let restore: () => void;
beforeEach(async () => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  laptop = await createFakeLaptop();
  ({ stack, restore } = createFakeStack(`${laptop.url}/v1/events`));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  restore();
  await laptop.close();
});

const shop = ['--stack', 'shop'];

describe('millrace send', () => {
  it("sends one event with the key of the stack's secret, and prints its id alone", async () => {
    const { code, out, err } = await inProcess(['send', ...shop]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(laptop.requests()).toBe(1);
  });

  it('sends to a laptop what it is given, with an id in front', async () => {
    const { code, out } = await inProcess(['send', '--url', laptop.url, '-', '--json'], ' {"event_name":"x","n":1.50}');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ event_id: expect.any(String), collector: `${laptop.url}/v1/events` });
  });

  it('keeps the id that an event has', async () => {
    const { out } = await inProcess(['send', '--url', laptop.url, '{"event_id":"o-1","event_name":"x"}']);
    expect(out).toBe('o-1\n');
  });

  it('says which key the collector does not know, and shows none of a vault', async () => {
    const typed = await inProcess(['send', ...shop, '--write-key', 'wrong']);
    expect(typed).toMatchObject({ code: 1, err: expect.stringContaining('the write key "wrong" (401)') });
    stack.fails.GetSecretValue = Object.assign(new Error('no'), { name: 'ResourceNotFoundException' });
    const unread = await inProcess(['send', ...shop]);
    expect(unread).toMatchObject({ code: 1, err: expect.stringContaining('the secret could not be read') });
  });
});
