import { hash } from 'node:crypto';
import type { Row, Warehouse } from '#aws/redshift.ts';
import type { Person } from '#core/erase/person.ts';
import { toTimestamp } from '#core/time.ts';
import { Failure } from '../errors.ts';
import { operation } from '../pipeline/sql.ts';
import { inChunks, transact } from './transact.ts';

/** The person as statements know them: by hashes, so that Redshift's history of statements holds no id. */
export interface Subject {
  readonly person: Person;
  /** Hash of the user id. */
  readonly user: string;
  /** Hashes of the anonymous ids that are this user's alone. */
  readonly devices: ReadonlySet<string>;
  /** As TIMESTAMP columns take it: what was received later stays. */
  readonly erasedAt: string;
  readonly counts: { readonly events: number; readonly users: number; readonly user_aliases: number };
}

export const hashOf = (text: string): string => hash('sha256', text);

/** The warehouse's clock, in epoch milliseconds. */
export const readMoment = async (warehouse: Warehouse): Promise<number> => {
  const [moment = []] = await transact(warehouse, 'millrace erase: moment', [operation('erase-moment')], [1]);
  return parseMoment(moment[0]?.[0]);
};

/** Who the user is to the tables now. Nothing is changed. */
export const findSubject = async (warehouse: Warehouse, userId: string, until: number): Promise<Subject> => {
  const user = hashOf(`user:${userId}`);
  const erasedAt = toTimestamp(until);
  const [joined = [], [counts] = []] = await transact(
    warehouse,
    'millrace erase: look',
    [
      operation('erase-joined', { user }),
      operation('erase-joined-subjects'),
      operation('erase-counts', { user, erased_at: erasedAt }),
    ],
    [2, 3],
  );
  const devices = new Set(joined.map(([subject]) => String(subject)));
  const count = (at: number): number => Number(counts?.[at] ?? 0);
  return {
    person: { userId, hasDevices: devices.size > 0, isDevice: createDeviceTest(devices), until },
    user,
    devices,
    erasedAt,
    counts: { events: count(0), users: count(1), user_aliases: count(2) },
  };
};

/** A device sends many rows in a row: the latest answers are kept. */
const createDeviceTest = (devices: ReadonlySet<string>) => {
  const known = new Map<string, boolean>();
  return (anonymousId: string): boolean => {
    let isOne = known.get(anonymousId);
    if (isOne === undefined) {
      isOne = devices.has(hashOf(`anonymous:${anonymousId}`));
      if (known.size >= knownDevices) known.clear();
      known.set(anonymousId, isOne);
    }
    return isOne;
  };
};
const knownDevices = 10_000;

/** Redshift's `2026-11-22 10:00:00.123456`, UTC. */
const parseMoment = (value: Row[number] | undefined): number => {
  const at = Date.parse(`${String(value).replace(' ', 'T')}Z`);
  if (!Number.isFinite(at)) throw new Failure(`the warehouse's clock says ${String(value)}, which is no time`);
  return at;
};

const subjectsPerStatement = 1000;

/** From this commit on no load takes what the person sent up to now. */
export const rememberSubject = async (warehouse: Warehouse, { user, devices, erasedAt }: Subject): Promise<void> => {
  const subjects = [user, ...devices];
  for (const chunk of inChunks(subjects, subjectsPerStatement))
    await transact(warehouse, 'millrace erase: remember', [
      operation('lock'),
      operation('erase-forget-subjects', { subjects: chunk.map((subject) => `'${subject}'`).join(', ') }),
      operation('erase-remember-subjects', {
        rows: chunk.map((subject) => `('${subject}', '${erasedAt}')`).join(', '),
      }),
    ]);
};
