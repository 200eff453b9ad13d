import type { Clock } from '../clock.ts';
import { createTimers } from '../timers.ts';
import type { Expression } from './expression.ts';

export interface RuleSettings {
  readonly name: string;
  readonly clock: Clock;
  readonly expression: Expression;
  /** A disabled rule fires only when it is told to. */
  readonly isEnabled: boolean;
  /** Whether a rate fires when it is made, and not only one rate later. */
  readonly firesAtOnce: boolean;
  /** Sends the event of one firing, which was due at a time in epoch milliseconds. */
  readonly send: (dueAt: number) => Promise<void>;
}

/** A schedule that sends an event whenever it is due. One firing does not wait for another to end, as on AWS. */
export interface Rule {
  readonly name: string;
  /** Begins to count from now. */
  start(): void;
  /** Fires now, whatever the schedule says; resolves when the function has run once. */
  fire(): Promise<void>;
  /** Fires no more by itself. */
  stop(): void;
  /** Epoch milliseconds of the next firing; undefined when none will come. */
  nextAt(): number | undefined;
}

/** Timers of Node reach 24.8 days; a longer wait is made of several. */
const LONGEST_WAIT_MS = 86_400_000;

export const createRule = ({ name, clock, expression, isEnabled, firesAtOnce, send }: RuleSettings): Rule => {
  const timers = createTimers(clock);
  let nextAt: number | undefined;

  const waitFor = (dueAt: number, madeAt: number): void => {
    nextAt = dueAt;
    timers.after(Math.min(dueAt - clock.now(), LONGEST_WAIT_MS), () => {
      if (clock.now() < dueAt) return waitFor(dueAt, madeAt);
      planNext(madeAt);
      void send(dueAt);
    });
  };

  /** What was missed while the machine slept is not made up for. */
  const planNext = (madeAt: number): void => {
    const dueAt = expression.next(clock.now(), madeAt);
    if (dueAt === undefined) nextAt = undefined;
    else waitFor(dueAt, madeAt);
  };

  return {
    name,
    start() {
      if (!isEnabled) return;
      const madeAt = clock.now();
      if (firesAtOnce && expression.kind === 'rate') waitFor(madeAt, madeAt);
      else planNext(madeAt);
    },
    fire: () => send(clock.now()),
    stop() {
      nextAt = undefined;
      timers.stop();
    },
    nextAt: () => nextAt,
  };
};
