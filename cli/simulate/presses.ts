/** What Ctrl-C means during a run: the first ends the sending, the next the waiting, and one more the process. */
export interface Presses {
  readonly sending: AbortSignal;
  readonly waiting: AbortSignal;
  /** The sending is over by itself: the next Ctrl-C ends the waiting. */
  sent(): void;
  release(): void;
}

export const createPresses = (onInterrupt: (task: () => void) => () => void): Presses => {
  const sending = new AbortController();
  const waiting = new AbortController();
  const release = onInterrupt(() => {
    if (!sending.signal.aborted) {
      sending.abort();
      return;
    }
    waiting.abort();
    release();
  });
  return { sending: sending.signal, waiting: waiting.signal, sent: () => sending.abort(), release };
};
