import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { transformRecord } from '#core/record.ts';

/** What becomes of an envelope: whether the stream says that it has it, and whether it lands. */
export const fates = {
  stored: { said: true, lands: true },
  lostLater: { said: true, lands: false },
  refused: { said: false, lands: false },
  timedOutButStored: { said: false, lands: true },
} as const;
export type Fate = keyof typeof fates;

export interface Sent {
  readonly seq: number;
  readonly events: number;
  readonly acknowledgedBefore: number;
  readonly isAcknowledged: boolean;
  readonly lands: boolean;
}

interface BatchRow {
  readonly seq: number;
  readonly event_count: number;
  readonly acknowledged_before: number;
  readonly void_to?: number;
}

export const landed = (texts: readonly (string | Uint8Array)[]): BatchRow[] =>
  texts.flatMap((text) => {
    const { lines } = transformRecord({ bytes: Buffer.from(text), recordId: 'r', arrivedAt: Date.now() }, (id) =>
      createHash('sha256').update(id).digest('hex'),
    );
    const rows = lines.split('\n').slice(0, -1);
    return rows.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'batch');
  });

/** What SQL derives from the batch rows of one producer alone. */
export const derive = (rows: readonly BatchRow[]) => {
  const voids = rows.filter(({ void_to }) => void_to !== undefined);
  const isVoid = (seq: number): boolean => voids.some((row) => row.seq <= seq && seq <= (row.void_to ?? -1));
  const arrived = rows.filter(({ void_to }) => void_to === undefined);
  const present = new Set(arrived.map(({ seq }) => seq));
  const last = Math.max(-1, ...present);
  const missingNumbers = Array.from({ length: last + 1 }, (_, at) => at).filter(
    (at) => !present.has(at) && !isVoid(at),
  );
  const starts = [...new Set([0, ...arrived.map((row) => row.acknowledged_before)])].sort((a, b) => a - b);
  return {
    isVoid,
    missingNumbers,
    /** Without those that the request of the envelope after them may itself have left void: a later request tells. */
    settledNumbers: missingNumbers.filter((at) => {
      const [next] = arrived.filter(({ seq }) => seq > at).sort((left, right) => left.seq - right.seq);
      return next !== undefined && next.acknowledged_before < (starts.at(-1) ?? 0);
    }),
    /** Events missing from one `acknowledged_before` to the next. */
    missingEvents: starts.slice(0, -1).map((from, at) => {
      const to = starts[at + 1] ?? from;
      const ofGroup = arrived.filter((row) => row.acknowledged_before === from && !isVoid(row.seq));
      return { from, to, missing: to - from - count(ofGroup.map((row) => row.event_count)) };
    }),
  };
};

export const count = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);
export const lostOf = (sent: readonly Sent[]): Sent[] =>
  sent.filter(({ isAcknowledged, lands }) => isAcknowledged && !lands);

export const expectExact = (sent: readonly Sent[], rows: readonly BatchRow[]): void => {
  const { missingNumbers, missingEvents } = derive(rows);
  const lost = lostOf(sent);
  expect(missingNumbers).toEqual(lost.map(({ seq }) => seq));
  expect(missingEvents.at(-1)?.to ?? 0).toBeGreaterThan(Math.max(-1, ...lost.map((each) => each.acknowledgedBefore)));
  for (const { from, to, missing } of missingEvents) {
    const ofGroup = lost.filter(({ acknowledgedBefore }) => acknowledgedBefore >= from && acknowledgedBefore < to);
    expect(missing).toBe(count(ofGroup.map(({ events }) => events)));
  }
};
