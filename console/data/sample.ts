import type { Overview } from '#core/status.ts';

export const SAMPLE = { events: 600, seconds: 30 } as const;

/** `asked`: posted, but no overview has shown it yet. `done`: it ran and has ended. */
export type SampleState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asked' }
  | { readonly kind: 'running'; readonly sent: number; readonly total: number }
  | { readonly kind: 'done'; readonly total: number }
  | { readonly kind: 'failed'; readonly message: string };

/** What one more overview says about the sample. A failure stays until the button is pressed again, or one runs after all. */
export const followSample = (state: SampleState, sample: Overview['sample']): SampleState => {
  if (sample) return { kind: 'running', ...sample };
  if (state.kind === 'running') return { kind: 'done', total: state.total };
  return state;
};

const messageOf = async (response: Response): Promise<string> => {
  const text = (await response.text().catch(() => '')).trim();
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null && 'message' in body) return String(body.message);
    if (typeof body === 'object' && body !== null && 'error' in body) return String(body.error);
  } catch {
    // not JSON: the text itself is the message
  }
  return text.slice(0, 300);
};

/** Undefined when the laptop took it, else a sentence for the reader. */
export const startSample = async (): Promise<string | undefined> => {
  try {
    const response = await fetch('/console/api/sample', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(SAMPLE),
      signal: AbortSignal.timeout(10_000),
    });
    if (response.ok) return undefined;
    const message = await messageOf(response);
    return `The laptop refused to send sample traffic (${response.status})${message ? `: ${message}` : '.'}`;
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return isLate
      ? 'The laptop did not answer within 10 s. It may have started all the same; watch the live flow.'
      : 'The laptop could not be reached, so no sample traffic was started.';
  }
};
