import { AwsError } from '../../aws-error.ts';
import type { Clock } from '../../clock.ts';
import type { Principal } from '../../iam/principal.ts';
import type { Random } from '../../random.ts';
import type { Session } from '../session.ts';

/** A connection that outlives the statement that opened it, with its temporary tables. Times in epoch milliseconds. */
export interface KeptSession {
  readonly id: string;
  readonly owner: Principal;
  readonly database: string;
  readonly createdAt: number;
  updatedAt: number;
  status: 'AVAILABLE' | 'BUSY' | 'CLOSED';
  /** After the end of a statement. */
  keepAliveSeconds: number;
  /** When it closes by itself; a running statement puts that off, up to a day after the session began. */
  expiresAt: number;
  /** Id of the statement that runs in it. */
  current: string | undefined;
}

/** A connection for one statement. */
export interface Lease {
  readonly session: Session;
  end(): void;
}

export interface SessionSettings {
  readonly clock: Clock;
  readonly random: Random;
  /** Sessions that may be open at once: beyond them ActiveSessionsExceededException. */
  readonly maxSessions: number;
  openSession(): Promise<Session>;
  /** Stops the statement that runs in a session whose day is over. */
  readonly stop: (statementId: string) => void;
}

/** Longest life of a session, and how long a closed one is listed ("ExecuteStatement", Amazon Redshift Data API Reference). */
const dayMs = 24 * 3_600_000;

/** Sessions that `SessionKeepAliveSeconds` opens and `SessionId` uses again, one statement at a time. */
export const createSessions = ({ clock, random, maxSessions, openSession, stop }: SessionSettings) => {
  const kept = new Map<string, KeptSession>();
  const connections = new Map<KeptSession, Session>();
  const timers = new Map<KeptSession, () => void>();

  const close = (session: KeptSession): void => {
    timers.get(session)?.();
    timers.delete(session);
    connections.get(session)?.close();
    connections.delete(session);
    session.status = 'CLOSED';
    session.updatedAt = clock.now();
    session.current = undefined;
  };
  const closeAt = (session: KeptSession, time: number): void => {
    timers.get(session)?.();
    session.expiresAt = Math.min(time, session.createdAt + dayMs);
    const expire = (): void => {
      if (session.current === undefined) close(session);
      else stop(session.current);
    };
    timers.set(session, clock.after(session.expiresAt - clock.now(), expire));
  };
  const forgetOld = (): void => {
    for (const [id, { status, updatedAt }] of kept)
      if (status === 'CLOSED' && clock.now() - updatedAt > dayMs) kept.delete(id);
  };

  const connect = async (session: KeptSession): Promise<Session> => {
    const own = connections.get(session);
    if (own !== undefined) return own;
    const opened = await openSession();
    connections.set(session, opened);
    return opened;
  };
  /** The statement of a session is over: it is free until it expires. */
  const release = (session: KeptSession): void => {
    const now = clock.now();
    session.status = 'AVAILABLE';
    session.current = undefined;
    session.updatedAt = now;
    if (session.keepAliveSeconds === 0 || now >= session.createdAt + dayMs) close(session);
    else closeAt(session, now + session.keepAliveSeconds * 1000);
  };

  return {
    open: (owner: Principal, database: string, keepAliveSeconds: number): KeptSession => {
      forgetOld();
      const open = [...kept.values()].filter(({ status }) => status !== 'CLOSED').length;
      if (open >= maxSessions)
        throw new AwsError(
          'ActiveSessionsExceededException',
          `Active sessions exceeded the allowed quota (${maxSessions}).`,
        );
      const now = clock.now();
      const session: KeptSession = {
        ...{ id: random.uuid(), owner, database, createdAt: now, updatedAt: now },
        ...{ status: 'AVAILABLE', keepAliveSeconds, expiresAt: now + dayMs, current: undefined },
      };
      kept.set(session.id, session);
      return session;
    },
    get: (id: string): KeptSession | undefined => {
      forgetOld();
      return kept.get(id);
    },
    /** Newest first. */
    all: (): readonly KeptSession[] => {
      forgetOld();
      return [...kept.values()].reverse();
    },
    /** Marks a session as a statement's. Throws `AwsError` when it has another or is closed. */
    occupy: (session: KeptSession, statementId: string, keepAliveSeconds: number | undefined): void => {
      if (session.status === 'CLOSED')
        throw new AwsError('ValidationException', `Session is closed: ${session.id}. Open another one.`);
      if (session.current !== undefined)
        throw new AwsError(
          'ValidationException',
          `Session is busy: ${session.id} runs statement ${session.current}. A session runs one statement at a time.`,
        );
      session.keepAliveSeconds = keepAliveSeconds ?? session.keepAliveSeconds;
      session.status = 'BUSY';
      session.current = statementId;
      session.updatedAt = clock.now();
      closeAt(session, session.createdAt + dayMs);
    },
    /** The connection of a session for the statement that occupies it. */
    lease: async (session: KeptSession): Promise<Lease> => {
      try {
        const own = await connect(session);
        return {
          session: own,
          end: () => {
            own.renew();
            release(session);
          },
        };
      } catch (error) {
        close(session);
        throw error;
      }
    },
    closeAll: (): void => {
      for (const session of kept.values()) if (session.status !== 'CLOSED') close(session);
    },
  };
};

export type Sessions = ReturnType<typeof createSessions>;
