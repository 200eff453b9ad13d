/** Key of what one check of the reconciler leaves to the next, in the lake. */
export const reconcilerStateKey = 'state/reconciler.json';

/**
 * The state that stands there while `millrace rebuild` is under way, written anew with each chunk: what the tables hold says nothing
 * then, and no check is made. Time in epoch milliseconds.
 */
export const toRebuildingState = (now: number): string => JSON.stringify({ rebuildingAt: now });
