import type { Expected } from '#core/traffic/tally.ts';
import type { Traffic } from '#core/traffic/traffic.ts';

export interface Batch {
  /** JSON text of each event. */
  readonly texts: readonly string[];
  /** What must become of each. */
  readonly expected: readonly Expected[];
}

/** Under what a Lambda behind an HTTP API takes (6 MB), with room for its wrapping. */
const largestBody = 4_000_000;

/** The next `size` sendings, or fewer where they are large. `at` is epoch milliseconds. */
export const nextBatch = (traffic: Traffic, size: number, at: number): Batch => {
  const texts: string[] = [];
  const expectations: Expected[] = [];
  let length = 0;
  while (texts.length < size && length < largestBody) {
    const { event, expected } = traffic.next(at);
    const text = JSON.stringify(event);
    texts.push(text);
    expectations.push(expected);
    length += text.length;
  }
  return { texts, expected: expectations };
};
