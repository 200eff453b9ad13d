import type { Surroundings } from '../surroundings.ts';

export interface Stop {
  /** Ctrl-C was pressed: what is under way is finished, and nothing new begun. */
  asked(): boolean;
  release(): void;
}

/** The first Ctrl-C stops between two steps, the next ends the process. */
export const createStop = (onInterrupt: Surroundings['onInterrupt']): Stop => {
  let isAsked = false;
  const release = onInterrupt(() => {
    isAsked = true;
    release();
  });
  return { asked: () => isAsked, release };
};
