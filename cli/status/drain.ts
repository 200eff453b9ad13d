import type { Health } from '#core/status.ts';
import { inFlowOrder } from './view.ts';

/**
 * Says from a series of healths, seen in order, whether everything sent before `sentAt` has left every stage. A stage is
 * clear of ours once its oldest item is younger than the clearing of the stage before it, or twice in a row when empty: an
 * item between two stages is in neither for a moment. Others' events may go on flowing. Times in milliseconds.
 */
export const createDrainWatch = (sentAt: number): ((health: Health, now: number) => boolean) => {
  let clearedAt = sentAt;
  let stagesClear = 0;
  let emptyInARow = 0;
  return (health, now) => {
    const stages = inFlowOrder(health.stages);
    emptyInARow = stages.every(({ queued }) => queued === 0) ? emptyInARow + 1 : 0;
    if (emptyInARow >= 2) return true;
    // One stage a look, for the same reason.
    const stage = stages[stagesClear];
    if (stage !== undefined && (stage.queued === 0 || now - stage.lagSeconds * 1000 > clearedAt)) {
      stagesClear += 1;
      clearedAt = now;
    }
    return stagesClear >= stages.length;
  };
};
