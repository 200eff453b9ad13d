import type { Overview } from '#core/status.ts';
import { parseOverview } from './parse-overview.ts';
import { addSample, type History } from './rates.ts';

/** `silent`: nothing answers. `refused`: something answers, but not with an overview. */
export interface Problem {
  readonly kind: 'silent' | 'refused';
  readonly message: string;
  readonly since: number;
}

/** All that the page knows. After a failure the last overview stays, with the problem beside it. */
export interface FeedState {
  readonly overview: Overview | null;
  /** The window that `overview` was asked for. */
  readonly minutes: number;
  readonly history: History;
  readonly problem: Problem | null;
  readonly answeredAt: number | null;
}

export class Refusal extends Error {
  override readonly name = 'Refusal';
}

const ANSWER_WITHIN_MS = 8_000;

/** Rejects with `Refusal` or `UnexpectedAnswer` when something answered, with anything else when nothing did. */
export const askOverview = async (minutes: number, signal: AbortSignal): Promise<Overview> => {
  const response = await fetch(`/console/api/overview?minutes=${minutes}`, { signal, cache: 'no-store' });
  if (!response.ok) throw new Refusal(`it answered ${response.status} ${response.statusText}`.trim());
  const body: unknown = await response.json().catch(() => {
    throw new Refusal('its answer is not JSON');
  });
  return parseOverview(body);
};

const problemOf = (error: unknown, since: number): Problem => {
  const isAnswer = error instanceof Error && (error.name === 'Refusal' || error.name === 'UnexpectedAnswer');
  if (isAnswer) return { kind: 'refused', message: error.message, since };
  const isLate = error instanceof Error && error.name === 'TimeoutError';
  return { kind: 'silent', message: isLate ? `no answer within ${ANSWER_WITHIN_MS / 1000} s` : '', since };
};

export interface FeedSettings {
  readonly ask: (minutes: number, signal: AbortSignal) => Promise<Overview>;
  readonly isVisible: () => boolean;
  readonly onState: (state: FeedState) => void;
  readonly everyMs: number;
}

export interface Feed {
  /** Asks now, whatever the timer says; while the page is hidden nothing else asks. */
  readonly refresh: () => void;
  readonly setMinutes: (minutes: number) => void;
  readonly stop: () => void;
}

export const createFeed = (minutes: number, { ask, isVisible, onState, everyMs }: FeedSettings): Feed => {
  let state: FeedState = { overview: null, minutes, history: [], problem: null, answeredAt: null };
  let wanted = minutes;
  let round = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const set = (next: FeedState): void => {
    state = next;
    onState(next);
  };

  /** A newer round makes an older one's answer void, so answers never come out of order. */
  const run = async (): Promise<void> => {
    clearTimeout(timer);
    round += 1;
    const mine = round;
    const asked = wanted;
    try {
      const overview = await ask(asked, AbortSignal.timeout(ANSWER_WITHIN_MS));
      if (mine !== round) return;
      const history = addSample(state.history, overview.health);
      set({ overview, minutes: asked, history, problem: null, answeredAt: Date.now() });
    } catch (error) {
      if (mine !== round) return;
      set({ ...state, problem: problemOf(error, state.problem?.since ?? Date.now()) });
    }
    if (isVisible()) timer = setTimeout(() => void run(), everyMs);
  };

  void run();
  return {
    refresh: () => void run(),
    setMinutes: (next) => {
      if (next === wanted) return;
      wanted = next;
      void run();
    },
    stop: () => {
      round += 1;
      clearTimeout(timer);
    },
  };
};
