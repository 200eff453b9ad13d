import { SqlError } from './error.ts';
import type { Touched } from './plan.ts';

/** A transaction as the locks know it. */
export interface Holder {
  /** The table it waits for now. */
  waitingFor: string | undefined;
}

interface Lock {
  readonly owner: Holder;
  exclusive: boolean;
  readonly waiting: { readonly holder: Holder; readonly wake: () => void }[];
}

/** Why a wait ended without the lock. */
export class LockCancelled extends Error {}

/**
 * Table locks held to the end of a transaction, as Redshift has them: writers of a table take turns; LOCK, TRUNCATE and DDL
 * keep readers out as well; readers keep nobody out. A circle of waits ends in "deadlock detected".
 */
export const createLocks = () => {
  const locks = new Map<string, Lock>();

  const blocker = (table: string, holder: Holder, isRead: boolean): Lock | undefined => {
    const lock = locks.get(table);
    return lock === undefined || lock.owner === holder || (isRead && !lock.exclusive) ? undefined : lock;
  };

  const refuseCircle = (start: Lock, holder: Holder): void => {
    for (let lock: Lock | undefined = start; lock !== undefined; ) {
      if (lock.owner === holder) throw new SqlError('deadlock detected');
      const next: string | undefined = lock.owner.waitingFor;
      lock = next === undefined ? undefined : locks.get(next);
    }
  };

  const wait = async (table: string, holder: Holder, lock: Lock, signal: AbortSignal): Promise<void> => {
    refuseCircle(lock, holder);
    holder.waitingFor = table;
    const { promise, resolve } = Promise.withResolvers<void>();
    lock.waiting.push({ holder, wake: resolve });
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    holder.waitingFor = undefined;
    if (signal.aborted) throw new LockCancelled('cancelled while waiting for a lock');
  };

  const acquire = async (
    table: string,
    holder: Holder,
    mode: 'read' | 'write' | 'exclusive',
    signal: AbortSignal,
  ): Promise<void> => {
    for (;;) {
      const lock = blocker(table, holder, mode === 'read');
      if (lock === undefined) break;
      await wait(table, holder, lock, signal);
    }
    if (mode === 'read') return;
    const own = locks.get(table);
    if (own === undefined) locks.set(table, { owner: holder, exclusive: mode === 'exclusive', waiting: [] });
    else if (mode === 'exclusive') own.exclusive = true;
  };

  return {
    /** Takes what a statement needs, waiting as long as it must; `signal` ends the wait with `LockCancelled`. */
    take: async (holder: Holder, { reads, writes, exclusive }: Touched, signal: AbortSignal): Promise<void> => {
      for (const table of [...exclusive].sort()) await acquire(table, holder, 'exclusive', signal);
      for (const table of [...writes].sort()) await acquire(table, holder, 'write', signal);
      for (const table of reads) await acquire(table, holder, 'read', signal);
    },
    /** Gives back everything at the end of a transaction. */
    release: (holder: Holder): void => {
      for (const [table, lock] of locks) {
        if (lock.owner !== holder) continue;
        locks.delete(table);
        // All wake in the order they came; the first that wants the table takes it, the others wait again.
        for (const waiter of lock.waiting) waiter.wake();
      }
    },
  };
};

export type Locks = ReturnType<typeof createLocks>;
