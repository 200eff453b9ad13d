import type { Health, StageStatus } from '#core/status.ts';

/** How the page judges waiting: by the laptop's own patience (local/health.ts), to colour the stage that made it `degraded`. */
export type Level = 'calm' | 'late' | 'stuck';

const LATE_AFTER_SECONDS: Readonly<Record<Health['freshness'], number>> = {
  realtime: 15,
  standard: 180,
  economy: 1_200,
};
const STUCK_FACTOR = 3;

export const lagLevel = (lagSeconds: number, freshness: Health['freshness']): Level => {
  const late = LATE_AFTER_SECONDS[freshness];
  if (lagSeconds <= late) return 'calm';
  return lagSeconds <= late * STUCK_FACTOR ? 'late' : 'stuck';
};

/** The stage whose oldest item waits longest; undefined when nothing waits anywhere. */
export const slowestStage = (stages: readonly StageStatus[]): StageStatus | undefined =>
  stages.reduce<StageStatus | undefined>(
    (slowest, stage) => (stage.lagSeconds > (slowest?.lagSeconds ?? 0) ? stage : slowest),
    undefined,
  );
