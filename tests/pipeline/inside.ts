import { join } from 'node:path';
import { bootCloud, type Cloud } from '#local/cloud.ts';
import type { Decision } from '#local/iam/iam.ts';
import { findFreePort } from '#local/ports.ts';
import { newFolder } from './laptop.ts';

/** A laptop inside the test's own process, whose every decision about permissions is seen. */
export interface InsideLaptop {
  readonly cloud: Cloud;
  readonly url: string;
  readonly awsUrl: string;
  readonly folder: string;
  /** Everything that was decided, oldest first. */
  readonly decisions: readonly Decision[];
  /** The next decision that is wanted; rejects after `seconds`. */
  next(wanted: (decision: Decision) => boolean, seconds?: number): Promise<Decision>;
  stop(): Promise<void>;
}

export const bootInside = async (): Promise<InsideLaptop> => {
  const port = await findFreePort(0, '--port');
  const awsPort = await findFreePort(0, '--aws-port');
  const folder = newFolder();
  const decisions: Decision[] = [];
  const listeners = new Set<(decision: Decision) => void>();
  const cloud = await bootCloud({
    project: join(import.meta.dirname, '../..'),
    data: folder,
    port,
    awsPort,
    freshness: 'realtime',
    say: () => undefined,
    onDecision: (decision) => {
      decisions.push(decision);
      for (const listener of [...listeners]) listener(decision);
    },
  });
  return {
    cloud,
    url: `http://localhost:${port}`,
    awsUrl: `http://127.0.0.1:${awsPort}`,
    folder,
    decisions,
    next: (wanted, seconds = 20) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => end(reject, new Error('no such decision came')), seconds * 1000);
        const end = <Value>(settle: (value: Value) => void, value: Value): void => {
          clearTimeout(timer);
          listeners.delete(look);
          settle(value);
        };
        const look = (decision: Decision): void => {
          if (wanted(decision)) end(resolve, decision);
        };
        listeners.add(look);
      }),
    stop: () => cloud.stop(),
  };
};
