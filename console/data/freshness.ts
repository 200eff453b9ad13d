import type { Health, StageStatus } from '#core/status.ts';

/** How the page judges waiting: by what the laptop itself calls late, to colour the stage that made it `degraded`. */
export type Level = 'calm' | 'late' | 'stuck';

const STUCK_FACTOR = 3;

export const lagLevel = (lagSeconds: number, { lateAfterSeconds: late }: Pick<Health, 'lateAfterSeconds'>): Level => {
  if (lagSeconds <= late) return 'calm';
  return lagSeconds <= late * STUCK_FACTOR ? 'late' : 'stuck';
};

/** The stage whose oldest item waits longest; undefined when nothing waits anywhere. */
export const slowestStage = (stages: readonly StageStatus[]): StageStatus | undefined =>
  stages.reduce<StageStatus | undefined>(
    (slowest, stage) => (stage.lagSeconds > (slowest?.lagSeconds ?? 0) ? stage : slowest),
    undefined,
  );
