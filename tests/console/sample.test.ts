import { afterEach, describe, expect, test, vi } from 'vitest';
import { followSample, startSample } from '#console/data/sample.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

const answering = (answer: () => Promise<Response>) => {
  const fetched = vi.fn<typeof fetch>(answer);
  vi.stubGlobal('fetch', fetched);
  return fetched;
};

describe('startSample', () => {
  test('posts how many and how long', async () => {
    const fetched = answering(async () => new Response('{}', { status: 202 }));
    expect(await startSample()).toBeUndefined();
    expect(fetched.mock.calls[0]?.[1]).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"events":600,"seconds":30}',
    });
  });

  test.each([
    ['{"message":"one is running"}', ': one is running'],
    ['{"error":"no stream"}', ': no stream'],
    ['plain words', ': plain words'],
    ['', '.'],
  ])('explains the refusal %j', async (body, ending) => {
    answering(async () => new Response(body, { status: 409 }));
    expect(await startSample()).toBe(`The laptop refused to send sample traffic (409)${ending}`);
  });

  test('explains that nobody is there', async () => {
    answering(async () => {
      throw new TypeError('Failed to fetch');
    });
    expect(await startSample()).toMatch(/could not be reached/);
  });
});

describe('followSample', () => {
  test('goes from asked to running to done', () => {
    const running = followSample({ kind: 'asked' }, { sent: 5, total: 600 });
    expect(running).toEqual({ kind: 'running', sent: 5, total: 600 });
    expect(followSample(running, null)).toEqual({ kind: 'done', total: 600 });
  });

  test('shows one that another page started', () => {
    expect(followSample({ kind: 'idle' }, { sent: 1, total: 2 })).toEqual({ kind: 'running', sent: 1, total: 2 });
  });

  test('keeps a failure until something runs', () => {
    const failed = { kind: 'failed', message: 'no' } as const;
    expect(followSample(failed, null)).toBe(failed);
  });
});
