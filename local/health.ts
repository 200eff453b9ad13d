import type { Health, StageStatus } from '#core/status.ts';
import type { Freshness } from './parameters.ts';

/** What a stand-in or function tells of itself; times in epoch milliseconds. */
export interface Reading {
  readonly queued: number;
  readonly oldest: number | undefined;
  readonly counts: Readonly<Record<string, number>>;
  readonly lastError: { readonly at: number; readonly message: string } | undefined;
}

export interface Probe {
  readonly name: string;
  readonly resource: string;
  readonly read: () => Reading;
}

export interface HealthSettings {
  readonly stack: string;
  readonly freshness: Freshness;
  readonly resources: Health['resources'];
  readonly probes: readonly Probe[];
  readonly state: () => 'starting' | 'running' | 'stopping';
  readonly clock: () => number;
}

/** Seconds that something may wait in one stage before it is late: the dial's own waits, and room to work. */
const patience: Readonly<Record<Freshness, number>> = { realtime: 15, standard: 180, economy: 1200 };
/** An error this old no longer makes the pipeline degraded. */
const errorMs = 60_000;

export const createHealth = (settings: HealthSettings): (() => Health) => {
  return () => {
    const now = settings.clock();
    const stages = settings.probes.map((probe) => toStage(probe, now));
    return {
      status: toStatus(settings, stages, now),
      stack: settings.stack,
      freshness: settings.freshness,
      lateAfterSeconds: patience[settings.freshness],
      now: new Date(now).toISOString(),
      stages,
      resources: settings.resources,
    };
  };
};

const toStage = ({ name, resource, read }: Probe, now: number): StageStatus => {
  const { queued, oldest, counts, lastError } = read();
  return {
    name,
    resource,
    queued,
    lagSeconds: oldest === undefined ? 0 : Math.max(0, Math.round((now - oldest) / 100) / 10),
    counts,
    ...(lastError !== undefined && {
      lastError: { at: new Date(lastError.at).toISOString(), message: lastError.message },
    }),
  };
};

const toStatus = (
  { state, freshness }: HealthSettings,
  stages: readonly StageStatus[],
  now: number,
): Health['status'] => {
  const current = state();
  if (current !== 'running') return current;
  const isLate = stages.some((stage) => stage.lagSeconds > patience[freshness]);
  const hasFailed = stages.some(
    (stage) => stage.lastError !== undefined && now - Date.parse(stage.lastError.at) < errorMs,
  );
  return isLate || hasFailed ? 'degraded' : 'ok';
};
